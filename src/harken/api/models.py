import hashlib
from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from harken.agents.models import Agent
from harken.lib.rest import Problem
from harken.workspaces.models import Workspace

KEPT_FOR = timedelta(days=2)


class KeptAnswer(models.Model):
    """What a POST with an `Idempotency-Key` answered: given again, instead of doing it again."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["workspace", "agent", "key"], name="one_answer_per_key"),
        )
        indexes = (models.Index(fields=["workspace", "created_at"], name="kept_answers_by_age"),)

    def __str__(self) -> str:
        return self.key

    @classmethod
    def forget_old(cls, workspace: Workspace) -> None:
        cls.objects.filter(workspace=workspace, created_at__lt=timezone.now() - KEPT_FOR).delete()

    def keep(self, response: HttpResponse) -> None:
        self.status, self.body = response.status_code, response.content.decode()
        self.save(update_fields=["status", "body"])

    def given_again(self, fingerprint: str) -> HttpResponse:
        """Return the answer once more. Raises Problem 422 when the key belongs to another request."""
        if fingerprint != self.fingerprint:
            raise Problem(
                422, "This Idempotency-Key was used for another request.", "Take a new key for a new request."
            )
        response = HttpResponse(self.body, status=self.status, content_type="application/json; charset=utf-8")
        response.headers["Idempotent-Replayed"] = "true"
        return response


class RequestCount(models.Model):
    """How many requests an agent made in the current minute. One row per agent, counted by one statement."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    minute = models.BigIntegerField()
    requests = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "agent"], name="one_count_per_agent"),)

    def __str__(self) -> str:
        return f"{self.requests} in minute {self.minute}"


def fingerprint_of(request: HttpRequest) -> str:
    """Return what makes two requests the same one: method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()
