"""Views: questions that somebody asks again and again, kept under a name."""

from datetime import timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.search.errors import NoSuchName
from harken.workspaces.models import Workspace

NAME_LETTERS = 60
QUESTION_LETTERS = 4000
MOST_SHOWN = 20
# A removed view can be brought back for so long.
KEPT_FOR = timedelta(days=1)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, agent: Agent) -> Self:
        """Every look-up on behalf of a person starts here: one's own and those shared, removed ones too."""
        return self.filter(Q(owner=agent) | Q(is_shared=True), workspace_id=agent.workspace_id)

    def changeable_by(self, agent: Agent) -> Self:
        """One's own; the workspace's owners may also change what is shared."""
        return self.visible_to(agent) if agent.is_owner else self.visible_to(agent).filter(owner=agent)

    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def in_order(self) -> Self:
        return self.order_by("place", "id")


class SavedViewManager(models.Manager.from_queryset(SavedViewQuerySet)):  # type: ignore[misc]
    @transaction.atomic
    def keep(self, name: str, question: str, *, by: Agent, is_shared: bool, order: str) -> "SavedView":
        """Keep a question under a name, below the others. Raises NoSuchName for an empty one."""
        if not name.strip():
            raise NoSuchName
        last = self.filter(workspace_id=by.workspace_id).aggregate(last=Max("place"))["last"] or 0
        view: SavedView = self.create(
            workspace_id=by.workspace_id,
            owner=by,
            name=name.strip()[:NAME_LETTERS],
            question=question.strip()[:QUESTION_LETTERS],
            is_shared=is_shared,
            order=order,
            place=last + 1,
        )
        return view


class SavedView(models.Model):
    """A saved filter over tickets, of one person or shared with all colleagues."""

    class Order(models.TextChoices):
        WAITING = "waiting", _("Longest waiting first")
        NEWEST = "newest", _("Newest first")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    owner = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=NAME_LETTERS)
    question = models.CharField(max_length=QUESTION_LETTERS)
    order = models.CharField(max_length=10, choices=Order, default=Order.WAITING)
    is_shared = models.BooleanField(default=False)
    place = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    objects = SavedViewManager()

    class Meta:
        indexes = (models.Index(fields=["workspace", "place", "id"], name="views_in_order"),)

    def __str__(self) -> str:
        return self.name

    def describe(self, *, name: str, is_shared: bool, order: str) -> None:
        """Change its name, who sees it and its order. Raises NoSuchName for an empty name."""
        if not name.strip():
            raise NoSuchName
        self.name, self.is_shared, self.order = name.strip()[:NAME_LETTERS], is_shared, order
        self.save(update_fields=["name", "is_shared", "order"])

    @transaction.atomic
    def change_places(self, *, with_view: "SavedView") -> None:
        """Let two views stand where the other stood."""
        if self.place == with_view.place:
            with_view.place += 1
        self.place, with_view.place = with_view.place, self.place
        for view in (self, with_view):
            view.save(update_fields=["place"])

    @transaction.atomic
    def remove(self) -> None:
        """Take it out of all rails; `bring_back` undoes it for a day."""
        long_gone = SavedView.objects.filter(workspace_id=self.workspace_id)
        long_gone.filter(removed_at__lt=timezone.now() - KEPT_FOR).delete()
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])

    def bring_back(self) -> None:
        self.removed_at = None
        self.save(update_fields=["removed_at"])
