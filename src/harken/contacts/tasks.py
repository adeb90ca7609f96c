"""Shells for the worker: load, call one verb. Each may run twice and late."""

from harken.contacts.importing.take import break_off, take_in
from harken.contacts.models import PeopleImport
from harken.events.jobs import GrowingPauses, job


def _give_up(workspace_id: int, import_id: int) -> None:
    break_off(PeopleImport.objects.get(pk=import_id))


@job(queue="imports", retry=GrowingPauses(attempts=6), given_up=_give_up)
def import_people(workspace_id: int, import_id: int) -> None:
    take_in(PeopleImport.objects.select_related("workspace", "agent", "file").get(pk=import_id))
