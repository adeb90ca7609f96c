"""The files of a letter: what each is called, and what containers hold."""

import hashlib
import re
from collections.abc import Iterator

from harken.channels.contract import IncomingFile
from harken.channels.email import charsets, headers, tnef, transfer
from harken.channels.email.mime import Part
from harken.lib import filenames

_NAMES = {
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invitation.ics",
    "application/ics": "invitation.ics",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
}
MAX_PICTURES = 200

# Small ones stay where they are; large ones would be cut with what is too long to show.
_PICTURE = re.compile(
    r"(\bsrc=[\"']?)data:image/(png|jpeg|jpg|gif|webp);base64,([A-Za-z0-9+/=]{2000,})", re.I
)
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}


def name_of(part: Part) -> str:
    """Return the file name a part declares, in whichever header, `""` when there is none."""
    disposition = headers.unfold(part.headers.raw("content-disposition"), part.content_type.charset)
    # Some forget the semicolon before the first parameter.
    declared = headers.parameters(disposition.partition(";")[2] or disposition.partition(" ")[2])
    name = declared.get("filename") or declared.get("name") or part.content_type.parameters.get("name", "")
    return name or part.content_type.parameters.get("filename", "")


def file_of(part: Part, name: str) -> IncomingFile:
    """Return the part as a file; one without a name is called after what it is."""
    kind = part.media_type
    inline = headers.token(part.headers.text("content-disposition")) == "inline"
    return named(
        name or _NAMES.get(kind, ""),
        kind,
        part.content,
        content_id=content_id(part),
        inline=inline and kind.startswith("image/"),
    )


def named(name: str, kind: str, content: bytes, content_id: str = "", inline: bool = False) -> IncomingFile:
    """Return a file under a name that is safe, what was declared beside it."""
    declared = filenames.declared(name) if name else ""
    return IncomingFile(filenames.safe(name, kind), kind, content, content_id, inline, declared)


def written_in(content: bytes) -> list[IncomingFile]:
    """Return the files that were uuencoded into plain text."""
    if b"\nend" not in content:
        return []
    found = transfer.uu_files(content)
    return [named(charsets.decode(name), "application/octet-stream", inside) for name, inside in found]


def pictures_in(html: str) -> tuple[str, list[IncomingFile]]:
    """Return the HTML with the pictures written into it named by id, and those pictures as files."""
    files: list[IncomingFile] = []

    def moved(match: re.Match[str]) -> str:
        if len(files) >= MAX_PICTURES:
            return match[0]
        content = transfer.from_base64(match[3].encode())
        kind = f"image/{match[2].lower()}"
        # The same letter by two routes is one: the id follows from the content.
        name = hashlib.sha256(content).hexdigest()[:32]
        files.append(
            named(f"picture.{match[2].lower()}", kind, content, f"{name}@picture.invalid", inline=True)
        )
        return f"{match[1]}cid:{name}@picture.invalid"

    return (_PICTURE.sub(moved, html) if "base64," in html else html), files


def is_winmail(part: Part, name: str) -> bool:
    """Say whether a part is Outlook's container."""
    return part.media_type in _TNEF or name.lower() == "winmail.dat"


def of_container(found: tnef.Container) -> Iterator[IncomingFile]:
    """Return the files inside a winmail.dat."""
    for file in found.files:
        kind = file.media_type if "/" in file.media_type else "application/octet-stream"
        yield named(file.name, headers.content_type(kind.encode(), kind).name, file.content, file.content_id)


def content_id(part: Part) -> str:
    """Return the id by which HTML shows this part in place, without brackets."""
    return part.headers.text("content-id").strip().strip("<>").strip()


def location(part: Part) -> str:
    """Return the address by which HTML shows this part in place, where it has no id (RFC 2557)."""
    return "".join(part.headers.text("content-location").split())
