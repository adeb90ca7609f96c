import logging
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from harken.files import storage
from harken.files.addresses import DAY_SECONDS, opened_by
from harken.files.errors import FilesError
from harken.files.media_types import harmless, picture_type
from harken.files.models import File
from harken.lib import filenames
from harken.workspaces import wall

log = logging.getLogger(__name__)

PLAIN = "text/plain; charset=utf-8"


@require_safe
def content(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """Send the file that the signed address opens; with `?inline`, a picture is shown in its place.

    The name in the address is for people; what is sent is named by the row.
    """
    file = _file(token)
    if file is None:
        return HttpResponseNotFound(
            _("There is no such file, or its address has expired."), content_type=PLAIN
        )
    try:
        opened = storage.open_whole(file.workspace_id, file.sha256)
    except FilesError as error:
        log.error("file %s of workspace %s: %s", file.pk, file.workspace_id, type(error).__name__)
        return HttpResponse(str(error), status=500, content_type=PLAIN)
    return _answer(request, file, opened)


def _file(token: str) -> File | None:
    opened = opened_by(token)
    if opened is None:
        return None
    workspace_id, file_id = opened
    with wall.inside(workspace_id):
        return File.objects.signed_for(workspace_id, file_id).first()


def _answer(request: HttpRequest, file: File, opened: BinaryIO) -> HttpResponseBase:
    shown = _shown_in_place(opened) if "inline" in request.GET else None
    if request.method == "HEAD":
        opened.close()
        response: HttpResponseBase = HttpResponse()
    else:
        response = FileResponse(opened)
    response.headers["Content-Type"] = shown or harmless(file.media_type)
    response.headers["Content-Length"] = str(file.size)
    response.headers["Content-Disposition"] = (
        content_disposition_header(shown is None, filenames.safe(file.name)) or ""
    )
    return _locked_in(response, shown is not None)


def _shown_in_place(opened: BinaryIO) -> str | None:
    # The bytes decide, not what their sender called them: an SVG named image/png stays a download.
    start = opened.read(12)
    opened.seek(0)
    return picture_type(start)


def _locked_in(response: HttpResponseBase, in_place: bool) -> HttpResponseBase:
    """Whatever it is, it gets no scripts, no origin of ours and no second guess at its type."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = f"private, max-age={DAY_SECONDS}, immutable"
    # A message is shown in a sandboxed frame, whose origin is nobody's: there, every picture is cross-origin.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if in_place else "same-origin"
    return response
