from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from harken.agents.models import Agent
from harken.lib.names import sort_key
from harken.workspaces.models import Workspace

LONGEST_NAME = 300
LONGEST_DOMAIN = 253


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)


class Company(models.Model):
    """The organisation a contact belongs to, found by the domain people write from."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=LONGEST_NAME)
    # The embedded server has no ICU: names sort by a key made in Python.
    sort_key = models.CharField(max_length=300, editable=False, default="")
    domain = models.CharField(max_length=LONGEST_DOMAIN, default="", blank=True)
    about = models.CharField(max_length=500, default="", blank=True)
    customer_since = models.DateField(null=True, blank=True)
    # As agreed now; what it was before is told by PlanChange.
    plan = models.CharField(max_length=100, default="", blank=True)
    price = models.CharField(max_length=100, default="", blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True)
    seats_bought = models.PositiveIntegerField(null=True, blank=True)
    # What was answered to the workspace's own fields, by their keys: `fields.answers` reads it.
    fields = models.JSONField(default=dict, db_default={}, blank=True)
    # Grows with every change by hand: whoever edits an older one is told.
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "domain"], condition=~models.Q(domain=""), name="one_company_per_domain"
            ),
        )
        indexes = (
            models.Index(fields=["workspace", "sort_key", "id"], name="companies_by_name"),
            models.Index(fields=["workspace", "-id"], name="companies_newest_first"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)


class PlanChangeQuerySet(models.QuerySet["PlanChange"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here."""
        return self.filter(workspace_id=agent.workspace_id)

    def in_order(self) -> Self:
        return self.order_by("at", "id")


class PlanChange(models.Model):
    """What a company had from a moment on: plan, price and seats. Written once, never changed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="plan_changes")
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    plan = models.CharField(max_length=100, default="", blank=True)
    price = models.CharField(max_length=100, default="", blank=True)
    seats = models.PositiveIntegerField(null=True)
    seats_bought = models.PositiveIntegerField(null=True)
    # What it was until then; the first one has nothing before it.
    plan_before = models.CharField(max_length=100, default="", blank=True)
    seats_before = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    objects = PlanChangeQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["company", "-at", "-id"], name="plan_changes_of_a_company"),)

    def __str__(self) -> str:
        return f"{self.plan} {self.seats}"
