"""What the environment gives: secrets read from the files that carry them, mistakes turned into sentences."""

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harken.config.errors import Refused


class EnvironmentMistakes(Refused):
    """What is wrong with the settings: every mistake at once, one sentence each, never with a secret's value."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        heading = [f"{len(mistakes)} settings are wrong:"] if len(mistakes) > 1 else []
        super().__init__("\n  ".join(heading + mistakes))

    @classmethod
    def of(
        cls, error: ValidationError, names: Mapping[str, str], secrets: Collection[str]
    ) -> "EnvironmentMistakes":
        """Word what pydantic found; `names` leads from a field to its name in the environment."""
        return cls([_sentence(detail, names, secrets) for detail in error.errors()])


def given_settings(
    environ: Mapping[str, str], known: Collection[str], secrets: Collection[str]
) -> dict[str, str]:
    """Return every setting that is not empty; names that cannot be used stay in, to be refused with the rest."""
    given = {
        name: value.strip() for name, value in environ.items() if name.startswith("HARKEN_") or name in known
    }
    files = {f"{secret}_FILE": environ.get(f"{secret}_FILE") for secret in secrets}
    for name, path in files.items():
        secret = name.removesuffix("_FILE")
        if path and not given.get(secret) and (text := _text_of(path)):
            given.pop(name, None)
            given[secret] = text
        elif path:
            given[name] = path
    return {name: value for name, value in given.items() if value}


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _sentence(detail: Any, names: Mapping[str, str], secrets: Collection[str]) -> str:
    place = str(detail["loc"][0])
    name = names.get(place, place)
    if detail["type"] == "extra_forbidden":
        return _refused_name(name, str(detail["input"]), names.values(), secrets)
    reason = str(detail.get("ctx", {}).get("error", detail["msg"]))
    shown = "" if name in secrets or not detail["input"] else f" (it is {str(detail['input'])[:80]!r})"
    return f"{name} {reason.rstrip('.')}{shown}."


def _refused_name(name: str, value: str, known: Collection[str], secrets: Collection[str]) -> str:
    secret = name.removesuffix("_FILE")
    if secret in secrets:
        return f"{name}={value} cannot be read, is empty, or {secret} is given as well."
    if secret in known:
        return f"{name} is not known: {secret} is no secret, give its value."
    near = difflib.get_close_matches(
        name, [*known, *(f"{secret}_FILE" for secret in secrets)], n=1, cutoff=0.5
    )
    return f"{name} is not known." + (f" Do you mean {near[0]}?" if near else "")
