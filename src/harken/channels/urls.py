from django.urls import path

from harken.channels.leaving import sender_views
from harken.channels.ledger import many
from harken.channels.ledger import views as ledger_views
from harken.channels.mailboxes import number_views, sign_in_views, views

app_name = "channels"

urlpatterns = [
    path("settings/channels/numbers/", number_views.numbers, name="numbers"),
    path("settings/channels/", views.channels, name="channels"),
    path("settings/channels/new/", views.new_mailbox, name="new_mailbox"),
    path("settings/channels/<int:channel_id>/", views.mailbox, name="mailbox"),
    path("settings/channels/<int:channel_id>/check/", views.check, name="check"),
    path("settings/channels/<int:channel_id>/activity/", views.activity, name="activity"),
    path("settings/channels/<int:channel_id>/comparison/", ledger_views.comparison, name="comparison"),
    path("settings/channels/<int:channel_id>/sender/", sender_views.sender, name="sender"),
    path("settings/channels/<int:channel_id>/sender/records/", sender_views.records, name="records"),
    path("settings/channels/<int:channel_id>/sender/key/", sender_views.key, name="key"),
    path("settings/channels/<int:channel_id>/sender/signing/", sender_views.signing, name="signing"),
    path("settings/channels/<int:channel_id>/sign-in/", sign_in_views.sign_in, name="sign_in"),
    path("settings/channels/<int:channel_id>/sign-in/begin/", sign_in_views.begin, name="sign_in_begin"),
    path("settings/channels/<int:channel_id>/sign-in/grant/", sign_in_views.grant, name="grant"),
    path("settings/channels/signed-in/", sign_in_views.signed_in, name="signed_in"),
    path("settings/kept-letters/", ledger_views.kept, name="kept"),
    path("ledger/", ledger_views.ledger, name="ledger"),
    path("ledger/<int:arrival_id>/", ledger_views.arrival, name="arrival"),
    path("ledger/<int:arrival_id>/letter.eml", ledger_views.raw, name="raw"),
    path("ledger/<int:arrival_id>/judgement/", ledger_views.judgement, name="judgement"),
    path("held/", ledger_views.held, name="held"),
    path("held/judgements/", many.judgements, name="judgements"),
]
