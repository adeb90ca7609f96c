from django.urls import path

from harken.desk.replies import files, languages, settings, using

urlpatterns = [
    path("settings/saved-replies/", settings.saved_replies, name="saved_replies"),
    path("settings/saved-replies/new/", settings.new_reply, name="new_reply"),
    path("settings/saved-replies/<int:reply_id>/", settings.saved_reply, name="saved_reply"),
    path("settings/saved-replies/<int:reply_id>/in/<str:language>/", languages.variant, name="reply_variant"),
    path("settings/saved-replies/<int:reply_id>/files/", files.reply_files, name="reply_files"),
    path("settings/saved-replies/<int:reply_id>/files/<int:file_id>", files.reply_file, name="reply_file"),
    path("settings/saved-replies/<int:reply_id>/removal", settings.removal, name="reply_removal"),
    path("saved-replies/", using.choices, name="reply_choices"),
    path("saved-replies/<int:reply_id>/uses/", using.uses, name="reply_uses"),
]
