"""What the mail server before us thought of a letter: its spam verdict, as each kind of server writes it."""

import re
from collections.abc import Callable

from harken.channels.email.headers import Headers, token
from harken.lib.text import one_line

LONGEST_SIGN = 200
# Microsoft's scale: 5 and 6 are spam, 7 to 9 surely so; -1 is a sender on the safe list.
SCL_SPAM = 5
_YES = {"yes", "spam", "true", "1"}
# SPM: by content; SKB: the sender is blocked. SFE and SKN are the reader's own exceptions.
_FOREFRONT = re.compile(r"\bSFV:(SPM|SKB|SKS)\b", re.I)
_SCL = re.compile(r"\bSCL:\s*(\d)\b")
_RSPAMD = {"reject", "add", "rewrite"}


def verdict(found: Headers) -> str:
    """Return the header that calls the letter spam, `""` when none does. Only a yes is believed, never a no."""
    for name, says_so in _VERDICTS.items():
        value = found.text(name)
        if value and says_so(value):
            return one_line(f"{_NAMES.get(name, name.title())}: {value}", LONGEST_SIGN)
    return ""


def _is_yes(value: str) -> bool:
    return token(value.partition(",")[0]) in _YES


def _is_high(value: str) -> bool:
    first = token(value)
    return first.isdecimal() and int(first) >= SCL_SPAM


def _is_of_forefront(value: str) -> bool:
    level = _SCL.search(value)
    return bool(_FOREFRONT.search(value)) or bool(level and int(level[1]) >= SCL_SPAM)


def _is_bogus(value: str) -> bool:
    return token(value.partition(",")[0]) in {"spam", "yes"}


def _is_refused(value: str) -> bool:
    # "add header" and "rewrite subject" are how rspamd marks; "no action" and "greylist" are no verdicts.
    return token(value) in _RSPAMD


_VERDICTS: dict[str, Callable[[str], bool]] = {
    "x-spam-flag": _is_yes,
    "x-spam-status": _is_yes,
    "x-spam": _is_yes,
    "x-ms-exchange-organization-scl": _is_high,
    "x-forefront-antispam-report": _is_of_forefront,
    "x-rspamd-action": _is_refused,
    "x-bogosity": _is_bogus,
    "x-dspam-result": _is_bogus,
    "x-yandex-spam": lambda value: token(value) == "4",
}
_NAMES = {
    "x-ms-exchange-organization-scl": "X-MS-Exchange-Organization-SCL",
    "x-bogosity": "X-Bogosity",
    "x-dspam-result": "X-DSPAM-Result",
}
