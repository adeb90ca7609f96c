from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "harken.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.channels import subscribers
        from harken.events.record import subscribe
        from harken.workspaces import wall

        # "Whose mailbox is this address?" is asked before any workspace is entered.
        wall.seen_across("channels_channel", "channels_mailbox")
        subscribe("message.queued", subscribers.queue_deliveries)
        subscribe("workspace.opened", subscribers.add_first_mailbox)
