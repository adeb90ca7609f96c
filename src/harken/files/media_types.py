"""What a browser is told a file is. The uploader's word is taken only where it can do no harm."""

UNKNOWN = "application/octet-stream"

# Types that a browser saves or hands to another program. HTML, SVG, XML and scripts are missing on purpose.
HARMLESS = frozenset(
    {
        "application/gzip",
        "application/json",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/zip",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "image/bmp",
        "image/gif",
        "image/heic",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/webp",
        "message/rfc822",
        "text/calendar",
        "text/csv",
        "text/plain",
        "text/vcard",
        "video/mp4",
        "video/quicktime",
        "video/webm",
    }
)


def harmless(media_type: str) -> str:
    """Return the type without parameters when it is a harmless one, else `application/octet-stream`."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain if plain in HARMLESS else UNKNOWN


def picture_type(start: bytes) -> str | None:
    """Return what the first 12 bytes show: a picture type every browser draws, or `None`."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    return None
