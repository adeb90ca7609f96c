from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from harken.ui import navigation


class DeskConfig(AppConfig):
    name = "harken.desk"
    label = "desk"

    def ready(self) -> None:
        from harken.desk.counts import waiting_for_reader

        navigation.register(
            navigation.Place(
                "inbox", _("Inbox"), "desk:inbox", icon="inbox", order=20, count=waiting_for_reader
            )
        )
