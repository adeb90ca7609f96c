from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "harken.contacts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.contacts import history, subscribers, timeline
        from harken.events.record import subscribe

        timeline.register("notes", history.notes)
        timeline.register("plan", history.plan_changes)
        timeline.register("merges", history.merges)
        timeline.register("known", history.beginnings)
        subscribe("people_import.begun", subscribers.queue_import)
        subscribe("agent.renamed", subscribers.rename_colleague)
