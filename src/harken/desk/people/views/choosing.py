"""People offered while somebody types, wherever they are looked for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.people.finding import addresses_of, people_named


@require_safe
def choices(request: AgentRequest) -> HttpResponse:
    """GET returns who fits: `q` as addresses to write to, `who` as whose words are logged, `text` as links.

    The field's own name says what is chosen.
    """
    asked = request.GET
    if "q" in asked:
        found = addresses_of(request.agent, asked["q"])
        return render(request, "desk/people/_addresses.html", {"found": found})
    template = "desk/room/_meant.html" if "who" in asked else "desk/room/_names.html"
    found = people_named(request.agent, asked.get("who", asked.get("text", "")))
    return render(request, template, {"found": found, "place": ""})
