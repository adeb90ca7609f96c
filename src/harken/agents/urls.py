"""Addresses of the door and of people's settings.

allauth's own list is not included: what stands here is all that is open. Its names are kept where its code
asks for them.
"""

from allauth.account import views as allauth_views
from allauth.mfa.recovery_codes import views as code_views
from django.urls import include, path, re_path

from harken.agents.oidc import views as oidc
from harken.agents.second_factor import pages
from harken.agents.second_factor import views as second_factor
from harken.agents.views import door, newcomers, passwords, settings, tokens

_ours = (
    [
        path("", door.home, name="home"),
        path("welcome/<str:secret>/", newcomers.welcome, name="welcome"),
        path("accounts/login/", door.sign_in, name="sign_in"),
        path("accounts/link/<str:secret>/", door.link, name="link"),
        path("accounts/invitation/<str:secret>/", newcomers.invitation, name="invitation"),
        path("accounts/workspaces/", door.workspaces, name="workspaces"),
        path("accounts/password/changed/", passwords.changed, name="password_changed"),
        path("accounts/oidc/<slug:slug>/", oidc.begin, name="oidc_begin"),
        path("accounts/oidc/<int:workspace_id>/return/", oidc.back, name="oidc_return"),
        path("<slug:workspace>/settings/sign-in/", oidc.settings, name="sign_in_settings"),
        path("<slug:workspace>/settings/sign-in/rule/", oidc.rule, name="rule"),
        path("accounts/security/first/", pages.first, name="second_step_first"),
        path("<slug:workspace>/settings/security/", pages.security, name="security"),
        path("<slug:workspace>/settings/security/departures/", pages.departures, name="departures"),
        path("<slug:workspace>/settings/colleagues/", settings.colleagues, name="colleagues"),
        path(
            "<slug:workspace>/settings/colleagues/<int:agent_id>/ownership/",
            settings.ownership,
            name="ownership",
        ),
        path(
            "<slug:workspace>/settings/colleagues/<int:agent_id>/unlinking/",
            settings.unlinking,
            name="unlinking",
        ),
        path(
            "<slug:workspace>/settings/colleagues/<int:agent_id>/departure/",
            settings.departure,
            name="departure",
        ),
        path(
            "<slug:workspace>/settings/invitations/<int:invitation_id>/withdrawal/",
            settings.withdrawal,
            name="withdrawal",
        ),
        path("<slug:workspace>/settings/tokens/", tokens.tokens, name="tokens"),
        path(
            "<slug:workspace>/settings/tokens/<int:token_id>/revocation/",
            tokens.revocation,
            name="revocation",
        ),
        path("<slug:workspace>/settings/you/", settings.you, name="you"),
        path("<slug:workspace>/settings/you/habits/", settings.habits, name="habits"),
    ],
    "agents",
)

urlpatterns = [
    path("", include(_ours)),
    path("accounts/login/password/", allauth_views.login, name="account_login"),
    path("accounts/login/passkey/", second_factor.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("accounts/login/second-step/", second_factor.SecondStep.as_view(), name="mfa_authenticate"),
    path("accounts/security/", pages.index, name="mfa_index"),
    path("accounts/security/again/", second_factor.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("accounts/security/again/code/", second_factor.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path(
        "accounts/security/again/passkey/",
        second_factor.PasskeyAgain.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/security/app/", second_factor.ActivateApp.as_view(), name="mfa_activate_totp"),
    path("accounts/security/app/removal/", second_factor.DeactivateApp.as_view(), name="mfa_deactivate_totp"),
    path("accounts/security/codes/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/security/codes/new/",
        second_factor.GenerateCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "accounts/security/codes/recovery-codes.txt",
        code_views.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("accounts/security/passkeys/new/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "accounts/security/passkeys/<int:pk>/removal/",
        second_factor.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/password/change/", allauth_views.password_change, name="account_change_password"),
    path("accounts/password/set/", allauth_views.password_set, name="account_set_password"),
    path("accounts/password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path(
        "accounts/password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        passwords.ResetFromKey.as_view(),
        name="account_reset_password_from_key",
    ),
]
