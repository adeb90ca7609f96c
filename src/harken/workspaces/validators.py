"""What a workspace's fields may hold; apart from the models, so that migrations can name it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from harken.lib.zones import zone_names
from harken.workspaces.addresses import is_usable


def usable_slug(slug: str) -> None:
    if not is_usable(slug):
        raise ValidationError(
            _(
                "An address is made of letters a to z, digits and hyphens, and is no word that Harken itself uses."
                " Nothing was changed; choose another one."
            )
        )


def known_zone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError(_("There is no time zone of that name."))
