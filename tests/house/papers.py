"""Rules about files of every kind: how long they are, and that each room introduces itself."""

import re
from pathlib import Path

READ_BY_PEOPLE = {".py", ".html", ".css", ".js", ".md", ".toml"}
README_LINES = 12

# One that stays inside the repository.
_LINK = re.compile(r"\]\((?![a-z]+:|[#/])([^)\s]+)\)")


def too_long(files: list[Path], most_lines: int) -> list[str]:
    """Files that no one will read to the end."""
    return [
        f"{path} has {lines} lines"
        for path in files
        if path.suffix in READ_BY_PEOPLE and (lines := _lines(path)) > most_lines
    ]


def unintroduced_rooms(house: Path) -> list[str]:
    """Rooms whose README is missing or longer than a visitor's patience."""
    rooms = sorted(path.parent for path in house.glob("*/__init__.py"))
    return [f"{room.name}: {fault}" for room in rooms if (fault := _readme_fault(room / "README.md"))]


def unfinished(files: list[Path]) -> list[str]:
    """Notes to do something later: it is done now, or it has a ticket and no note."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    return [
        f"{path}:{number} says {mark}"
        for path in files
        if path.suffix in READ_BY_PEOPLE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for mark in marks
        if mark in line
    ]


def dead_links(pages: list[Path]) -> list[str]:
    """Links from one page of the repository to another that is not there."""
    return [
        f"{page} links to {target}"
        for page in pages
        if page.suffix == ".md"
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target.partition("#")[0]).exists()
    ]


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _readme_fault(readme: Path) -> str:
    if not readme.exists():
        return "has no README.md"
    return f"its README.md has {lines} lines" if (lines := _lines(readme)) > README_LINES else ""
