"""Settings of channels: which there are, how they fare, and the form of a mailbox."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.held import letters_to_judge
from harken.channels.mailboxes.connect import check as check_now
from harken.channels.mailboxes.connect import connect, problems_of
from harken.channels.mailboxes.forms import MailboxForm
from harken.channels.mailboxes.ticks import ticks_of
from harken.channels.models import FolderState, Mailbox, Trouble


@require_GET
def channels(request: AgentRequest) -> HttpResponse:
    """Every channel of the workspace with its health."""
    cursor = realtime.cursor()
    troubles = Trouble.objects.visible_to(request.agent).standing().order_by("since")
    troubles = troubles.select_related("channel__mailbox")
    standing = Prefetch("channel__troubles", troubles, to_attr="troubles_standing")
    compared = Prefetch(
        "folders", FolderState.objects.visible_to(request.agent).exclude(compared_at=None), to_attr="compared"
    )
    mailboxes = Mailbox.objects.visible_to(request.agent).select_related("channel", "heartbeat")
    mailboxes = mailboxes.prefetch_related(standing, compared).order_by("channel__address")
    context = {
        "mailboxes": mailboxes,
        "ticks": ticks_of(request.agent, mailboxes),
        "held": letters_to_judge(request.agent).count(),
        "live_cursor": cursor,
    }
    return render(request, "channels/channels.html", context)


@require_http_methods(["GET", "POST"])
def new_mailbox(request: AgentRequest) -> HttpResponse:
    """The empty form; POST connects the mailbox."""
    return _mailbox_form(request, Mailbox(workspace=request.workspace, from_name=request.workspace.name))


@require_http_methods(["GET", "POST"])
def mailbox(request: AgentRequest, channel_id: int) -> HttpResponse:
    """One mailbox; POST changes it."""
    return _mailbox_form(request, mailbox_of(request, channel_id))


@require_POST
def check(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Sign in at both servers now, and show what they said."""
    check_now(mailbox_of(request, channel_id))
    return redirect("channels:channels", workspace=request.workspace.slug)


@require_POST
def activity(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Stop using a mailbox, or use it again. What it brought stays; letters wait at its server meanwhile."""
    channel = mailbox_of(request, channel_id).channel
    channel.is_active = request.POST.get("active") == "yes"
    channel.save(update_fields=["is_active"])
    return redirect("channels:channels", workspace=request.workspace.slug)


def _mailbox_form(request: AgentRequest, found: Mailbox) -> HttpResponse:
    owners_only(request)
    form = MailboxForm(request.POST or None, instance=found)
    if request.method == "GET":
        form.begin_at(request.GET.get("mend", ""))
        return _form_page(request, form, _told_of(request, found))
    if not form.is_valid():
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
    grant = getattr(form.instance, "grant", None)
    context = {"form": form, "problems": problems, "is_new": form.instance.pk is None, "grant": grant}
    status = 422 if request.method == "POST" else 200
    return render(request, "channels/mailbox.html", context, status=status)


def _told_of(request: AgentRequest, found: Mailbox) -> list[str]:
    """What this form can mend now: whoever comes from a trouble sees here what it is."""
    standing = Trouble.objects.visible_to(request.agent).standing().select_related("channel__mailbox")
    troubles = standing.filter(channel_id=found.channel_id).order_by("since") if found.pk else []
    return [trouble.sentence for trouble in troubles if trouble.field]


def mailbox_of(request: AgentRequest, channel_id: int) -> Mailbox:
    """Return the mailbox, or 404 when it is not there for this agent: no hint which of the two."""
    owners_only(request)
    return get_object_or_404(
        Mailbox.objects.visible_to(request.agent).select_related("channel", "workspace", "grant"),
        channel_id=channel_id,
    )


def owners_only(request: AgentRequest) -> None:
    """Answer 404 to whoever is no owner: what holds passwords, and what servers are asked, is not there for them."""
    if not request.agent.is_owner:
        raise Http404
