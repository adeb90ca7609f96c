"""The settings pages of this folder, as the list of settings names them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from harken.fields.apps import CUSTOMISING
from harken.ui.navigation import Place, register_setting


def register_settings() -> None:
    """Put the workspace's own pages into the list of settings; called once, when the room is ready."""
    register_setting(
        Place(
            "capabilities",
            _("Capabilities"),
            "desk:capabilities",
            order=5,
            group="workspace",
            about=_("What this desk can do: switch something on when you miss it."),
            words=_("switch on off feature inbox assignment custom field state status area"),
        )
    )
    register_setting(
        Place(
            "workspace",
            _("Name and language"),
            "desk:workspace",
            order=10,
            group="workspace",
            is_offered=_is_owner,
            about=_("What customers know you as, your address here, language and time zone."),
            words=_("workspace company slug URL link rename clock days"),
        )
    )
    register_setting(
        Place(
            "look",
            _("Look"),
            "desk:look",
            order=15,
            group="workspace",
            is_offered=_is_owner,
            about=_("Your logo and your colour."),
            words=_("logo picture image accent color colour brand"),
        )
    )
    register_setting(
        Place(
            "saved-replies",
            _("Saved replies"),
            "desk:saved_replies",
            order=35,
            group="requests",
            about=_("Answers that you give often, found by a slash while you write."),
            words=_("template canned response macro snippet text placeholder shortcut slash"),
        )
    )
    register_setting(
        Place(
            "fields",
            _("Own fields"),
            "desk:fields",
            order=42,
            group="requests",
            is_offered=_is_customised,
            about=_("What only you want to know of requests, people and companies."),
            words=_("custom field attribute property number date choice"),
        )
    )
    register_setting(
        Place(
            "states",
            _("Own states"),
            "desk:states",
            order=44,
            group="requests",
            is_offered=_is_customised,
            about=_("Your names for where a request stands."),
            words=_("custom status workflow waiting closed"),
        )
    )
    register_setting(
        Place(
            "areas",
            _("Areas"),
            "desk:areas",
            order=46,
            group="requests",
            is_offered=_is_customised,
            about=_("The parts of your product that people ask about."),
            words=_("topic category product module"),
        )
    )
    register_setting(
        Place(
            "tags",
            _("Tags"),
            "desk:tags",
            order=40,
            group="requests",
            about=_("Words that you put on requests of one kind."),
            words=_("label colour color kind topic"),
        )
    )


def _is_customised(request: Any) -> bool:
    return bool(request.workspace.has(CUSTOMISING))


def _is_owner(request: Any) -> bool:
    return bool(request.agent.is_owner)
