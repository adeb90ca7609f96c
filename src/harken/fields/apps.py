from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from harken.workspaces import capabilities

CUSTOMISING = "customising"


class FieldsConfig(AppConfig):
    name = "harken.fields"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        capabilities.register(
            capabilities.Capability(
                CUSTOMISING,
                _("Own fields, states and areas"),
                _(
                    "Keep what only you ask of requests, people, companies and sites; call states by your own names."
                ),
                order=80,
            )
        )
