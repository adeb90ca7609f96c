"""Django's settings, made from the environment (`environment.py`). The only place that knows every room."""

from pathlib import Path
from urllib.parse import urlsplit

from harken.config import database
from harken.config.environment import environment

HERE = Path(__file__).resolve().parent
ENVIRONMENT = environment()

# ── What Harken's own code asks for ──────────────────────────────────────────────────────────────────────────
HARKEN_URL = ENVIRONMENT.url
HARKEN_DATA = ENVIRONMENT.data
HARKEN_FILES_URL = ENVIRONMENT.files_folder.as_uri()
HARKEN_FILES_ORIGIN = ENVIRONMENT.files_origin
HARKEN_RELAY = ENVIRONMENT.relay
HARKEN_TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
HARKEN_ALLOW_INTERNAL = ENVIRONMENT.allow_internal
HARKEN_FAIL_AT = ENVIRONMENT.fail_at
HARKEN_DNS = ENVIRONMENT.dns
HARKEN_UNDO_SECONDS = ENVIRONMENT.undo_seconds

# ── Security ─────────────────────────────────────────────────────────────────────────────────────────────────
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS: list[str] = []
DEBUG = False
# No link is ever made from the Host header (every one starts with HARKEN_URL), so that any may ask.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [HARKEN_URL]
_IS_HTTPS = HARKEN_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_NAME = "__Host-harken" if _IS_HTTPS else "harken"
CSRF_COOKIE_NAME = "__Host-harken-csrf" if _IS_HTTPS else "harken-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_FAILURE_VIEW = "harken.ui.errors.csrf_refused"
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 100
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "harken.agents.password_rules.UnlikeItsOwner"},
    {"NAME": "harken.agents.password_rules.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "harken.agents.password_rules.NotTriedFirst"},
]

# ── Rooms, from the ground up: a room may use those above it in this list ────────────────────────────────────
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "procrastinate.contrib.django",
    "harken.realtime",
    "harken.ui",
    "harken.workspaces",
    "harken.events",
    "harken.files",
    "harken.agents",
    "harken.fields",
    "harken.contacts",
    "harken.tickets",
    "harken.channels",
    "harken.search",
    "harken.notifications",
    "harken.automations",
    "harken.desk",
    "harken.api",
    "harken.demo",
]

MIDDLEWARE = [
    "harken.config.logs.RequestLog",
    "harken.ui.security.SecurityHeaders",
    "harken.ui.compression.CompressedPages",
    "harken.api.middleware.ApiProblems",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "harken.agents.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "harken.agents.middleware.WorkspaceMiddleware",
]

ROOT_URLCONF = "harken.config.urls"
WSGI_APPLICATION = "harken.config.asgi.wsgi"

# ── Database, cache, sessions ────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": database.connection_settings(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Shared by all processes: allauth's limits would count per process otherwise.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "agents_cache",
        "TIMEOUT": 3600,
        # Beyond it a third is dropped, counts of guesses among it: more than anybody fills between two guesses.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_ENGINE = "harken.agents.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# ── Sign-in ──────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "agents.User"
AUTHENTICATION_BACKENDS = ["harken.agents.backend.SignedIn"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "harken.agents.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_FORMS = {
    "login": "harken.agents.forms.PasswordSignInForm",
    "change_password": "harken.agents.forms.ChangePasswordForm",
    "set_password": "harken.agents.forms.SetPasswordForm",
    "reset_password": "harken.agents.forms.ResetPasswordForm",
    "reset_password_from_key": "harken.agents.forms.ResetPasswordKeyForm",
    "reauthenticate": "harken.agents.forms.PasswordAgainForm",
}
# ── The second step ──────────────────────────────────────────────────────────────────────────────────────────
MFA_ADAPTER = "harken.agents.second_factor.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10
MFA_FORMS = {
    "authenticate": "harken.agents.second_factor.forms.AuthenticateForm",
    "reauthenticate": "harken.agents.second_factor.forms.ReauthenticateForm",
    "activate_totp": "harken.agents.second_factor.forms.ActivateAppForm",
    "deactivate_totp": "harken.agents.second_factor.forms.DeactivateAppForm",
    "generate_recovery_codes": "harken.agents.second_factor.forms.GenerateCodesForm",
    "add_webauthn": "harken.agents.second_factor.forms.AddPasskeyForm",
    "authenticate_webauthn": "harken.agents.second_factor.forms.PasskeyStepForm",
    "login_webauthn": "harken.agents.second_factor.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "harken.agents.second_factor.forms.PasskeyAgainForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "sign_in_link": "20/5m/ip,5/5m/key",
    "oidc": "60/m/ip",
    "reset_password": "20/5m/ip,5/5m/key",
}
PASSWORD_RESET_TIMEOUT = 3600

# ── Mail of the installation itself: sign-in links, password resets ──────────────────────────────────────────
EMAIL_BACKEND = "harken.config.mail.RelayBackend"
# A relay that knows its client by address mostly lets it write under that address alone.
_RELAY_USER = HARKEN_RELAY.user if HARKEN_RELAY else ""
_SENDER = _RELAY_USER if "@" in _RELAY_USER else f"harken@{urlsplit(HARKEN_URL).hostname}"
DEFAULT_FROM_EMAIL = f"Harken <{_SENDER}>"

# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────────
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": sorted(str(folder) for folder in HERE.parent.glob("*/templates")),
        "OPTIONS": {
            "environment": "harken.ui.jinja.environment",
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "harken.ui.jinja.one_csrf_input",
            ],
        },
    },
    {
        # allauth's own templates, second in line.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "harken.config.static.HashedFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False

# ── Languages and time ───────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ja", "日本語"), ("ar", "العربية"), ("yo", "Yorùbá")]
LOCALE_PATHS = [HERE.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ── Jobs and logs ────────────────────────────────────────────────────────────────────────────────────────────
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
LOGGING_CONFIG = None
