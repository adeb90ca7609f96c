from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "harken.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.events.record import subscribe
        from harken.notifications import subscribers
        from harken.ui.additions import Addition, register
        from harken.ui.navigation import Place, register_setting
        from harken.workspaces import wall

        # "Who waits to be told of something?" is asked by a worker that is in no workspace yet.
        wall.seen_across("notifications_happening", "notifications_notice", "notifications_telling")
        wall.seen_across("notifications_preference")
        subscribe("ticket.opened", subscribers.note_opened)
        subscribe("message.received", subscribers.note_received)
        subscribe("message.logged", subscribers.note_logged)
        subscribe("agent.mentioned", subscribers.note_mention)
        subscribe("ticket.assigned", subscribers.note_assignment)
        subscribe("agent.left", subscribers.forget_devices)
        register_setting(
            Place(
                "notifications",
                _("Notifications"),
                "notifications:preferences",
                order=85,
                group="you",
                about=_("What you are told of, by mail, push or on the page; quiet hours, the daily digest."),
                words=_("alert e-mail push digest quiet hours mention device"),
            )
        )
        register(
            Addition(
                "told",
                "notifications:notices",
                scripts=("notifications/told.js", "notifications/app.js"),
                style="notifications/told.css",
                manifest="notifications:manifest",
            )
        )
