"""DMARC (RFC 7489 and its successor): what a domain asks others to do with letters that it did not send.

Which domain a name belongs to is found by walking up the tree of names, as the successor has it: no list of
public suffixes to keep up to date.
"""

from dataclasses import dataclass

from harken.channels.email.dns import Questions
from harken.channels.email.domains import is_within

MOST_STEPS = 8

_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True)
class Record:
    """A published policy and where it was found."""

    found_at: str
    tags: dict[str, str]

    @property
    def is_public_suffix(self) -> bool:
        return self.tags.get("psd") == "y"

    def policy_for(self, domain: str) -> str:
        """none, quarantine or reject: the one for subdomains where the record is that of a parent."""
        given = self.tags.get("p", "none")
        if domain != self.found_at:
            given = self.tags.get("sp", given)
        return given.lower() if given.lower() in _POLICIES else "none"

    def is_strict(self, about: str) -> bool:
        """Must `adkim` or `aspf` domains be the very same?"""
        return self.tags.get(about, "r").lower() == "s"


@dataclass(frozen=True)
class Policy:
    """What holds for a domain: its record if there is one, and the organization it belongs to."""

    domain: str
    organization: str
    record: Record | None = None

    @property
    def wish(self) -> str:
        """none, quarantine or reject; `""` when nothing is published."""
        return self.record.policy_for(self.domain) if self.record else ""


def policy_of(domain: str, ask: Questions) -> Policy:
    """Return what holds for a domain. Raises CouldNotAsk."""
    records = _records_above(domain, ask)
    if not records:
        return Policy(domain, domain)
    own = next((each for each in records if each.found_at == domain), None)
    organization = _organization(domain, records)
    of_organization = next((each for each in records if each.found_at == organization), None)
    return Policy(domain, organization, own or of_organization or records[-1])


def is_aligned(domain: str, policy: Policy, ask: Questions, *, about: str) -> bool:
    """Say whether a domain that proved itself speaks for the sender's; `about` is adkim or aspf.

    Without a policy the same domain does, or one above the sender's: it could publish anything there.
    Raises CouldNotAsk.
    """
    if domain == policy.domain:
        return True
    if policy.record is None:
        return "." in domain and is_within(policy.domain, domain)
    if policy.record.is_strict(about):
        return False
    if not is_within(domain, policy.organization):
        return False
    return domain == policy.organization or policy_of(domain, ask).organization == policy.organization


def read_record(text: bytes) -> dict[str, str] | None:
    """Return the tags of a DMARC record; None when it is another one."""
    pairs = [tag.partition("=") for tag in text.decode("ascii", "replace").split(";")]
    if [pairs[0][0].strip(), pairs[0][2].strip()] != ["v", "DMARC1"]:
        return None
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}


def _records_above(domain: str, ask: Questions) -> list[Record]:
    """The records from the domain up to its top, the nearest first."""
    found = []
    for name in _steps(domain):
        records = [tags for tags in map(read_record, ask.texts(f"_dmarc.{name}")) if tags is not None]
        # Several records are none (RFC 7489, 6.6.3).
        if len(records) == 1:
            found.append(Record(name, records[0]))
            if "psd" in records[0] and records[0]["psd"] in ("y", "n"):
                break
    return found


def _steps(domain: str) -> list[str]:
    labels = domain.split(".")
    # A name of many labels is left for its last seven at once: eight questions at most.
    above = labels[-(MOST_STEPS - 1) :] if len(labels) > MOST_STEPS else labels[1:]
    return [domain, *(".".join(above[at:]) for at in range(len(above)))]


def _organization(domain: str, records: list[Record]) -> str:
    highest = records[-1]
    if highest.is_public_suffix and highest.found_at != domain:
        depth = highest.found_at.count(".") + 2
        return ".".join(domain.split(".")[-depth:])
    return highest.found_at
