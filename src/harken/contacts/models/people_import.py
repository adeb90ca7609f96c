from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.files.models import File
from harken.workspaces.models import Workspace


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class PeopleImport(models.Model):
    """A file of people or companies on its way in: how it is read, how far it has come, and what was not taken."""

    class What(models.TextChoices):
        PEOPLE = "people", _("people")
        COMPANIES = "companies", _("companies")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for your word")
        RUNNING = "running", _("is being taken in")
        DONE = "done", _("done")
        FAILED = "failed", _("broke off")

    class Charset(models.TextChoices):
        UTF_8 = "utf-8", "UTF-8"
        UTF_16_LE = "utf-16-le", "UTF-16"
        UTF_16_BE = "utf-16-be", "UTF-16 BE"
        CP1251 = "cp1251", "Windows-1251"
        CP932 = "cp932", "Shift-JIS"
        CP1252 = "cp1252", "Windows-1252, Latin-1"
        CP1256 = "cp1256", "Windows-1256"

    class Delimiter(models.TextChoices):
        COMMA = ",", _("comma")
        SEMICOLON = ";", _("semicolon")
        TAB = "\t", _("tab")
        BAR = "|", _("vertical bar")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What, default=What.PEOPLE)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    charset = models.CharField(max_length=20, choices=Charset, default=Charset.UTF_8)
    delimiter = models.CharField(max_length=1, choices=Delimiter, default=Delimiter.COMMA)
    # Which field each column is, in their order; "" leaves a column out.
    columns = models.JSONField(default=list)
    # Whether what stands in the file replaces what is known; else it fills gaps alone.
    replaces = models.BooleanField(default=False)
    # All of its rows, and those that were looked at: a job that begins again goes on there.
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # The first of those that were not taken: `[line, reason, words]`.
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "-id"], name="people_imports_newest_first"),)

    def __str__(self) -> str:
        return f"import {self.pk}"
