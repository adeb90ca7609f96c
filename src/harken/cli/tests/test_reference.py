import re
from collections.abc import Iterator
from pathlib import Path

import click

from harken.cli.main import harken

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "commands.md"


def test_the_page_of_commands_names_each_of_them_and_nothing_else():
    told = re.findall(r"^\| `([a-z -]+)` \|", PAGE.read_text(), re.M)

    assert sorted(told) == sorted(commands(harken, "harken"))


def commands(command: click.Command, name: str) -> Iterator[str]:
    """Every command that does something: groups alone do nothing."""
    if not isinstance(command, click.Group):
        yield name
        return
    for part, each in command.commands.items():
        yield from commands(each, f"{name} {part}")
