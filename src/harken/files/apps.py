from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "harken.files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.files.vitals import disk_warnings
        from harken.lib import vitals

        vitals.warn_with("disk", disk_warnings)
