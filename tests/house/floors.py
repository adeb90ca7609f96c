"""Which room stands on which floor: read from the import linter's contract, so that there is one list."""

import tomllib
from pathlib import Path

from tests.house.source import Module


class Floors:
    """The house from top to bottom. A room knows the floors below its own and nothing else."""

    def __init__(self, layers: list[str]) -> None:
        floors = [[room.strip() for room in layer.split("|")] for layer in layers]
        self._depth = {room.strip("()"): depth for depth, floor in enumerate(floors) for room in floor}
        self.built = {room for floor in floors for room in floor if not room.startswith("(")}

    @classmethod
    def of(cls, pyproject: Path) -> "Floors":
        contracts = tomllib.loads(pyproject.read_text())["tool"]["importlinter"]["contracts"]
        (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
        return cls(layers)

    def __contains__(self, room: str) -> bool:
        return room in self._depth

    def may_know(self, room: str, other: str) -> bool:
        """Say whether `room` may use `other`: itself, or what lies on a floor below."""
        return room == other or self._depth[room] < self._depth[other]


def imports_up(modules: list[Module], floors: Floors, package: str = "harken") -> list[str]:
    """Imports that go up or sideways, those for type hints included (the import linter leaves these out)."""
    return [
        f"{module.place}:{found.line} imports {found.name}, which is not below {module.room}"
        for module in modules
        if module.room in floors
        for found in module.imports
        if (parts := found.name.split("."))[0] == package
        if len(parts) > 1 and parts[1] in floors and not floors.may_know(module.room, parts[1])
    ]


def kinds_that_know_each_other(modules: list[Module], package: str = "harken") -> list[str]:
    """A channel kind (a folder of `channels` with a `channel.py`) that imports another kind."""
    kinds = {module.path.parent.name for module in modules if _is_kind(module)}
    return [
        f"{module.place}:{found.line} imports {found.name}"
        for module in modules
        if (own := _kind_of(module, kinds))
        for found in module.imports
        for other in kinds - {own}
        if f"{found.name}.".startswith(f"{package}.channels.{other}.")
    ]


def _is_kind(module: Module) -> bool:
    parts = module.path.relative_to(module.house).parts
    # `models/channel.py` is the noun.
    return len(parts) == 3 and parts[0] == "channels" and parts[1] != "models" and parts[2] == "channel.py"


def _kind_of(module: Module, kinds: set[str]) -> str:
    parts = module.path.relative_to(module.house).parts
    return parts[1] if parts[0] == "channels" and len(parts) > 2 and parts[1] in kinds else ""
