"""Rules about Python files that no linter of ours knows."""

import ast
from collections.abc import Iterator

from tests.house.source import Function, Module, called_name, imports_of

EMPTY_WORDS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "service",
    "services",
    "common",
    "misc",
}
EMPTY_NAMES = EMPTY_WORDS | {"data", "info"}

DANGEROUS_CALLS = {
    "__import__",
    "compile",
    "eval",
    "exec",
    "mark_safe",
    "Markup",
    "markupsafe.Markup",
    "os.popen",
    "os.system",
    "safestring.mark_safe",
    "yaml.load",
    "yaml.unsafe_load",
}
DANGEROUS_MODULES = {"dill", "marshal", "pickle", "shelve"}
MODEL_SIGNALS = {"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
# What may follow `Model.objects.` where a request is served: the doors, and making a row.
DOORS = ("visible_to", "visible_to_contact", "signed_for")
MAKING = {"bulk_create", "create", "get_or_create", "issue"}


def says_nothing(modules: list[Module]) -> list[str]:
    """Files and folders whose name says only that something is in them."""
    return [f"{module.place} says nothing by its name" for module in modules if _is_empty_name(module)]


def imports_in_functions(modules: list[Module], allowed: set[str]) -> list[str]:
    """Imports inside a function, but for `apps.py`, which Django reads before any model is there."""
    return [
        f"{module.place}:{found.line} imports {found.name} inside {function.name}"
        for module in modules
        if module.place not in allowed
        for function in _functions(module)
        if module.path.name != "apps.py"
        for node in ast.walk(function)
        for found in imports_of(node)
    ]


def dangerous_calls(modules: list[Module], allowed: set[str]) -> list[str]:
    """What runs strings, shells or unsafe formats, or calls text safe; `allowed` names `place: call`."""
    return [
        f"{module.place}:{call.lineno} calls {name}"
        for module in modules
        for call in _calls(module)
        if (name := _danger(call)) and f"{module.place}: {name}" not in allowed
    ] + [
        f"{module.place}:{found.line} imports {found.name}"
        for module in modules
        for found in module.imports
        if found.name.split(".")[0] in DANGEROUS_MODULES
    ]


def sql_put_together(modules: list[Module], allowed: set[str]) -> list[str]:
    """SQL made by formatting, or an ORM method that takes it raw: values belong in parameters."""
    return [
        f"{module.place}:{call.lineno} puts SQL together"
        for module in modules
        if module.place not in allowed
        for call in _calls(module)
        if _is_formatted_sql(call)
    ]


def model_signals(modules: list[Module]) -> list[str]:
    """Django's model signals: between rooms we record events, inside a room we call the verb."""
    return [
        f"{module.place}:{found.line} uses {found.name}"
        for module in modules
        for found in module.imports
        if found.name.split(".")[-1] in MODEL_SIGNALS
    ]


def migrations_that_import_us(modules: list[Module], allowed: set[str]) -> list[str]:
    """Migrations that import our code, which will have changed when they run on an old database."""
    return [
        f"{module.place}:{found.line} imports {found.name}"
        for module in modules
        if module.path.parent.name == "migrations"
        for found in module.imports
        if found.name.split(".")[0] == "harken" and found.name not in allowed
    ]


def rows_by_another_door(modules: list[Module], outside: set[str]) -> list[str]:
    """Views and API operations that look rows up without starting at `visible_to`; `outside` names models."""
    return [
        f"{module.place}:{call.lineno} looks up {ast.unparse(call.func)}"
        for module in modules
        if _serves_requests(module)
        for call in _calls(module)
        if _is_unguarded(call) and called_name(call).split(".")[0] not in outside
    ]


def _is_empty_name(module: Module) -> bool:
    parts = module.path.relative_to(module.house).with_suffix("").parts
    return any(part in EMPTY_NAMES or EMPTY_WORDS & set(part.split("_")) for part in parts)


def _functions(module: Module) -> Iterator[Function]:
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def _danger(call: ast.Call) -> str:
    name = called_name(call)
    if name in DANGEROUS_CALLS:
        return name
    shell = any(word.arg == "shell" and not _is_false(word.value) for word in call.keywords)
    return "shell=True" if shell else ""


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _is_formatted_sql(call: ast.Call) -> bool:
    owner, _, method = called_name(call).rpartition(".")
    if method == "RawSQL" or (method in {"extra", "raw"} and ".objects" in f"{owner}."):
        return True
    return method in {"execute", "executemany"} and bool(call.args) and _is_formatted(call.args[0])


def _is_formatted(text: ast.expr) -> bool:
    if isinstance(text, ast.BinOp):
        return isinstance(text.op, ast.Mod) or _is_formatted(text.left) or _is_formatted(text.right)
    if isinstance(text, ast.Call):
        return called_name(text).endswith(".format")
    return isinstance(text, ast.JoinedStr)


def _serves_requests(module: Module) -> bool:
    parts = module.path.relative_to(module.house).with_suffix("").parts
    return "views" in parts or parts[-1] == "api" or parts[-1].endswith("_api")


def _is_unguarded(call: ast.Call) -> bool:
    name = called_name(call)
    if name.endswith("get_object_or_404") and call.args:
        return ast.unparse(call.args[0])[0].isupper() and not any(door in ast.unparse(call) for door in DOORS)
    owner, _, method = name.rpartition(".")
    return owner.endswith(".objects") and method not in {*DOORS, *MAKING}
