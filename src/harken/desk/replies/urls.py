from django.urls import path

from harken.desk.replies import settings, using

urlpatterns = [
    path("settings/saved-replies/", settings.saved_replies, name="saved_replies"),
    path("settings/saved-replies/new/", settings.new_reply, name="new_reply"),
    path("settings/saved-replies/<int:reply_id>/", settings.saved_reply, name="saved_reply"),
    path("settings/saved-replies/<int:reply_id>/removal", settings.removal, name="reply_removal"),
    path("saved-replies/", using.choices, name="reply_choices"),
    path("saved-replies/<int:reply_id>/uses/", using.uses, name="reply_uses"),
]
