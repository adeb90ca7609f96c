from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "harken.api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.api import subscribers
        from harken.events.record import subscribe

        subscribe("message.redacted", subscribers.forget_answers)
