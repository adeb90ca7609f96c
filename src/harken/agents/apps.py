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
        register_setting(
            Place(
                "colleagues",
                _("Colleagues"),
                "agents:colleagues",
                order=50,
                group="people",
                about=_("Who answers here, who is invited, who decides."),
                words=_("invite invitation people team owner role leave"),
            )
        )
        register_setting(
            Place(
                "tokens",
                _("API tokens"),
                "agents:tokens",
                order=55,
                group="people",
                about=_("Keys for programs that act as you."),
                words=_("key integration script program access revoke"),
            )
        )
        register_setting(
            Place(
                "you",
                _("You"),
                "agents:you",
                order=90,
                group="you",
                about=_("Your name, signature, language, light or dark."),
                words=_("profile theme password sign out"),
            )
        )
