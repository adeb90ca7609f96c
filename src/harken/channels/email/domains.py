"""Names of domains: in the form name servers want, and who belongs to whom."""


def wire_domain(domain: str) -> str:
    """Return a domain in lower case and ASCII as name servers know it; `""` when it cannot be one."""
    name = domain.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    labels = name.split(".")
    is_sound = len(name) <= 253 and len(labels) >= 2 and all(0 < len(label) <= 63 for label in labels)
    # A number at the end makes it an address.
    return name if is_sound and all(map(_is_label, labels)) and not labels[-1].isdecimal() else ""


def is_within(domain: str, parent: str) -> bool:
    """Say whether a domain is the other one or lies below it."""
    return bool(parent) and (domain == parent or domain.endswith(f".{parent}"))


def _is_label(label: str) -> bool:
    return all(sign.isalnum() or sign in "-_" for sign in label)
