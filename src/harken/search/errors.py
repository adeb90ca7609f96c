"""What can go wrong with what is asked again and again, worded for whoever keeps it."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class SearchError(Exception):
    """A refusal that the person can act on; `sentence` says what happened and what to do."""

    sentence: Any = ""

    def __str__(self) -> str:
        return str(self.sentence)


class NoSuchName(SearchError):
    sentence = _("The view was not saved: it has no name. Write one, such as “Late deliveries”.")
