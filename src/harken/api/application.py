"""The API as one object: its rooms, its door, and its description for programs and people."""

from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from harken import __version__
from harken.api.door import MOST_PER_MINUTE, Door
from harken.api.once import HEADER, once_per_key
from harken.api.problems import MEDIA_TYPE, answer_with_problems
from harken.automations.api import saved_replies
from harken.channels.leaving.api import messages
from harken.channels.leaving.scheduled_api import letters, scheduled
from harken.channels.ledger.api import ledger
from harken.contacts.api import contacts
from harken.contacts.company_api import companies, sites
from harken.fields.api import fields
from harken.search.api import search
from harken.tickets.own_api import areas, states
from harken.tickets.talks_api import tickets

DESCRIPTION = f"""
Everything happens in the workspace of the token and as its agent: what the agent may not see is not there (404).

* Lists answer `{{"results": […], "next": cursor or null}}`: newest first, messages of a ticket oldest first.
* Errors are `{MEDIA_TYPE}` (RFC 9457), with words that say what to do.
* A POST with an `{HEADER}` happens once; sent again within two days it gets the same answer.
* At most {MOST_PER_MINUTE} requests a minute for each agent, then 429 with `Retry-After`.
"""

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "With 422: what is wrong where.",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "what": {"type": "string"}},
            },
        },
    },
}

IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Any text of your own, new for each deed. Sent again with the same request, nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
}

REFUSALS = {
    "400": "The request is not JSON.",
    "401": "No token, or not one of ours.",
    "404": "Nothing here for this token.",
    "409": "Something stands in the way: read the detail, then send again.",
    "413": "The request is too large.",
    "422": "The request says something impossible.",
    "429": "Too many requests.",
    "503": "Not just now.",
}


class DeskAPI(NinjaAPI):
    """django-ninja, with the parts of our description that it does not write itself."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                operation["responses"] = {
                    str(code): answer for code, answer in operation["responses"].items()
                }
                operation["responses"] |= {status: _refusal(text) for status, text in REFUSALS.items()}
                for parameter in operation.get("parameters", ()):
                    _leave_out_null(parameter["schema"])
                if method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        return schema


def _leave_out_null(schema: dict[str, Any]) -> None:
    """Describe an optional parameter as one that may be missing: an address cannot say null."""
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema.update(kinds[0])
    elif kinds:
        schema["anyOf"] = kinds


def _refusal(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


api = DeskAPI(
    title="Harken",
    version=__version__,
    description=DESCRIPTION,
    auth=Door(),
    urls_namespace="api",
    openapi_url="/openapi.json",
    docs_url="/docs",
)
answer_with_problems(api)
# "view" is around everything: the key is taken before the request is read, and kept with what it caused.
api.add_decorator(once_per_key, mode="view")
api.add_router("/v1/tickets", tickets)
api.add_router("/v1/tickets", messages)
api.add_router("/v1/letters", letters)
api.add_router("/v1/scheduled", scheduled)
api.add_router("/v1/contacts", contacts)
api.add_router("/v1/companies", companies)
api.add_router("/v1/sites", sites)
api.add_router("/v1/fields", fields)
api.add_router("/v1/states", states)
api.add_router("/v1/areas", areas)
api.add_router("/v1/ledger", ledger)
api.add_router("/v1/search", search)
api.add_router("/v1/saved-replies", saved_replies)
