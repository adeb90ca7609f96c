from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "harken.ui"
    label = "ui"
