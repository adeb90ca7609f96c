"""Looking at a file without saving it."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from harken.agents.middleware import AgentRequest
from harken.desk.previews.shown import attachments_of, preview_of
from harken.files.addresses import DAY_SECONDS
from harken.files.errors import FilesError
from harken.files.words.reading import page_of_file


@require_safe
@vary_on_headers("HX-Request")
def preview(request: AgentRequest, attachment_id: int) -> HttpResponse:
    """GET shows a file as far as it can be shown; to htmx without the frame of the page."""
    attachment = get_object_or_404(attachments_of(request.agent), pk=attachment_id)
    context = {"attachment": attachment, "preview": preview_of(attachment.file)}
    is_part = "HX-Request" in request.headers
    return render(request, f"desk/previews/{'_preview' if is_part else 'preview'}.html", context)


@require_safe
def page(request: AgentRequest, attachment_id: int, number: int) -> HttpResponse:
    """GET returns one page of a PDF as a picture."""
    attachment = get_object_or_404(attachments_of(request.agent), pk=attachment_id)
    try:
        drawn = page_of_file(attachment.file, number)
    except (FilesError, OSError):
        drawn = b""
    if not drawn:
        raise Http404
    response = HttpResponse(drawn, content_type="image/png")
    response["Cache-Control"] = f"private, max-age={DAY_SECONDS}, immutable"
    return response
