"""Somebody with a browser, as page tests see them."""

from dataclasses import dataclass, field
from typing import Any, Self

from django.http import HttpResponse
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.workspaces import wall
from harken.workspaces.models import Workspace

HTMX = {"HX-Request": "true"}


@dataclass
class Visitor:
    """An agent and their browser; addresses are given below their workspace, or whole with `at`."""

    agent: Agent
    client: Client = field(default_factory=Client)

    @classmethod
    def signed_in(cls, agent: Agent) -> Self:
        visitor = cls(agent)
        visitor.client.force_login(agent.user)
        return visitor

    @classmethod
    def stranger(cls) -> Self:
        before = wall.current()
        visitor = cls.signed_in(make_agent())
        wall.enter(before) if before else wall.leave()
        return visitor

    @property
    def workspace(self) -> Workspace:
        return self.agent.workspace

    def path(self, page: str) -> str:
        return f"/{self.workspace.slug}/{page}"

    def get(self, page: str, *, htmx: bool = False, **query: Any) -> HttpResponse:
        response = self.client.get(self.path(page), query, headers=HTMX if htmx else {})
        return self._back(response)

    def post(self, page: str, data: dict[str, Any] | None = None, *, htmx: bool = False) -> HttpResponse:
        response = self.client.post(self.path(page), data or {}, headers=HTMX if htmx else {})
        return self._back(response)

    def delete(self, page: str) -> HttpResponse:
        return self._back(self.client.delete(self.path(page), headers=HTMX))

    def look(self, page: str, **query: Any) -> LexborHTMLParser:
        """Return the parsed page, which must be there."""
        response = self.get(page, **query)
        assert response.status_code == 200, response.status_code
        return read(response)

    def _back(self, response: Any) -> HttpResponse:
        # The request left the workspace; the test stands in it still.
        wall.enter(self.workspace.pk)
        return response


def read(response: HttpResponse) -> LexborHTMLParser:
    """Parse an answer."""
    return LexborHTMLParser(response.content.decode())


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    """Return the words of every match, white space folded."""
    return [" ".join(node.text().split()) for node in page.css(selector)]


def attribute(page: LexborHTMLParser, selector: str, name: str) -> str | None:
    """Return an attribute of the first match, which must be there."""
    node = page.css_first(selector)
    assert node is not None, selector
    return node.attributes.get(name)
