"""The process that reads foreign mail: bounded in memory and time, without Django, without the database.

Run as `python -m harken.channels.email.reading_process` by `reader.Reader`; it answers on standard output until
standard input ends, so it never outlives its parent.
"""

import gc
import logging
import os
import resource
import signal
import sys
from typing import BinaryIO

from harken.channels.contract import Incoming, Unread, Unreadable
from harken.channels.email import wire
from harken.channels.email.mime import LimitReached
from harken.channels.email.read import read

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 8
LARGE_BYTES = 1 << 20


def answer(raw: bytes) -> Incoming | Unreadable:
    """Return what the mail says, or why it could not be read."""
    try:
        return read(raw)
    except LimitReached as limit:
        return Unreadable(limit.why, limit.most)
    except MemoryError:
        return Unreadable(Unread.MEMORY)
    except Exception as error:  # noqa: BLE001
        # Whatever foreign bytes provoke: this mail is held with its reason, the next one is read.
        return Unreadable(Unread.FAULT, detail=f"{type(error).__name__}: {error}"[:500])


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Read one mail after another until nobody asks any more."""
    while (raw := wire.read_request(requests)) is not None:
        _give_time()
        size = len(raw)
        wire.write_answer(answers, answer(raw))
        del raw
        if size > LARGE_BYTES:
            gc.collect()


def _give_time() -> None:
    """The limit counts the processor time of the whole process: move it on for each mail."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Limit this process, then serve."""
    _limit()
    # Ctrl-C is for the parent, which ends us by closing our input; logs must not repeat what mails say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not get between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
