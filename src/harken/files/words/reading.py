"""Reading a file in a process of its own, so that no file can take this one with it."""

import os
import subprocess
import sys
import threading

import structlog

from harken.files.errors import FileAltered, FileMissing
from harken.files.models import Extract, File
from harken.files.words.formats import text_of_text
from harken.lib.text import clean

LARGEST_FILE = 25 << 20
TIMEOUT_SECONDS = 20
# A reader may take a processor and half a gigabyte.
_AT_ONCE = threading.BoundedSemaphore(2)

log = structlog.get_logger(__name__)

_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS = {
    "application/pdf": "pdf",
    "text/html": "page",
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "opendocument",
    "application/vnd.oasis.opendocument.spreadsheet": "opendocument",
    "application/vnd.oasis.opendocument.presentation": "opendocument",
}
_ENDINGS = {
    **{kind: kind for kind in ("pdf", "docx", "xlsx", "pptx")},
    **dict.fromkeys(("odt", "ods", "odp"), "opendocument"),
    **dict.fromkeys(("htm", "html"), "page"),
    **dict.fromkeys(("txt", "csv", "log", "md"), "text"),
}
# No secret of ours goes where foreign files are read.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "SYSTEMROOT")


def words_of_file(file: File) -> str:
    """Return what is written in a file, at most a million letters; `""` where nothing is, or nobody can read it.

    What takes a process to read is read once for each content and kept. A file that is too large, hostile, locked by a
    password or gone has no words.
    """
    kind = kind_of(file)
    if not kind or file.size > LARGEST_FILE:
        return ""
    kept = None if kind == "text" else Extract.objects.of(file).first()
    if kept:
        return kept.text
    try:
        content = file.content()
    except (FileMissing, FileAltered, OSError) as error:
        log.warning("file not read", file=file.pk, error=type(error).__name__)
        return ""
    if kind == "text":
        return clean(text_of_text(content))
    text = clean(_asked_outside(content, kind).decode("utf-8", "replace"))
    Extract.objects.get_or_create(workspace_id=file.workspace_id, sha256=file.sha256, defaults={"text": text})
    return text


def page_of_file(file: File, number: int) -> bytes:
    """Return a page of a PDF as PNG, counted from 1; nothing where there is no such page or nobody can draw it.

    Raises FileMissing, FileAltered.
    """
    if kind_of(file) != "pdf" or file.size > LARGEST_FILE:
        return b""
    return _asked_outside(file.content(), "picture", str(number))


def kind_of(file: File) -> str:
    """The format by the declared type, else by the ending of the name; `""` for what has no words."""
    plain = file.media_type.partition(";")[0].strip().lower()
    if plain in _KINDS:
        return _KINDS[plain]
    if plain.startswith("text/"):
        return "text"
    ending = file.name.rpartition(".")[2].lower()
    return _ENDINGS.get(ending, "")


def _asked_outside(content: bytes, *asked: str) -> bytes:
    """What the reading process answers; nothing where it fails, for whatever reason."""
    command = [sys.executable, "-P", "-m", "harken.files.words.reading_process", *asked]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        with _AT_ONCE:
            return subprocess.run(
                command,
                input=content,
                capture_output=True,
                env=environment,
                timeout=TIMEOUT_SECONDS,
                check=True,
            ).stdout
    except (subprocess.SubprocessError, OSError) as error:
        log.info("a file could not be read", asked=asked, error=type(error).__name__)
        return b""
