"""Letters that are signed or encrypted: recognised by how they are packed, opened where no key is needed.

Nothing is verified: a signature that nobody checked is told as such.
"""

import re
from collections.abc import Iterator

from harken.channels.contract import IncomingFile
from harken.channels.email import armour, cms
from harken.channels.email.headers import token
from harken.channels.email.mime import ENCLOSED, PKCS7, Part

SMIME_SIGNED, SMIME_ENCRYPTED = "smime-signed", "smime-encrypted"
PGP_SIGNED, PGP_ENCRYPTED = "pgp-signed", "pgp-encrypted"

_PGP_BEGIN = re.compile(r"^-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----[ \t]*$", re.M)
_PGP_END = {"MESSAGE": "-----END PGP MESSAGE-----", "SIGNED MESSAGE": "-----END PGP SIGNATURE-----"}
MAX_LOOKED_AT = 200


def of(root: Part, text: str) -> str:
    """Return how the letter is protected, `""` when it is not; the outermost protection counts."""
    for part in _parts(root):
        found = _of_part(part)
        if found:
            return found
    kind, _ = _block(text)
    return {"MESSAGE": PGP_ENCRYPTED, "SIGNED MESSAGE": PGP_SIGNED}.get(kind, "")


def message_in(text: str) -> IncomingFile | None:
    """Return the encrypted block somebody pasted into their words as a file, for the program that can open it."""
    kind, block = _block(text)
    if kind != "MESSAGE":
        return None
    return IncomingFile("message.asc", "application/pgp-encrypted", f"{armour.whole(block)}\n".encode())


def _block(text: str) -> tuple[str, str]:
    """Return the first PGP block written into the words: which kind, and the whole of it."""
    begin = _PGP_BEGIN.search(text) if "-----BEGIN PGP " in text else None
    if begin is None:
        return "", ""
    mark = _PGP_END[begin[1]]
    end = text.find(mark, begin.end())
    return (begin[1], text[begin.start() : end + len(mark)]) if end >= 0 else ("", "")


def is_sealed(text: str, *, is_cut: bool = False) -> bool:
    """Say whether a text is nothing but an encrypted block: there is nothing in it to read.

    Of a text that `is_cut` short only the beginning is there: a block without an end goes on to the text's own.
    """
    kind, block = _block(text)
    if is_cut and not kind:
        begin = _PGP_BEGIN.match(text.lstrip())
        return begin is not None and begin[1] == "MESSAGE"
    return kind == "MESSAGE" and text.strip() == block


def _parts(root: Part) -> Iterator[Part]:
    """The letter's own parts, from outside inwards: what is enclosed was protected by somebody else."""
    waiting = [root]
    for _ in range(MAX_LOOKED_AT):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        if part.media_type not in ENCLOSED:
            waiting += part.parts


def _of_part(part: Part) -> str:
    kind, protocol = part.media_type, token(part.content_type.parameters.get("protocol", ""))
    if kind == "multipart/encrypted" or kind == "application/pgp-encrypted":
        return PGP_ENCRYPTED
    if kind == "multipart/signed":
        return PGP_SIGNED if "pgp" in protocol else SMIME_SIGNED
    if kind in PKCS7:
        return _of_container(part)
    return ""


def _of_container(part: Part) -> str:
    if part.parts:
        return SMIME_SIGNED
    declared = token(part.content_type.parameters.get("smime-type", ""))
    if declared in {"enveloped-data", "authenveloped-data", "encrypted-data"}:
        return SMIME_ENCRYPTED
    return SMIME_ENCRYPTED if cms.is_encrypted(part.content) else ""
