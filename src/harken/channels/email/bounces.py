"""Delivery failures: which mail came back, and who did not get it.

A standard report (RFC 3464) is read as such. Free text is searched with flufl.bounce, but only when a mail
system seems to speak: people forward failures and ask about them, and are not robots.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError

from flufl.bounce import all_failures

from harken.channels.contract import Address
from harken.channels.email import headers
from harken.channels.email.mime import Part
from harken.lib import addresses
from harken.lib.text import clean

# Failures are short; what they enclose is not needed.
MAX_SEARCHED = 64 << 10
MAX_RECIPIENTS = 100

_STATUS = {"message/delivery-status", "message/global-delivery-status"}
_DAEMON = re.compile(
    r"(?:mailer|mail|m)[-_.]?daemon|postmaster|mail[-_.]?delivery|delivery[-_.]|double-?bounce|ndr@|bounces?@"
    r"|smtp[-_.]|mailadm",
    re.I,
)
_DAEMON_NAME = re.compile(
    r"mail delivery|delivery (?:subsystem|system|service)|mail (?:system|administrator)|mailer.daemon", re.I
)
_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|failure notice|returned (?:to sender|mail)|returning message|non[- ]delivery"
    r"|delivery (?:status|notification|report|failure|failed|has failed|problem|delayed|error|warning)"
    r"|(?:mail|message|e-?mail)(?: (?:to \S+|could|can|was|has))* ?(?:not|n't)(?: yet)?(?: be| been)? delivered"
    r"|(?:mail|message) (?:system )?(?:delivery|error|failed|failure|rejected|delayed)|rejected (?:mail|message)"
    r"|delayed mail|permanent failure|unzustellbar|nicht zugestellt|non remis|non recapitat"
    r"|no se (?:puede|pudo) entregar|onbestelbaar|niet bezorgd|niedostarcz|nedoru[cč]"
    r"|недоставлен|не доставлен|невозможно доставить"
    r"|配信(?:不能|でき|エラー)|送信(?:失敗|できません)|退信|投递失败|傳送失敗|배달 실패"
    r"|تعذر التسليم|فشل التسليم",
    re.I,
)
_FIELD = re.compile(
    r"^(original-recipient|final-recipient|action|status|diagnostic-code)[ \t]*:[ \t]*(.*)$", re.I | re.M
)
_STATUS_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_SMTP_CODE = re.compile(r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b|\b[45]\.\d\.\d{1,3}\b|\b55\d\b")
_ID_LINE = re.compile(r"^[> \t]*message-id[ \t]*:[ \t]*<([^<>\s]{1,900})>", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Failure:
    """The mails that came back, who will never get them and why (RFC 3463), and who has not got them yet.

    `statuses` has one entry for each of the recipients, `""` where nothing was said; `words` is what the far
    server said of the first of them.
    """

    ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    words: str = ""


@dataclass(slots=True)
class _Found:
    failed: list[str]
    delayed: list[str]
    statuses: dict[str, str] = field(default_factory=dict)
    words: str = ""

    def note(self, block: dict[str, str], *, is_delayed: bool) -> None:
        """Take in what a report says of one recipient."""
        recipient = _recipient(block)
        (self.delayed if is_delayed else self.failed).append(recipient)
        self.statuses.setdefault(recipient, _status_of(block))
        self.words = self.words or block.get("diagnostic-code", "").partition(";")[2].strip()


def failure(root: Part, sender: Address, subject: str, text: str) -> Failure | None:
    """Return what failed, or None when this mail reports no failure."""
    entities = list(all_parts(root))
    # Inside of an enclosed mail it is somebody else's report: people forward failures, and ask about them.
    reports = [part for part in own_parts(root) if part.media_type in _STATUS]
    found = _reported(reports) if reports or _is_report(root) else None
    if found is None and (reports or not _may_report(root, sender, subject)):
        return None
    if not found or not (found.failed or found.delayed):
        spoken = _is_daemon(root, sender) and _tells(subject, text, entities)
        found = _by_patterns(root, certain=found is not None or spoken)
    if found is None:
        return None
    failed = _unique(found.failed)
    return Failure(
        ids=ids_of_what_came_back(root, entities, text),
        recipients=failed,
        delayed=_unique(found.delayed),
        statuses=tuple(found.statuses.get(each) or _written_status(text) for each in failed),
        words=found.words,
    )


def all_parts(root: Part) -> Iterator[Part]:
    """Every entity of a mail, those of enclosed mails included."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.parts))


def own_parts(root: Part) -> Iterator[Part]:
    """Every entity of a mail but those of the mails it encloses."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        yield part
        if part is root or not part.media_type.startswith("message/"):
            waiting.extend(reversed(part.parts))


def _is_report(root: Part) -> bool:
    kind = root.content_type
    return (
        kind.name == "multipart/report"
        and kind.parameters.get("report-type", "").lower() == "delivery-status"
    )


def _reported(reports: list[Part]) -> _Found | None:
    """Read delivery-status parts, one block a recipient (RFC 3464, 2.3); None when all was delivered."""
    found = _Found([], [])
    succeeded = False
    for block in (block for report in reports for block in _blocks(report)):
        action = headers.token(block.get("action", ""))
        if action in {"delivered", "relayed", "expanded"}:
            succeeded = True
        elif "action" in block or _recipient(block):
            found.note(block, is_delayed=action == "delayed")
    return None if succeeded and not (found.failed or found.delayed) else found


def _blocks(report: Part) -> Iterator[dict[str, str]]:
    for block in re.split(r"\n[ \t]*\n", headers.unfold_block(report.content)):
        yield {name.lower(): value.strip() for name, value in _FIELD.findall(block)}


def _recipient(fields: dict[str, str]) -> str:
    for name in ("original-recipient", "final-recipient"):
        told = clean(fields.get(name, ""))
        address = addresses.find(told.partition(";")[2] or told)
        if address:
            return address
    return ""


def _status_of(fields: dict[str, str]) -> str:
    """The far server's own code says more than the reporter's summary ("Status: 5.0.0")."""
    told = _STATUS_CODE.search(fields.get("diagnostic-code", ""))
    summed_up = _STATUS_CODE.search(fields.get("status", ""))
    return (told or summed_up or [""])[0]


def _written_status(text: str) -> str:
    return (_STATUS_CODE.search(text[:MAX_SEARCHED]) or [""])[0]


def _is_daemon(root: Part, sender: Address) -> bool:
    from_nobody = b"<>" in (root.headers.raw("return-path").strip(), root.headers.raw("from").strip()[-2:])
    speaks = _DAEMON.match(sender.email) or _DAEMON_NAME.search(sender.name)
    return from_nobody or "x-failed-recipients" in root.headers or bool(speaks)


def _may_report(root: Part, sender: Address, subject: str) -> bool:
    if _is_daemon(root, sender):
        return True
    # People answer and forward failures: their mail names the one it answers, or says that it forwards.
    of_a_person = "in-reply-to" in root.headers or subject.lower().startswith("fw")
    return bool(_SUBJECT.search(subject)) and not of_a_person


def _tells(subject: str, text: str, entities: list[Part]) -> bool:
    """A subject alone may be a person's (`postmaster@` is one at times): code or enclosed mail must go with it."""
    encloses = any(part.media_type in {"message/rfc822", "text/rfc822-headers"} for part in entities)
    return bool(_SUBJECT.search(subject)) and (encloses or bool(_SMTP_CODE.search(text[:MAX_SEARCHED])))


def _by_patterns(root: Part, certain: bool) -> _Found | None:
    """Ask flufl.bounce, which raises on mails it does not expect; without a find only the certain ones count."""
    raw = root.buffer[root.start : min(root.end, root.start + MAX_SEARCHED)]
    try:
        temporary, permanent = all_failures(message_from_bytes(raw))
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError):
        temporary, permanent = frozenset(), frozenset()
    listed = [entry.email for entry in addresses.parse(root.headers.text("x-failed-recipients"))]
    found = _Found([*listed, *_decoded(permanent)], _decoded(temporary))
    return found if certain or found.failed or found.delayed else None


def _decoded(found: frozenset[bytes]) -> list[str]:
    return sorted(address.decode("utf-8", "replace") for address in found)


def ids_of_what_came_back(root: Part, entities: list[Part], text: str) -> tuple[str, ...]:
    """The Message-IDs of what came back: enclosed, in enclosed headers, in the words, in the references."""
    enclosed = [part.headers.text("message-id").strip().strip("<>") for part in entities if part.depth]
    written = [
        _ID_LINE.findall(part.content[:MAX_SEARCHED].decode("latin-1"))
        for part in entities
        if part.media_type == "text/rfc822-headers"
    ]
    own = root.headers.text("in-reply-to") + root.headers.text("references")
    quoted = re.findall(r"<([^<>\s]{1,900})>", own)
    found = [
        *enclosed,
        *(each for ids in written for each in ids),
        *_ID_LINE.findall(text[:MAX_SEARCHED]),
        *quoted,
    ]
    return _unique(found)


def _unique(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(value) for value in values if value))[:MAX_RECIPIENTS]
