from django.urls import path

from harken.channels import views

app_name = "channels"

urlpatterns = [
    path("settings/channels/", views.channels, name="channels"),
    path("settings/channels/new/", views.new_mailbox, name="new_mailbox"),
    path("settings/channels/<int:channel_id>/", views.mailbox, name="mailbox"),
    path("settings/channels/<int:channel_id>/check/", views.check, name="check"),
    path("settings/channels/<int:channel_id>/activity/", views.activity, name="activity"),
    path("held/", views.held, name="held"),
    path("held/<int:arrival_id>/letter.eml", views.raw, name="raw"),
]
