from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "harken.search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.events.record import subscribe
        from harken.lib import vitals
        from harken.search import subscribers
        from harken.search.vitals import ABOUT, index_figures, index_findings, index_warnings

        for told in (
            "message.received",
            "message.queued",
            "message.noted",
            "message.imported",
            "message.logged",
        ):
            subscribe(told, subscribers.note_message)
        for told in ("message.moved", "message.redacted", "ticket.merged", "ticket.unmerged"):
            subscribe(told, subscribers.note_moved_messages)
        subscribe("contact.changed", subscribers.note_changed_person)
        subscribe("company.changed", subscribers.note_changed_company)
        for told in ("identity.added", "identity.removed"):
            subscribe(told, subscribers.note_changed_addresses)
        for told in ("contact.merged", "contact.unmerged"):
            subscribe(told, subscribers.note_merged_people)
        subscribe("agent.renamed", subscribers.note_renamed_colleague)
        subscribe("ticket.requester_changed", subscribers.note_changed_requester)
        vitals.warn_with(ABOUT, index_warnings)
        vitals.measure_with(ABOUT, index_figures)
        vitals.examine_with(ABOUT, index_findings)
