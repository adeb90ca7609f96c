from django.urls import path

from harken.desk.settings import look, views

urlpatterns = [
    path("settings/", views.overview, name="settings"),
    path("settings/workspace/", views.workspace, name="workspace"),
    path("settings/capabilities/", views.capabilities, name="capabilities"),
    path("settings/look/", look.look, name="look"),
    path("settings/look/logo/", look.logo, name="logo"),
    path("look/<str:accent>.css", look.accent, name="accent"),
    path("look/<str:digest>", look.picture, name="picture"),
]
