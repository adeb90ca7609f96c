"""Addresses of a workspace's own fields, states and areas."""

from django.urls import path

from harken.desk.own import settings

urlpatterns = [
    path("settings/fields/", settings.fields, name="fields"),
    path("settings/fields/<int:field_id>/", settings.field, name="field"),
    path("settings/states/", settings.states, name="states"),
    path("settings/states/<int:state_id>/", settings.state, name="state-of-ours"),
    path("settings/areas/", settings.areas, name="areas"),
    path("settings/areas/<int:area_id>/", settings.area, name="area"),
]
