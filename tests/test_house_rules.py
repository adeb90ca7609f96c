"""The house rules, followed by the whole house. That each can fail is shown in test_house_rules_bite.py."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from tests.house import code, floors, papers, tables
from tests.house import templates as pages
from tests.house.source import Module, modules

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "src" / "harken"
FLOORS = floors.Floors.of(ROOT / "pyproject.toml")

# Everything else belongs to a workspace. Each of these says why it does not.
OUTSIDE_ALL_WORKSPACES = {
    "workspaces.Workspace",  # the wall itself is found by it
    "agents.User",  # one person, several workspaces
    "agents.Session",  # a browser, and who is signed in there
    "agents.OneTimeLink",  # opened by somebody who is nobody yet
    "tickets.WebProcess",  # a process serves all workspaces
    # Ids and words, read by indexes that row-level security would keep PostgreSQL from using; what they find is walled.
    "search.Document",
    "search.Word",
    # Asked by a worker before it enters a workspace: where does anything wait?
    "search.Pending",
    "search.Filling",
    "search.Renewal",
}
# A workspace's plain id in a table that is read before anybody is let in, or for which see above.
UNWALLED = {
    "agents_onetimelink",
    *("search_document", "search_word", "search_pending", "search_filling", "search_renewal"),
}

IMPORTS_LATE: set[str] = set()
# `place: call`; every piece of that text was escaped, or is of ours.
CALLS_ALLOWED = {"ui/words.py: mark_safe", "ui/jinja.py: Markup"}
# Names of roles, tables and channels cannot be parameters in SQL; all of these are constants of ours.
PUTS_SQL_TOGETHER = {
    "config/database/preparation.py",
    "events/replay.py",
    "realtime/hub.py",
    "workspaces/wall.py",
}
# Field classes and validators, whose import Django writes into a migration.
MIGRATIONS_MAY_IMPORT = {
    "harken.events.fields",
    "harken.workspaces.encryption",
    "harken.workspaces.validators",
}
# A workspace is found by its address and a user by theirs, before anybody is let in.
FOUND_WITHOUT_AGENT = {"User", "Workspace"}

MOST_LINES = 400


@pytest.fixture(scope="module")
def house() -> list[Module]:
    return modules(HOUSE)


@pytest.fixture(scope="module")
def product(house: list[Module]) -> list[Module]:
    """What runs at the customer's: tests may play with fire."""
    return [module for module in house if not module.is_test]


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("harken.")]


def written_files() -> list[Path]:
    folders = [HOUSE, ROOT / "tests", ROOT / "bench", ROOT / "docs"]
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in [*found, *ROOT.glob("*.md"), ROOT / "harken"] if "vendor" not in path.parts]


def test_the_import_linter_is_content():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert ran.returncode == 0, ran.stdout


def test_type_hints_keep_to_the_floors_too(house: list[Module]):
    assert floors.imports_up(house, FLOORS) == []


def test_channel_kinds_do_not_know_each_other(house: list[Module]):
    assert floors.kinds_that_know_each_other(house) == []


def test_foreign_keys_point_down():
    assert tables.keys_pointing_up(our_models(), FLOORS) == []


def test_every_table_belongs_to_a_workspace():
    assert tables.without_workspace(our_models(), OUTSIDE_ALL_WORKSPACES) == []


@pytest.mark.django_db
def test_every_table_with_a_workspace_stands_behind_the_wall():
    assert tables.unwalled_tables(UNWALLED) == []


@pytest.mark.django_db
def test_the_role_of_the_desk_is_bound_by_the_wall():
    assert not tables.role_walks_through_walls()


def test_templates_use_only_rooms_below():
    assert pages.reaching_up(pages.templates(HOUSE), FLOORS) == []


def test_every_word_of_a_page_can_be_translated():
    assert pages.untranslated(pages.templates(HOUSE)) == []


def test_pages_keep_to_the_content_security_policy():
    assert pages.against_policy(pages.templates(HOUSE)) == []


def test_every_room_introduces_itself():
    assert papers.unintroduced_rooms(HOUSE) == []


def test_no_file_is_too_long():
    assert papers.too_long(written_files(), MOST_LINES) == []


def test_nothing_is_left_for_later():
    assert papers.unfinished(written_files()) == []


def test_every_link_leads_somewhere():
    assert papers.dead_links(written_files()) == []


def test_every_name_says_something(house: list[Module]):
    assert code.says_nothing(house) == []


def test_nothing_is_imported_inside_a_function(house: list[Module]):
    assert code.imports_in_functions(house, IMPORTS_LATE) == []


def test_nothing_runs_strings_or_calls_text_safe(product: list[Module]):
    assert code.dangerous_calls(product, CALLS_ALLOWED) == []


def test_no_sql_is_put_together(product: list[Module]):
    assert code.sql_put_together(product, PUTS_SQL_TOGETHER) == []


def test_no_rule_hides_in_a_signal(product: list[Module]):
    assert code.model_signals(product) == []


def test_migrations_do_not_import_our_code(house: list[Module]):
    assert code.migrations_that_import_us(house, MIGRATIONS_MAY_IMPORT) == []


def test_every_look_up_for_a_person_starts_at_visible_to(product: list[Module]):
    assert code.rows_by_another_door(product, FOUND_WITHOUT_AGENT) == []


def test_no_exception_outlives_its_reason(product: list[Module]):
    puts_sql_together = {found.split(":")[0] for found in code.sql_put_together(product, set())}
    calls = {found.split(":")[0] for found in code.dangerous_calls(product, set())}

    assert PUTS_SQL_TOGETHER - puts_sql_together == set()
    assert {allowed.split(":")[0] for allowed in CALLS_ALLOWED} - calls == set()
