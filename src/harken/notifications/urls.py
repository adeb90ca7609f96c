"""Addresses below `/<workspace>/`: what somebody is told and how, and what makes the desk an app."""

from django.urls import path

from harken.notifications.views import app, devices, notices, preferences

app_name = "notifications"

urlpatterns = [
    path("settings/notifications/", preferences.preferences, name="preferences"),
    path("settings/notifications/own", preferences.own, name="own"),
    path("settings/notifications/defaults", preferences.defaults, name="defaults"),
    path("settings/notifications/tests/", preferences.tests, name="tests"),
    path("settings/notifications/devices/", devices.devices, name="devices"),
    path("settings/notifications/devices/<int:device_id>/removal", devices.removal, name="removal"),
    path("notices/", notices.notices, name="notices"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("worker.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
]
