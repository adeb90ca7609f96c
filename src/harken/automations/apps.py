from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "harken.automations"
    default_auto_field = "django.db.models.BigAutoField"
