"""Addresses of what has not left yet, and of forwarding."""

from django.urls import path

from harken.desk.sending import views

urlpatterns = [
    path("messages/<int:message_id>/taking-back", views.taking_back, name="taking_back"),
    path("messages/<int:message_id>/forward", views.forward, name="forward"),
    path("tickets/<int:number>/forward", views.forward_last, name="forward_last"),
    path("scheduled/<int:scheduled_id>/", views.scheduled, name="scheduled"),
]
