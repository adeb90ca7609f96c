from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from harken.api.problems import MEDIA_TYPE, problem_response
from harken.lib.numbers import whole_number

PREFIX = "/api/"


class ApiProblems:
    """Turn whatever goes wrong below `/api/` into a problem, also where no route of the API was reached.

    A wrong address, a wrong method, a crash or a database that is away would otherwise answer with a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        if _announced_size(request) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0):
            return problem_response(413)
        response = self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
            return response
        return _as_problem(response)


def _announced_size(request: HttpRequest) -> int:
    return whole_number(request.META.get("CONTENT_LENGTH") or "") or 0


def _as_problem(response: HttpResponseBase) -> HttpResponseBase:
    problem = problem_response(response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            problem.headers[name] = response.headers[name]
    return problem
