"""Addresses of what is done to a request as a whole, and of words that are taken away."""

from django.urls import path

from harken.desk.states import (
    answering,
    choosing,
    closing,
    linking,
    merging,
    redacting,
    requesters,
    standing,
    undoing,
)

urlpatterns = [
    path("tickets/choices/", choosing.choices, name="choices"),
    path("tickets/<int:number>/own/", answering.own, name="own"),
    path("tickets/<int:number>/closing/", closing.closing, name="closing"),
    path("tickets/<int:number>/aside", standing.aside, name="aside"),
    path("tickets/<int:number>/state", standing.state, name="state"),
    path("tickets/<int:number>/merging", merging.merging, name="ticket_merging"),
    path("tickets/<int:number>/unmerging", merging.unmerging, name="ticket_unmerging"),
    path("tickets/<int:number>/linking", linking.linking, name="linking"),
    path("tickets/<int:number>/requester", requesters.requester, name="requester"),
    path("events/<int:event_id>/undo", undoing.undoing, name="undoing"),
    path("messages/<int:message_id>/redacting", redacting.redacting, name="redacting"),
]
