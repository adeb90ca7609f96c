"""The reference page of the settings, written from the code: `python -m harken.config.settings_page`."""

from pathlib import Path

from pydantic.fields import FieldInfo

from harken.config.environment import known_settings, secret_settings

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"
_HEADING = """# Settings

Harken reads its settings from the environment when it starts. All mistakes are reported at once, and an unknown
`HARKEN_…` name is refused. Empty means unset. A setting marked *secret* may also be given as a file: `NAME_FILE` is
then the path of a file that holds the value.

This page is written by `python -m harken.config.settings_page`.

| name | default | meaning |
|---|---|---|
"""


def settings_page() -> str:
    """Return the page as Markdown."""
    return _HEADING + "".join(_row(name, field) for name, field in known_settings().items())


def _row(name: str, field: FieldInfo) -> str:
    secret = " *(secret)*" if name in secret_settings() else ""
    return f"| `{name}`{secret} | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    if isinstance(extra, dict) and "default" in extra:
        return str(extra["default"])
    return f"`{field.default}`" if field.default else "empty"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(settings_page())
