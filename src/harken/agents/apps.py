from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "harken.agents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken import realtime
        from harken.agents.admission import admit
        from harken.ui.navigation import Place, register_setting
        from harken.workspaces import wall

        # "Which workspaces is this user in?" is asked before any of them is entered.
        wall.seen_across("agents_agent")
        realtime.admit_with(admit)
        register_setting(Place("colleagues", _("Colleagues"), "agents:colleagues", order=50))
        register_setting(Place("you", _("You"), "agents:you", order=90))
