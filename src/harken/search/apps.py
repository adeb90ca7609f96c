from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "harken.search"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.events.record import subscribe
        from harken.search import subscribers, tasks  # noqa: F401 - makes its jobs known

        for told in ("message.received", "message.queued", "message.noted", "message.imported"):
            subscribe(told, subscribers.note_message)
        subscribe("message.moved", subscribers.note_moved_messages)
