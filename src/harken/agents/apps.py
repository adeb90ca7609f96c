from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "harken.agents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_used
        from django.contrib.auth.signals import user_logged_in

        from harken import realtime
        from harken.agents.admission import admit
        from harken.agents.reach import note_second_factor
        from harken.agents.sessions import note_sign_in
        from harken.ui.navigation import Place, register_setting
        from harken.workspaces import wall

        # "Which workspaces is this user in?" is asked before any of them is entered.
        wall.seen_across("agents_agent")
        realtime.admit_with(admit)
        user_logged_in.connect(note_sign_in, dispatch_uid="agents.note_sign_in")
        for shown in (authenticator_added, authenticator_used):
            shown.connect(note_second_factor, dispatch_uid="agents.note_second_factor")
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
                "sign-in",
                _("How colleagues sign in"),
                "agents:sign_in_settings",
                order=52,
                group="people",
                is_offered=lambda request: bool(request.agent.is_owner),
                about=_("A second key for everybody, your own sign-in service."),
                words=_("OIDC OpenID SSO single sign-on issuer second factor required 2FA provider security"),
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
        register_setting(
            Place(
                "security",
                _("Sign-in and devices"),
                "agents:security",
                order=95,
                group="you",
                about=_("Passkeys, a second step, and where you are signed in."),
                words=_(
                    "passkey second factor two-factor 2FA TOTP authenticator recovery codes session device password"
                ),
            )
        )
