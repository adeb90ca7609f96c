"""The static files of all rooms, gathered under names that carry their hash, without a step by hand.

Gathered once into the data folder, and again after an upgrade. Older names stay for pages that are still open.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Source maps and the second API browser would be 6 of 9 MB, and most of the time.
LEFT_OUT = ["*.map", "redoc*", "htmax*", "*-2.js", "*-2.min.js"]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Names with hashes, compressed beside; references inside style sheets and our own modules follow."""

    # Without the patterns for source maps, which are left out: Django would miss them.
    patterns = (
        *(
            (extension, tuple(each for each in found if "sourceMappingURL" not in str(each)))
            for extension, found in CompressedManifestStaticFilesStorage.patterns
        ),
        # Libraries of others import nothing, and what looks like it in them stays as it is.
        ("desk/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )


def gather() -> None:
    """Bring the gathered files up to date; at once when nothing changed. Several processes may ask together."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / "gathered").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        stamp.seek(0)
        seal = _seal()
        if stamp.read() != seal:
            call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
            stamp.truncate(0)
            stamp.write(seal)


def _seal() -> str:
    """A hash over name, size and time of every file the rooms bring."""
    return hashlib.sha256("\n".join(sorted(_files())).encode()).hexdigest()


def _files() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(LEFT_OUT):
            about = Path(storage.path(name)).stat()
            yield f"{name} {about.st_size} {about.st_mtime_ns}"
