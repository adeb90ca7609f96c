"""Settings of a mailbox as a sender: what its domain publishes, its signature, and whose checks it believes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.channels.email.results import naming_servers
from harken.channels.leaving.sender_forms import TrustForm
from harken.channels.leaving.sending_domain import domain_of, look
from harken.channels.leaving.sending_words import sentence
from harken.channels.leaving.signing_keys import NotPublished, make_key, sign_with
from harken.channels.mailboxes.views import mailbox_of
from harken.channels.models import Arrival, DkimKey, DomainCheck, Mailbox
from harken.files.errors import FilesError

# As many letters are looked at for a server to suggest.
LETTERS_SEEN = 3
# A TXT record is made of pieces of this length.
PIECE = 255


@require_http_methods(["GET", "POST"])
def sender(request: AgentRequest, channel_id: int) -> HttpResponse:
    """How others see what this mailbox sends, and how it judges what others send; POST keeps whom it believes."""
    mailbox = mailbox_of(request, channel_id)
    form = TrustForm(request.POST or None, instance=mailbox)
    if request.method == "POST" and form.is_valid():
        mailbox.save(update_fields=["trusts_results_of"])
        messages.success(request, _("Kept. It holds for letters that come from now on."))
        return _back(request, channel_id)
    return _page(request, mailbox, form)


@require_POST
def records(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Ask the name servers now what the domain publishes."""
    look(mailbox_of(request, channel_id).channel)
    return _back(request, channel_id)


@require_POST
def key(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Make a key, the first or one to take the place of the one in use."""
    channel = mailbox_of(request, channel_id).channel
    make_key(channel)
    look(channel)
    return _back(request, channel_id)


@require_POST
def signing(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Sign with the key that waits, when it can be found (or with `unseen`); with `undo` sign no more."""
    mailbox = mailbox_of(request, channel_id)
    if "undo" in request.POST:
        used = DkimKey.objects.used_by(mailbox.channel)
        if used:
            used.retire(by=request.agent)
        return _looked(request, mailbox)
    waiting = DkimKey.objects.waiting_for(mailbox.channel)
    try:
        if waiting:
            sign_with(waiting, by=request.agent, unseen="unseen" in request.POST)
    except NotPublished as refusal:
        return _page(request, mailbox, TrustForm(instance=mailbox), refusal=str(refusal))
    return _looked(request, mailbox)


def _looked(request: AgentRequest, mailbox: Mailbox) -> HttpResponse:
    look(mailbox.channel)
    return _back(request, mailbox.channel_id)


def _back(request: AgentRequest, channel_id: int) -> HttpResponse:
    return redirect("channels:sender", workspace=request.workspace.slug, channel_id=channel_id)


def _page(request: AgentRequest, mailbox: Mailbox, form: TrustForm, refusal: str = "") -> HttpResponse:
    channel = mailbox.channel
    waiting = DkimKey.objects.waiting_for(channel)
    checked = DomainCheck.objects.visible_to(request.agent).filter(domain=domain_of(channel)).first()
    context = {
        "mailbox": mailbox,
        "form": form,
        "refusal": refusal,
        "checked": checked,
        "findings": [_shown(each) for each in checked.findings] if checked else [],
        "used": DkimKey.objects.used_by(channel),
        "waiting": waiting,
        "to_publish": _to_publish(waiting.host, waiting.record) if waiting else {},
        "suggested": _suggested(mailbox),
    }
    return render(request, "channels/sender.html", context, status=422 if refusal or form.errors else 200)


def _shown(finding: dict[str, Any]) -> dict[str, Any]:
    return finding | {"sentence": sentence(finding)} | _to_publish(finding["host"], finding["value"])


def _to_publish(host: str, value: str) -> dict[str, str]:
    pieces = [value[at : at + PIECE] for at in range(0, len(value), PIECE)]
    in_pieces = " ".join(f'"{piece}"' for piece in pieces) if len(pieces) > 1 else ""
    return {"host": host, "value": value, "in_pieces": in_pieces}


def _suggested(mailbox: Mailbox) -> list[str]:
    """The servers nearest to us that wrote results into the last letters, and are not named yet."""
    last = Arrival.objects.filter(workspace_id=mailbox.workspace_id, channel_id=mailbox.channel_id)
    named: list[str] = []
    for arrival in last.select_related("raw").order_by("-id")[:LETTERS_SEEN]:
        try:
            named += naming_servers(arrival.raw.read())[:1]
        except (FilesError, OSError):
            continue
    return [name for name in dict.fromkeys(named) if name not in mailbox.trusted_servers]
