"""API tokens: one's own, and all of the workspace for its owners."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.forms import TokenForm
from harken.agents.middleware import AgentRequest
from harken.agents.models import Token


@require_http_methods(["GET", "POST"])
def tokens(request: AgentRequest) -> HttpResponse:
    """The list; POST makes one that acts as its maker, and shows it this once."""
    mine = Token.objects.visible_to(request.agent).filter(agent=request.agent)
    form = TokenForm(request.POST if request.method == "POST" else None, count=mine.count())
    if not form.is_valid():
        return _list(request, form, status=422 if form.is_bound else 200)
    token, text = Token.objects.issue(request.agent, form.cleaned_data["name"], by=request.agent)
    return _list(request, TokenForm(count=0), made=token, text=text)


@require_POST
def revocation(request: AgentRequest, token_id: int) -> HttpResponse:
    """Take a token back: whoever uses it is refused from now on."""
    get_object_or_404(Token.objects.visible_to(request.agent), pk=token_id).revoke(by=request.agent)
    return redirect("agents:tokens", request.workspace.slug)


def _list(
    request: AgentRequest, form: TokenForm, *, status: int = 200, made: Token | None = None, text: str = ""
) -> HttpResponse:
    shown = Token.objects.visible_to(request.agent).select_related("agent__user").order_by("-pk")
    context = {"form": form, "tokens": shown, "made": made, "text": text}
    return render(request, "agents/tokens.html", context, status=status)
