"""Every address of the URL configuration, and which of them nobody has thought about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver

IN_A_WORKSPACE = "<slug:workspace>/"
IN_THE_API = "api/v1/"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, order=True)
class Address:
    """A route as Django writes it: `<slug:workspace>/tickets/<int:number>/`."""

    route: str

    @property
    def parameters(self) -> set[str]:
        return {first or second for first, second in _PARAMETER.findall(self.route)}

    @property
    def objects(self) -> set[str]:
        return self.parameters - {"workspace"}

    def filled(self, values: dict[str, Any]) -> str:
        """The address with values in place of its parameters."""
        path = _PARAMETER.sub(lambda found: str(values[found[1] or found[2]]), self.route)
        return "/" + path.replace("^", "").replace("$", "")


def addresses(patterns: Iterable[URLPattern | URLResolver]) -> list[Address]:
    """All routes below some patterns, sorted, each once."""
    return sorted(set(_addresses(patterns, "")))


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation of an OpenAPI document: method, route as Django writes it, and what is said about it."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method, re.sub(r"{(\w+)}", r"<\1>", path.lstrip("/")), operation


def forgotten(
    found: list[Address], *, known: set[str], open_to_all: set[str], described: set[str]
) -> list[str]:
    """Routes that the walk would not visit: an unknown parameter, an undescribed operation, a place not listed."""
    return [
        f"{address.route}: {fault}"
        for address in found
        if (fault := _fault(address, known, open_to_all, described))
    ]


def _fault(address: Address, known: set[str], open_to_all: set[str], described: set[str]) -> str:
    if address.route in open_to_all:
        return ""
    if unknown := address.parameters - known:
        return f"no value is known for {', '.join(sorted(unknown))}"
    if address.route.startswith(IN_THE_API):
        return "" if _untyped(address.route) in described else "the API's description does not know it"
    return (
        "" if address.route.startswith(IN_A_WORKSPACE) else "it is neither in a workspace nor listed as open"
    )


def _untyped(route: str) -> str:
    return re.sub(r"<\w+:(\w+)>", r"<\1>", route)


def _addresses(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        else:
            yield Address(route)
