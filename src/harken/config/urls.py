"""Every address of Harken. Those below a workspace's own carry it as `workspace`, for the wall's middleware."""

from django.urls import include, path

from harken.config import health
from harken.ui import errors

urlpatterns = [
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/", include("harken.api.urls")),
    path("files/", include("harken.files.urls")),
    path("", include("harken.agents.urls")),
    path("<slug:workspace>/", include("harken.channels.urls")),
    path("<slug:workspace>/", include("harken.notifications.urls")),
    path("<slug:workspace>/", include("harken.desk.urls")),
]

handler400 = errors.bad_request
handler403 = errors.refused
handler404 = errors.not_found
handler500 = health.failed
