"""Settings of channels: which there are, how they fare, and the form of a mailbox."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.channels.connect import check as check_now
from harken.channels.connect import connect, problems_of
from harken.channels.forms import MailboxForm
from harken.channels.models import Arrival, Mailbox, Trouble

MOST_HELD = 200


@require_GET
def channels(request: AgentRequest) -> HttpResponse:
    """Every channel of the workspace with its health."""
    standing = Prefetch(
        "channel__troubles", Trouble.objects.standing().order_by("since"), to_attr="troubles_standing"
    )
    mailboxes = Mailbox.objects.visible_to(request.agent).select_related("channel").prefetch_related(standing)
    held = Arrival.objects.visible_to(request.agent).held().count()
    context = {"mailboxes": mailboxes.order_by("channel__address"), "held": held}
    return render(request, "channels/channels.html", context)


@require_http_methods(["GET", "POST"])
def new_mailbox(request: AgentRequest) -> HttpResponse:
    """The empty form; POST connects the mailbox."""
    return _mailbox_form(request, Mailbox(workspace=request.workspace, from_name=request.workspace.name))


@require_http_methods(["GET", "POST"])
def mailbox(request: AgentRequest, channel_id: int) -> HttpResponse:
    """One mailbox; POST changes it."""
    return _mailbox_form(request, _mailbox(request, channel_id))


@require_POST
def check(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Sign in at both servers now, and show what they said."""
    check_now(_mailbox(request, channel_id))
    return redirect("channels:channels", workspace=request.workspace.slug)


@require_POST
def activity(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Stop using a mailbox, or use it again. What it brought stays; letters wait at its server meanwhile."""
    channel = _mailbox(request, channel_id).channel
    channel.is_active = request.POST.get("active") == "yes"
    channel.save(update_fields=["is_active"])
    return redirect("channels:channels", workspace=request.workspace.slug)


@require_GET
def held(request: AgentRequest) -> HttpResponse:
    """Letters that wait for a person, newest first, each with its reason and its bytes."""
    letters = (
        Arrival.objects.visible_to(request.agent).held().select_related("raw", "channel").order_by("-id")
    )
    return render(request, "channels/held.html", {"letters": letters[:MOST_HELD]})


@require_GET
def raw(request: AgentRequest, arrival_id: int) -> HttpResponse:
    """The letter as it came, to keep: never shown in the page."""
    arrival = get_object_or_404(
        Arrival.objects.visible_to(request.agent).select_related("raw"), pk=arrival_id
    )
    response = HttpResponse(arrival.raw.read(), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = (
        content_disposition_header(True, f"letter-{arrival.pk}.eml") or ""
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _mailbox_form(request: AgentRequest, found: Mailbox) -> HttpResponse:
    _owners_only(request)
    form = MailboxForm(request.POST or None, instance=found)
    if request.method == "GET" or not form.is_valid():
        return _form_page(request, form, [])
    changed = form.save(commit=False)
    problems = [] if "unchecked" in request.POST else [str(each) for each in problems_of(changed).values()]
    problems = list(dict.fromkeys(problems))
    if problems:
        return _form_page(request, form, problems)
    connect(changed, form.cleaned_data["address"])
    messages.success(request, _("The mailbox is connected."))
    return redirect("channels:channels", workspace=request.workspace.slug)


def _form_page(request: AgentRequest, form: MailboxForm, problems: list[str]) -> HttpResponse:
    context = {"form": form, "problems": problems, "is_new": form.instance.pk is None}
    return render(request, "channels/mailbox.html", context, status=422 if problems or form.errors else 200)


def _mailbox(request: AgentRequest, channel_id: int) -> Mailbox:
    """Return the mailbox, or 404 when it is not there for this agent: no hint which of the two."""
    _owners_only(request)
    return get_object_or_404(
        Mailbox.objects.visible_to(request.agent).select_related("channel", "workspace"),
        channel_id=channel_id,
    )


def _owners_only(request: AgentRequest) -> None:
    # Passwords stay with the owner; to everybody else the page is not there.
    if not request.agent.is_owner:
        raise Http404
