from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "harken.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.channels import subscribers
        from harken.channels.held import count_held, is_any_held
        from harken.channels.vitals import arrival_figures, mailbox_warnings
        from harken.events.record import subscribe
        from harken.lib import vitals
        from harken.ui.navigation import Place, register, register_setting
        from harken.workspaces import wall

        # "Whose mailbox is this address?" is asked before any workspace is entered.
        wall.seen_across("channels_channel", "channels_mailbox", "channels_grant", "channels_trouble")
        subscribe("message.queued", subscribers.queue_deliveries)
        subscribe("workspace.opened", subscribers.add_first_mailbox)
        subscribe("workspace.opened", subscribers.give_out_unowned)
        subscribe("channel.changed", subscribers.give_out_unowned)
        vitals.warn_with("mail in", mailbox_warnings)
        vitals.measure_with("mail in", arrival_figures)
        register_setting(Place("channels", _("Channels"), "channels:channels", order=20))
        register(
            Place(
                "held", _("Held mail"), "channels:held", "warn", 30, count=count_held, is_offered=is_any_held
            )
        )
