"""What the REST routes of every room share: refusals, words from outside, pages of a list."""

import base64
import re
from typing import Annotated, Any, Generic, Self, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from harken.lib.text import clean

MOST_PER_PAGE = 200
# What one request may bring in files, decoded: mail servers refuse much more.
MOST_FILE_BYTES = 20 * 1000 * 1000

_CURSOR = re.compile(r"after:(\d{1,18})", re.ASCII)

Item = TypeVar("Item")


class Problem(Exception):
    """A refusal on its way to the caller as RFC 9457 has it; `more` becomes further members of the answer."""

    def __init__(self, status: int, title: str, detail: str = "", **more: Any) -> None:
        super().__init__(title)
        self.status, self.title, self.detail, self.more = status, title, detail, more


def _mail_address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError("this is not a mail address") from error
    return text


# Words from outside: what a database cannot keep (NUL) is taken out at the door.
Text = Annotated[str, AfterValidator(clean)]
MailAddress = Annotated[
    Text, Field(max_length=320, json_schema_extra={"format": "email"}), AfterValidator(_mail_address)
]


class Input(BaseModel):
    """What a request brings. A name we do not know is refused rather than ignored: it may be misspelt."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """What stands behind the question mark; unknown names are refused here, too."""

    @model_validator(mode="after")
    def know_every_name(self, asked: ValidationInfo) -> Self:
        given = (asked.context or {})["request"].GET.keys()
        if unknown := sorted(given - type(self).model_fields.keys()):
            raise ValueError(f"unknown: {', '.join(unknown)[:200]}")
        return self


class Paging(Query):
    cursor: str | None = Field(None, description="`next` of the page before", max_length=100)
    limit: int = Field(50, ge=1, le=MOST_PER_PAGE)


class Page(Schema, Generic[Item]):
    """One page of a list; `next` is the cursor of the page after it, null at the end."""

    results: list[Item]
    next: str | None


def page(rows: Any, asked: Paging, *, by: str) -> dict[str, Any]:
    """Return a page of a queryset in the order of one unique whole number; `by="-id"` is newest first.

    Raises Problem 422 for a cursor that we did not make.
    """
    field = by.lstrip("-")
    rows = rows.order_by(by)
    if asked.cursor is not None:
        rows = rows.filter(**{f"{field}__{'lt' if by.startswith('-') else 'gt'}": position_in(asked.cursor)})
    found = list(rows[: asked.limit + 1])
    shown, is_more = found[: asked.limit], len(found) > asked.limit
    return {"results": shown, "next": cursor_for(getattr(shown[-1], field)) if is_more else None}


def cursor_for(position: int) -> str:
    """Return the cursor of a page that ended at this position."""
    return base64.urlsafe_b64encode(f"after:{position}".encode()).decode().rstrip("=")


def position_in(cursor: str) -> int:
    """Return where the page before ended. Raises Problem 422 for a cursor that we did not make."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        text = ""
    if match := _CURSOR.fullmatch(text):
        return int(match[1])
    raise Problem(422, "There is no such cursor.", "Take it from `next` of the page before, or leave it out.")
