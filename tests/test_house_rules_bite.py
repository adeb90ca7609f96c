"""For each house rule one planted fault, and the rule finds it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from harken.tickets.models import Ticket
from harken.workspaces.models import Workspace
from tests.house import code, floors, papers, tables
from tests.house import templates as pages
from tests.house.source import Module, modules
from tests.test_house_rules import FLOORS, ROOT


def plant(house: Path, place: str, text: str = "") -> None:
    """Write a file, and the `__init__.py` of every folder above it."""
    path = house / place
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in [path.parent, *path.parent.parents]:
        if folder.is_relative_to(house):
            (folder / "__init__.py").touch()
    path.write_text(text)


def house_with(house: Path, place: str, text: str = "") -> list[Module]:
    plant(house, place, text)
    return modules(house)


def findings_of_the_linter(parent: Path, files: dict[str, str]) -> str:
    """Run the import linter, with our own contracts, over a house with every room and these files."""
    house = parent / "harken"
    for room in FLOORS.built:
        plant(house, f"{room}/models.py")
    for place, text in files.items():
        plant(house, place, text)
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
    ]
    environment = {"PYTHONPATH": str(parent), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    ran = subprocess.run(
        command, cwd=parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return ran.stdout if ran.returncode else ""


def test_the_linter_lets_a_house_without_fault_be(tmp_path: Path):
    assert findings_of_the_linter(tmp_path, {"tickets/verbs.py": "from harken.contacts import models"}) == ""


@pytest.mark.parametrize(
    ("files", "finding"),
    [
        (
            {"workspaces/verbs.py": "from harken.tickets import models"},
            "harken.workspaces is not allowed to import",
        ),
        (
            {"desk/pages.py": "from harken.api import models"},
            "harken.desk is not allowed to import harken.api",
        ),
        ({"gossip/models.py": ""}, "gossip"),
        (
            {
                "tickets/merge.py": "from harken.tickets import split",
                "tickets/split.py": "from harken.tickets import merge",
            },
            "No cycles are allowed in harken.tickets",
        ),
    ],
)
def test_the_linter_finds_what_climbs_or_circles(tmp_path: Path, files: dict[str, str], finding: str):
    assert finding in findings_of_the_linter(tmp_path, files)


def test_a_type_hint_that_climbs_is_found(tmp_path: Path):
    hint = "import typing\nif typing.TYPE_CHECKING:\n    from harken.channels.models import Delivery\n"

    found = floors.imports_up(house_with(tmp_path, "tickets/models.py", hint), FLOORS)

    assert found == [
        "tickets/models.py:3 imports harken.channels.models.Delivery, which is not below tickets"
    ]


def test_a_room_of_the_same_floor_is_a_stranger(tmp_path: Path):
    assert floors.imports_up(house_with(tmp_path, "api/x.py", "import harken.desk.views"), FLOORS)


@pytest.mark.parametrize(
    "line", ["import harken.channels.email.channel", "from harken.channels import email"]
)
def test_a_channel_kind_that_knows_another_is_found(tmp_path: Path, line: str):
    plant(tmp_path, "channels/email/channel.py")
    plant(tmp_path, "channels/models/delivery.py")

    found = floors.kinds_that_know_each_other(house_with(tmp_path, "channels/form/channel.py", line))

    assert len(found) == 1
    assert found[0].startswith("channels/form/channel.py:1 imports harken.channels.email")


@isolate_apps("harken.workspaces")
def test_a_foreign_key_that_points_up_is_found():
    class Pet(models.Model):  # noqa: DJ008
        ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
        named = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, related_name="+")
        home = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "workspaces"

    found = tables.keys_pointing_up([Pet], FLOORS)

    assert found == [
        "workspaces.Pet.ticket points to tickets.Ticket",
        "workspaces.Pet.named points to channels.Channel",
    ]


@isolate_apps("harken.tickets")
def test_a_model_without_workspace_is_found():
    class Stray(models.Model):  # noqa: DJ008
        __module__ = "harken.tickets.models"

        class Meta:
            app_label = "tickets"

    assert tables.without_workspace([Stray, Ticket], set()) == ["tickets.Stray has no workspace"]
    assert tables.without_workspace([Stray], {"tickets.Stray"}) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wall",
    [
        "",
        "ALTER TABLE stray ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON stray USING (true)",
        "ALTER TABLE stray ENABLE ROW LEVEL SECURITY; ALTER TABLE stray FORCE ROW LEVEL SECURITY",
    ],
)
def test_a_table_whose_wall_has_a_gap_is_found(wall: str):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (workspace_id bigint)")
        cursor.execute(wall or "SELECT 1")

    assert "stray has no wall" in tables.unwalled_tables(set())
    assert "stray has no wall" not in tables.unwalled_tables({"stray"})


@pytest.mark.parametrize(
    "line",
    [
        '{% include "desk/_card.html" %}',
        '{% extends "desk/page.html" %}',
        '{% from "channels/_macros.html" import state %}',
        "{% include chosen %}",
        '{% include "nowhere.html" %}',
    ],
)
def test_a_template_that_reaches_up_is_found(tmp_path: Path, line: str):
    plant(tmp_path, "tickets/templates/tickets/_row.html", '{% extends "ui/app.html" %}' + line)

    assert len(pages.reaching_up(pages.templates(tmp_path), FLOORS)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello {{ name }}</p>",
        '<img alt="Your face">',
        '<a title="{{ n }} Files">1</a>',
        "{% if x %}Open{% endif %}",
    ],
)
def test_a_word_nobody_can_translate_is_found(tmp_path: Path, text: str):
    plant(tmp_path, "ui/templates/ui/page.html", text)

    assert len(pages.untranslated(pages.templates(tmp_path))) == 1


def test_what_needs_no_translation_is_left_alone(tmp_path: Path):
    text = (
        "{% block bodyclass %}app{% endblock %}{# A note #}"
        '<p class="big bold">{{ _("Hello") }} {% trans %}Good day{% endtrans %} &middot; 42</p>'
        '<img alt="{{ name }}"><code>harken up</code> Harken'
    )
    plant(tmp_path, "ui/templates/ui/page.html", text)

    assert pages.untranslated(pages.templates(tmp_path)) == []


@pytest.mark.parametrize(
    "fault",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<p style="color: red">',
        '<a href="#" onclick="go()">',
    ],
)
def test_what_the_pages_policy_forbids_is_found(tmp_path: Path, fault: str):
    plant(tmp_path, "ui/templates/ui/page.html", fault + '<script src="{{ static("ui/ui.js") }}"></script>')

    assert len(pages.against_policy(pages.templates(tmp_path))) == 1


def test_a_room_without_introduction_is_found(tmp_path: Path):
    plant(tmp_path, "tickets/README.md", "\n" * 13)
    plant(tmp_path, "lib/README.md", "\n" * 12)
    plant(tmp_path, "files/models.py")

    assert papers.unintroduced_rooms(tmp_path) == [
        "files: has no README.md",
        "tickets: its README.md has 13 lines",
    ]


def test_a_long_file_is_found(tmp_path: Path):
    (tmp_path / "long.py").write_text("x = 1\n" * 11)
    (tmp_path / "photo.png").write_bytes(b"\n" * 11)

    assert papers.too_long(list(tmp_path.iterdir()), 10) == [f"{tmp_path}/long.py has 11 lines"]


def test_a_note_for_later_is_found(tmp_path: Path):
    (tmp_path / "a.py").write_text("x = 1\n# TO" + "DO: think\n")

    assert papers.unfinished([tmp_path / "a.py"]) == [f"{tmp_path}/a.py:2 says TO" + "DO"]


def test_a_link_to_nowhere_is_found(tmp_path: Path):
    page = tmp_path / "a.md"
    page.write_text("[a](a.md#top) [b](b.md) [c](https://c.example) [d](../d/) [e](#e) [f](/api/docs)")

    assert papers.dead_links([page]) == [f"{page} links to b.md", f"{page} links to ../d/"]


@pytest.mark.parametrize(
    "place", ["tickets/utils.py", "lib/data.py", "files/helpers/x.py", "lib/mail_helpers.py"]
)
def test_a_name_that_says_nothing_is_found(tmp_path: Path, place: str):
    found = code.says_nothing(house_with(tmp_path, place))

    assert f"{place} says nothing by its name" in found


def test_an_import_inside_a_function_is_found(tmp_path: Path):
    plant(tmp_path, "tickets/apps.py", "class C:\n    def ready(self):\n        import json\n")

    found = code.imports_in_functions(
        house_with(tmp_path, "tickets/x.py", "def f():\n    import json\n"), set()
    )

    assert found == ["tickets/x.py:2 imports json inside f"]


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "yaml.load(x)",
        "subprocess.run('ls', shell=True)",
        "subprocess.run('ls', shell=chosen)",
        "os.system('ls')",
        "eval('1')",
        "mark_safe(text)",
        "Markup(text)",
    ],
)
def test_a_dangerous_call_is_found(tmp_path: Path, line: str):
    house = house_with(tmp_path, "tickets/x.py", line)

    assert len(code.dangerous_calls(house, set())) == 1


def test_a_dangerous_call_is_allowed_by_name_and_place_only(tmp_path: Path):
    house = house_with(tmp_path, "tickets/x.py", "Markup(text)\neval('1')")

    assert code.dangerous_calls(house, {"tickets/x.py: Markup"}) == ["tickets/x.py:2 calls eval"]


@pytest.mark.parametrize(
    "line",
    [
        "cursor.execute(f'SELECT {x}')",
        "cursor.execute('SELECT %s' % x)",
        "cursor.execute('SELECT {}'.format(x))",
        "cursor.execute('SELECT ' + f'{x}')",
        "Ticket.objects.raw('SELECT 1')",
        "Ticket.objects.extra(where=['1'])",
    ],
)
def test_sql_put_together_is_found(tmp_path: Path, line: str):
    house = house_with(tmp_path, "tickets/x.py", line + "\ncursor.execute('SELECT %s', [x])")

    assert code.sql_put_together(house, set()) == ["tickets/x.py:1 puts SQL together"]


def test_a_signal_of_a_model_is_found(tmp_path: Path):
    line = "from django.db.models.signals import post_migrate, post_save"

    found = code.model_signals(house_with(tmp_path, "tickets/x.py", line))

    assert found == ["tickets/x.py:1 uses django.db.models.signals.post_save"]


def test_a_migration_that_imports_us_is_found(tmp_path: Path):
    lines = "import harken.tickets.models\nimport harken.workspaces.encryption\nfrom django.db import models"
    house = house_with(tmp_path, "tickets/migrations/0002_x.py", lines)

    found = code.migrations_that_import_us(house, {"harken.workspaces.encryption"})

    assert found == ["tickets/migrations/0002_x.py:1 imports harken.tickets.models"]


@pytest.mark.parametrize("place", ["desk/views.py", "desk/views/inbox.py", "tickets/api.py"])
@pytest.mark.parametrize(
    "line",
    ["Ticket.objects.get(pk=1)", "models.Ticket.objects.filter(x=1)", "get_object_or_404(Ticket, pk=1)"],
)
def test_a_row_by_another_door_is_found(tmp_path: Path, place: str, line: str):
    allowed = (
        "\nTicket.objects.visible_to(a).filter(x=1)\nget_object_or_404(Ticket.objects.visible_to(a), pk=1)"
        "\nWorkspace.objects.filter(x=1)\nget_object_or_404(tickets_of(a), pk=1)"
    )

    found = code.rows_by_another_door(house_with(tmp_path, place, line + allowed), {"Workspace"})

    assert len(found) == 1
    assert found[0].startswith(f"{place}:1 ")
