from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "harken.events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken import realtime
        from harken.events.replay import missed
        from harken.events.vitals import job_figures, worker_warnings
        from harken.lib import vitals

        realtime.replay_with(missed)
        vitals.warn_with("worker", worker_warnings)
        vitals.measure_with("jobs", job_figures)
