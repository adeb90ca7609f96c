from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "harken.tickets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.events.record import subscribe
        from harken.tickets import subscribers

        for told in ("ticket.set_aside", "ticket.restored", "ticket.unmerged"):
            subscribe(told, subscribers.plan_return)
        subscribe("contact.merged", subscribers.people_merged)
        subscribe("contact.unmerged", subscribers.people_taken_apart)
        subscribe("contact.changed", subscribers.contact_changed)
