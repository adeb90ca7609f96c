from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class FilesError(Exception):
    """What can be wrong with a file, in a sentence for the person who wanted it."""

    sentence: str | Promise = ""

    def __str__(self) -> str:
        return str(self.sentence)


class FileMissing(FilesError):
    """The row is there and its bytes are not."""

    sentence = _(
        "The content of this file is missing from the storage. Ask whoever runs Harken to restore it."
    )


class FileAltered(FilesError):
    """The bytes are there and are not those that were kept."""

    sentence = _(
        "The content of this file was changed in the storage. Ask whoever runs Harken to restore it."
    )
