from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from harken.ui import navigation
from harken.workspaces import capabilities


class DeskConfig(AppConfig):
    name = "harken.desk"
    label = "desk"

    def ready(self) -> None:
        from harken.contacts import parts, timeline
        from harken.desk.inbox.counts import waiting_for_reader
        from harken.desk.own.beside import BESIDE
        from harken.desk.people.requests import SOURCE, requests
        from harken.desk.room.aside import waiting_count
        from harken.desk.settings.places import register_settings

        navigation.register(
            navigation.Place(
                "room", _("Room"), "desk:room", icon="room", order=10, count=waiting_count, key="r"
            )
        )
        navigation.register(
            navigation.Place(
                "inbox",
                _("Inbox"),
                "desk:inbox",
                icon="inbox",
                order=20,
                count=waiting_for_reader,
                is_offered=lambda request: request.workspace.has("inbox"),
                key="i",
            )
        )
        register_settings()
        navigation.register(
            navigation.Place("people", _("People"), "desk:people", icon="people", order=30, key="p")
        )
        timeline.register(SOURCE, requests)
        parts.register(BESIDE)
        capabilities.register(
            capabilities.Capability(
                "inbox",
                _("Inbox and assignment"),
                _(
                    "Give a request to one person. Adds the Inbox with Mine, Unassigned, Waiting and your own views."
                ),
                order=10,
            )
        )
