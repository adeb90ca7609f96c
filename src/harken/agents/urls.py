"""Addresses of the door and of people's settings.

allauth's own list is not included: what stands here is all that is open. Its names are kept where its code
asks for them.
"""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

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
        path("<slug:workspace>/settings/colleagues/", settings.colleagues, name="colleagues"),
        path(
            "<slug:workspace>/settings/colleagues/<int:agent_id>/ownership/",
            settings.ownership,
            name="ownership",
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
    ],
    "agents",
)

urlpatterns = [
    path("", include(_ours)),
    path("accounts/login/password/", allauth_views.login, name="account_login"),
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
