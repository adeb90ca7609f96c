"""Python files as syntax trees, and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One imported name: `from harken.files import storage` gives `harken.files.storage`."""

    name: str
    line: int


@dataclass(frozen=True)
class Module:
    """A Python file below the folder that holds all rooms."""

    path: Path
    house: Path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @property
    def place(self) -> str:
        """The file's path below the house, for people and for lists of exceptions: `tickets/models.py`."""
        return self.path.relative_to(self.house).as_posix()

    @property
    def room(self) -> str:
        return self.path.relative_to(self.house).parts[0]

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.relative_to(self.house).parts

    @property
    def imports(self) -> list[Import]:
        return [found for node in ast.walk(self.tree) for found in imports_of(node)]


def modules(house: Path) -> list[Module]:
    """Every Python file of the rooms, sorted."""
    return [Module(path, house) for path in sorted(house.rglob("*.py"))]


def imports_of(node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, node.lineno)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        for alias in node.names:
            yield Import(f"{node.module}.{alias.name}", node.lineno)


def called_name(call: ast.Call) -> str:
    """Return the dotted name that is called: `yaml.load`; `""` for what has none."""
    return ast.unparse(call.func) if isinstance(call.func, ast.Name | ast.Attribute) else ""
