"""Fields: made and changed. What was once an option stays known, so that old answers keep their words."""

from collections.abc import Iterable, Sequence
from typing import Any

from harken.agents.models import Agent
from harken.fields import listing
from harken.fields.errors import ClosesNothing, OptionsMissing, TooManyOptions
from harken.fields.models import LONGEST_OPTION, Field, key_for
from harken.lib.text import one_line

MOST_OPTIONS = 100


def add_field(
    name: str,
    *,
    about: str,
    kind: str,
    by: Agent,
    options: Iterable[str] = (),
    is_needed_to_close: bool = False,
) -> Field:
    """Make a field and return it; its key is made of its name.

    Raises what `listing.add` does, OptionsMissing, and ClosesNothing where other than tickets are to be closed.
    """
    if is_needed_to_close and about != Field.About.TICKET:
        raise ClosesNothing
    taken = Field.objects.visible_to(by).filter(about=about).values_list("key", flat=True)
    field = Field(name=name, about=about, kind=kind, key=key_for(one_line(name, 100), list(taken), "field"))
    field.is_needed_to_close = is_needed_to_close
    if field.has_options:
        field.options = with_options([], options)
    return listing.add(field, by=by)


def change_field(
    field: Field,
    *,
    by: Agent,
    name: str,
    options: Sequence[dict[str, Any]] | None = None,
    is_needed_to_close: bool | None = None,
    seen: int | None = None,
) -> bool:
    """Call a field otherwise, change what can be chosen and whether closing needs it; its key and kind stay.

    Raises what `listing.change` does, and ClosesNothing.
    """
    if is_needed_to_close and field.about != Field.About.TICKET:
        raise ClosesNothing
    values: dict[str, Any] = {"name": name}
    if options is not None and field.has_options:
        values["options"] = list(options)
    if is_needed_to_close is not None:
        values["is_needed_to_close"] = is_needed_to_close
    return listing.change(field, values, by=by, seen=seen)


def with_options(
    known: Sequence[dict[str, Any]], new: Iterable[str], *, names: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the options of a field after a change: known ones by their new `names`, then new ones.

    A name that is empty by now takes the option off the list; answers that have it keep it. A new one of the name of
    an old one is that one again. Raises OptionsMissing, TooManyOptions.
    """
    options = [_renamed(option, (names or {}).get(option["key"])) for option in known]
    for name in filter(None, (one_line(text, LONGEST_OPTION) for text in new)):
        same = next((each for each in options if each["name"].casefold() == name.casefold()), None)
        if same:
            same.pop("gone", None)
        else:
            options.append({"key": key_for(name, [each["key"] for each in options], "option"), "name": name})
    offered = sum(not each.get("gone") for each in options)
    if not offered:
        raise OptionsMissing
    if offered > MOST_OPTIONS:
        raise TooManyOptions(most=MOST_OPTIONS)
    return options


def _renamed(option: dict[str, Any], name: str | None) -> dict[str, Any]:
    if name is None:
        return dict(option)
    clean = one_line(name, LONGEST_OPTION)
    kept = {"key": option["key"], "name": clean or option["name"]}
    return kept if clean else kept | {"gone": True}
