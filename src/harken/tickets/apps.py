from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "harken.tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken import realtime
        from harken.events.record import subscribe
        from harken.tickets import subscribers
        from harken.tickets.attendance import attend
        from harken.workspaces import wall

        for told in ("ticket.set_aside", "ticket.restored", "ticket.unmerged"):
            subscribe(told, subscribers.plan_return)
        for told in ("answer.scheduled", "letter.scheduled"):
            subscribe(told, subscribers.plan_leaving)
        subscribe("message.received", subscribers.hold_back_scheduled)
        subscribe("ticket.merged", subscribers.hold_back_merged)
        subscribe("contact.merged", subscribers.people_merged)
        subscribe("contact.unmerged", subscribers.people_taken_apart)
        subscribe("contact.changed", subscribers.contact_changed)
        subscribe("workspace.opened", subscribers.put_first_request)
        # What is over is over in every workspace: the one that clears away asks for all of them.
        wall.seen_across("tickets_openstream", "tickets_answerlock", "tickets_standingcount")
        realtime.attend_with(attend)
