"""What the API does when something happened below, in the transaction that recorded it."""

from django.db.models import Q

from harken.api.models import KeptAnswer
from harken.events.models import Event

GONE = '{"type": "about:blank", "title": "The words of this message were taken away.", "status": 410, "detail": ""}'


def forget_answers(event: Event) -> None:
    """Give no answer again that has redacted words in it; its key stays used, so that nothing is done twice."""
    named = Q()
    for message_id in event.data["changed"]:
        named |= Q(body__contains=f'"id": {message_id},')
    kept = KeptAnswer.objects.filter(named, workspace=event.workspace_id)
    kept.update(status=410, body=GONE)
