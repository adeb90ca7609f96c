from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "harken.channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.channels import subscribers
        from harken.channels.leaving.sender_vitals import sending_findings
        from harken.channels.ledger.vitals import ledger_findings, ledger_warnings
        from harken.channels.vitals import arrival_figures, mailbox_warnings
        from harken.events.record import subscribe
        from harken.lib import vitals
        from harken.ui.navigation import Place, register_setting
        from harken.workspaces import wall

        # "Whose mailbox is this address?" and "where do letters wait?" are asked before any workspace is entered.
        wall.seen_across("channels_channel", "channels_mailbox", "channels_grant", "channels_trouble")
        wall.seen_across("channels_arrival")
        subscribe("message.queued", subscribers.queue_deliveries)
        for told in ("answer.held", "answer.unscheduled", "letter.held", "letter.unscheduled"):
            subscribe(told, subscribers.tell_of_held_answer)
        subscribe("letter.due", subscribers.look_for_its_mailbox)
        for told in ("message.moved", "ticket.merged", "ticket.unmerged"):
            subscribe(told, subscribers.follow_moved_messages)
        subscribe("message.redacted", subscribers.forget_redacted)
        subscribe("ticket.called_spam", subscribers.learn_spam)
        subscribe("ticket.welcomed", subscribers.forget_spam)
        subscribe("workspace.opened", subscribers.add_first_mailbox)
        subscribe("workspace.opened", subscribers.give_out_unowned)
        subscribe("channel.changed", subscribers.give_out_unowned)
        vitals.warn_with("mail in", mailbox_warnings)
        vitals.measure_with("mail in", arrival_figures)
        vitals.warn_with("ledger", ledger_warnings)
        vitals.examine_with("ledger", ledger_findings)
        vitals.examine_with("sending", sending_findings)
        register_setting(
            Place(
                "channels",
                _("Channels"),
                "channels:channels",
                order=20,
                group="workspace",
                about=_("Mailboxes that customers write to, and how they fare."),
                words=_("mail e-mail IMAP SMTP mailbox DKIM SPF sender health"),
            )
        )
        register_setting(
            Place(
                "kept",
                _("Kept letters"),
                "channels:kept",
                order=25,
                group="workspace",
                about=_("How long letters are kept as they came."),
                words=_("retention raw delete days"),
                is_offered=lambda request: bool(request.agent.is_owner),
            )
        )
