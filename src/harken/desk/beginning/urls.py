from django.urls import path

from harken.desk.beginning import views

urlpatterns = [
    path("requests/new/", views.new_request, name="new_request"),
    path("letters/", views.letters, name="letters"),
    path("letters/<uuid:key>/draft", views.letter_draft, name="letter_draft"),
    path("letters/<uuid:key>/draft/files/", views.letter_files, name="letter_files"),
    path("letters/<uuid:key>/draft/files/<int:file_id>", views.letter_file, name="letter_file"),
]
