from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from harken.api.application import api
from harken.api.problems import problem_response


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer for every other address below `/api/`: no workspace's page begins there."""
    return problem_response(404)


urlpatterns = [
    path("", api.urls),
    re_path("", nothing_here, name="nothing-here"),
]
