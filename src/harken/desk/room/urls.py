"""The room's addresses: it names no application of its own, so that all of the desk's routes are `desk:…`."""

from django.urls import path

from harken.desk.room import talks, views

urlpatterns = [
    path("room/", views.room, name="room"),
    path("room/questions/", views.questions, name="questions"),
    path("log/", talks.log, name="log"),
    path("room/aside", views.aside, name="room_aside"),
    path("room/<int:number>/", views.ask, name="ask"),
    path("room/<int:number>/messages/", views.messages, name="ask_messages"),
    path("room/<int:number>/closure", views.closure, name="ask_closure"),
    path("room/messages/<int:message_id>/deliveries/", views.deliveries, name="ask_deliveries"),
]
