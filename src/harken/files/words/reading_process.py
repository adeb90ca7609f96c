"""The process that reads one foreign file: bounded in memory and time, without Django, without the database.

Run as `python -m harken.files.words.reading_process KIND`: the file on standard input, its words on standard output;
as `… picture NUMBER`: a page of a PDF, as a picture.
"""

import logging
import resource
import sys

from harken.files.words.formats import READERS
from harken.files.words.pictures import page_as_png

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 10


def main() -> None:
    """Limit this process, then read; what cannot be read ends it with an error and no word of the file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable()
    try:
        answer = _answer(sys.argv[1:], sys.stdin.buffer.read())
    except Exception as error:  # noqa: BLE001
        sys.exit(type(error).__name__)
    sys.stdout.buffer.write(answer)


def _answer(asked: list[str], content: bytes) -> bytes:
    if asked[0] == "picture":
        return page_as_png(content, int(asked[1]))
    return READERS[asked[0]](content).encode("utf-8", "replace")


if __name__ == "__main__":
    main()
