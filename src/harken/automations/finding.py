"""Which saved replies fit what somebody types behind a slash."""

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When

from harken.agents.models import Agent
from harken.automations.models import SavedReply, SavedReplyVariant
from harken.lib.text import clean

MOST_OFFERED = 8
LONGEST_TYPED = 60


def replies_for(agent: Agent, typed: str = "") -> list[SavedReply]:
    """Return those to offer, at most eight: by shortcut, by name, by words; the most used first."""
    kept = SavedReply.objects.visible_to(agent).kept()
    typed = clean(typed).strip()[:LONGEST_TYPED]
    if typed:
        kept = kept.filter(
            Q(shortcut__istartswith=typed)
            | Q(name__icontains=typed)
            | Q(text__icontains=typed)
            | Exists(SavedReplyVariant.objects.filter(reply=OuterRef("pk"), text__icontains=typed))
        )
        kept = kept.annotate(rank=_rank(typed)).order_by(
            "rank", "-uses", F("used_at").desc(nulls_last=True), "id"
        )
    else:
        kept = kept.order_by("-uses", F("used_at").desc(nulls_last=True), "id")
    return list(kept.whole()[:MOST_OFFERED])


def _rank(typed: str) -> Case:
    return Case(
        When(shortcut__iexact=typed, then=Value(0)),
        When(shortcut__istartswith=typed, then=Value(1)),
        When(name__istartswith=typed, then=Value(2)),
        When(name__icontains=typed, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
