from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "harken.events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken import realtime
        from harken.events.replay import missed

        realtime.replay_with(missed)
