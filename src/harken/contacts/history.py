"""What this room tells on a timeline: notes, plan and seats, merges, and since when somebody is known."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.contacts.models import Merge, Note, PlanChange
from harken.contacts.timeline import About, Entry, Key, newest


def notes(about: About, before: Key | None, limit: int) -> Iterable[Entry]:
    """Yield what colleagues wrote down."""
    rows = Note.objects.visible_to(about.agent).select_related("agent__user")
    rows = rows.filter(contact=about.contact) if about.contact else rows.filter(company=about.company)
    for note in newest(rows, before, limit, source="notes", moment="created_at"):
        who = note.agent.name if note.agent else _("a colleague who has left")
        yield Entry(
            note.created_at,
            "notes",
            note.pk,
            _("Note by %(name)s") % {"name": who},
            icon="note",
            note=note.text,
            remove_url=_note_url(about, note) if note.agent_id == about.agent.pk else "",
        )


def plan_changes(about: About, before: Key | None, limit: int) -> Iterable[Entry]:
    """Yield how plan and seats of a company changed."""
    if not about.company:
        return
    rows = PlanChange.objects.visible_to(about.agent).filter(company=about.company)
    for change in newest(rows, before, limit, source="plan", moment="at"):
        icon = "user-plus" if change.seats != change.seats_before else "up"
        yield Entry(change.at, "plan", change.pk, _told(change), icon=icon, words=change.price)


def merges(about: About, before: Key | None, limit: int) -> Iterable[Entry]:
    """Yield who was found to be the same person."""
    if not about.contact:
        return
    rows = Merge.objects.visible_to(about.agent).standing().filter(into=about.contact)
    found = rows.select_related("contact", "agent__user")
    for merge in newest(found, before, limit, source="merges", moment="at"):
        title = _("Merged with %(name)s") % {"name": merge.contact.name or _("somebody without a name")}
        by = _("by %(name)s") % {"name": merge.agent.name} if merge.agent else ""
        yield Entry(merge.at, "merges", merge.pk, title, icon="merge", words=by)


def beginnings(about: About, before: Key | None, limit: int) -> Iterable[Entry]:
    """Yield the moment they became known."""
    who: Any = about.contact or about.company
    entry = Entry(who.created_at, "known", who.pk, _("Known since then"), icon="person")
    if before is None or (entry.at, entry.source, entry.id) < (before.at, before.source, before.id):
        yield entry


def _told(change: PlanChange) -> str:
    sentences = []
    if change.plan != change.plan_before:
        sentences.append(_("Plan: %(plan)s") % {"plan": change.plan or _("none")})
    if change.seats != change.seats_before:
        sentences.append(_seats_told(change.seats_before, change.seats))
    return ", ".join(sentences) or _("Terms changed")


def _seats_told(before: int | None, now: int | None) -> str:
    if now is None:
        return str(_("seats not known any more"))
    if before is None:
        return ngettext("%(num)s seat in use", "%(num)s seats in use", now) % {"num": now}
    more = now - before
    if more > 0:
        return ngettext("%(num)s seat added", "%(num)s seats added", more) % {"num": more}
    return ngettext("%(num)s seat given up", "%(num)s seats given up", -more) % {"num": -more}


def _note_url(about: About, note: Note) -> str:
    return reverse("desk:note", kwargs={"workspace": about.agent.workspace.slug, "note_id": note.pk})
