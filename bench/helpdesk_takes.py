"""Run by django-helpdesk's own Python: sets it up, or takes a folder of letters in as its `get_email` does."""

import json
import logging
import os
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.urls import include, path

WARM = 10

settings.configure(
    SECRET_KEY="for a benchmark",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["HELPDESK_DATABASE"],
            "HOST": os.environ["HELPDESK_HOST"],
            "USER": os.environ["HELPDESK_USER"],
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.humanize",
        "django.contrib.admin",
        "django.contrib.messages",
        "rest_framework",
        "django_cleanup",
        "helpdesk",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    # This very file: `urlpatterns` below.
    ROOT_URLCONF="__main__",
    SITE_ID=1,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    MEDIA_ROOT=os.environ["HELPDESK_MEDIA"],
    # As its documentation has it for an installation without teams.
    HELPDESK_TEAMS_MODE_ENABLED=False,
    # It acknowledges each new ticket in the same breath, to a server on this machine that takes all.
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(os.environ["HELPDESK_SMTP_PORT"]),
)
django.setup()
# Their addresses can be asked for only now that Django knows its rooms.
urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk")), path("admin/", admin.site.urls)]


def main() -> None:
    if sys.argv[1] == "set-up":
        set_up()
    else:
        take(Path(sys.argv[1]))


def set_up() -> None:
    from helpdesk.models import Queue  # type: ignore[import-not-found]  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    # Its acknowledgements, as its documentation has them loaded.
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    Queue.objects.create(
        title="Help", slug="help", allow_email_submission=True, email_address="help@acme.example"
    )


def take(folder: Path) -> None:
    from helpdesk.email import extract_email_metadata  # type: ignore[import-not-found]  # noqa: PLC0415
    from helpdesk.models import Queue  # noqa: PLC0415

    log = logging.getLogger("helpdesk.bench")
    log.setLevel(logging.CRITICAL)
    queue = Queue.objects.get()
    letters = [path.read_text() for path in sorted(folder.iterdir())]
    for letter in letters[:WARM]:
        extract_email_metadata(letter, queue, log)
    with connection.cursor() as sql:
        sql.execute("ANALYZE")
    print("ready", flush=True)
    sys.stdin.readline()
    begun, used = time.time(), time.process_time()
    for letter in letters[WARM:]:
        assert extract_email_metadata(letter, queue, log)
    told = {"taken": len(letters) - WARM, "begun": begun, "ended": time.time()}
    print(json.dumps(told | {"cpu": time.process_time() - used}), flush=True)


main()
