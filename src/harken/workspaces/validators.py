"""What a workspace's fields may hold; apart from the models, so that migrations can name it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from harken.lib.zones import zone_names
from harken.workspaces.addresses import is_usable


def usable_slug(slug: str) -> None:
    if not is_usable(slug):
        raise ValidationError(
            _("Use letters a to z, digits and hyphens, and no word that Harken itself uses.")
        )


def known_zone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError(_("There is no time zone of that name."))
