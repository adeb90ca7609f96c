from django.urls import path

from harken.files import views

app_name = "files"

urlpatterns = [path("<str:token>/<str:name>", views.content, name="content")]
