"""The letter that a colleague asks for, to see whether letters reach them."""

from django.utils.translation import gettext as _

from harken.notifications.letters.page import Page, settings_link
from harken.notifications.models import Telling


def page_about(telling: Telling) -> Page:
    """Return what the letter says, in the language of the moment."""
    return Page(
        subject=_("A test letter from %(workspace)s") % {"workspace": telling.workspace.name},
        intro=_("Letters about requests reach you here. There is nothing to do."),
        link=telling.workspace.url_for(),
        button=_("Open the desk"),
        why=_("You get this letter because you asked for it."),
        settings_link=settings_link(telling),
    )
