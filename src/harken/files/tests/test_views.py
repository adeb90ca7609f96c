from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from harken.files import storage
from harken.files.addresses import sign
from harken.files.factories import DOT_GIF, make_file
from harken.files.media_types import UNKNOWN
from harken.files.models import File
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> Path:
    settings.HARKEN_FILES_URL = f"file://{tmp_path}"
    return tmp_path


def get(client: Client, address: str) -> Any:
    """The answer with its whole body, however it came."""
    response: Any = client.get(address)
    response.body = response.getvalue() if response.streaming else response.content
    return response


def test_the_address_of_a_file_needs_no_session(client: Client):
    file = make_file(make_workspace(), name="jam.txt", content=b"apricot")

    response = get(client, file.url())

    assert response.status_code == 200
    assert response.body == b"apricot"
    assert response["Content-Length"] == "7"
    assert response["Content-Disposition"] == 'attachment; filename="jam.txt"'


def test_head_tells_the_length_and_sends_nothing(client: Client):
    file = make_file(make_workspace(), content=b"apricot")

    response = client.head(file.url())

    assert (response.status_code, response["Content-Length"], response.content) == (200, "7", b"")


def test_every_file_is_locked_in(client: Client):
    response = get(client, make_file(make_workspace()).url())

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "hostile",
    [
        "image/svg+xml",
        "image/svg+xml; x",
        "IMAGE/SVG+XML",
        "text/html",
        "text/html;charset=utf-7",
        "application/xhtml+xml",
        "text/xml",
        "application/javascript",
        "multipart/x-mixed-replace",
        "text/plain, text/html",
        "image/png\r\nX-Evil: 1",
        "",
        "\0",
    ],
)
@pytest.mark.parametrize("query", ["", "?inline"])
def test_a_hostile_type_is_never_given_back(client: Client, hostile: str, query: str):
    file = make_file(make_workspace(), name="innocent.svg", media_type=hostile, content=SCRIPT)

    response = get(client, file.url() + query)

    assert response["Content-Type"] == UNKNOWN
    assert response["Content-Disposition"].startswith("attachment")
    assert "X-Evil" not in response


def test_a_picture_is_shown_in_place_when_asked(client: Client):
    file = make_file(make_workspace(), name="dot.gif", media_type="text/html", content=DOT_GIF)

    response = get(client, file.url() + "?inline")

    assert response["Content-Type"] == "image/gif"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_what_only_calls_itself_a_picture_is_a_download(client: Client):
    file = make_file(make_workspace(), name="dot.png", media_type="image/png", content=SCRIPT)

    response = get(client, file.url() + "?inline")

    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("hostile", "sent"),
    [
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="a Set-Cookie_ x=1"'),
        ("photo\u202egpj.exe", 'attachment; filename="photogpj.exe"'),
        (".htaccess\u200b", 'attachment; filename="htaccess"'),
        ("a\0.txt", 'attachment; filename="a.txt"'),
        ("отчёт.pdf", "attachment; filename*=utf-8''%D0%BE%D1%82%D1%87%D1%91%D1%82.pdf"),
        ("100% sure?#.txt", 'attachment; filename="100% sure_#.txt"'),
    ],
)
def test_a_hostile_name_is_harmless(client: Client, hostile: str, sent: str):
    file = make_file(make_workspace(), name=hostile)

    response = get(client, file.url())

    assert response.status_code == 200
    assert response["Content-Disposition"] == sent


def test_no_name_given_by_a_stranger_is_on_the_disk(shelf: Path):
    make_file(make_workspace(), name=".htaccess")

    names = [path.name for path in shelf.rglob("*")]

    assert not any("htaccess" in name for name in names)


def test_mallory_guesses_nothing(client: Client):
    file = make_file(make_workspace())
    workspace, number, day, signature = sign(file.workspace_id, file.pk).split("-", 3)

    for token in (
        f"{workspace}-{int(number) + 1}-{day}-{signature}",
        f"{workspace}-{number}-{day}-{'A' * 32}",
        "x",
    ):
        assert get(client, f"/files/{token}/jam.txt").status_code == 404


def test_a_file_of_another_workspace_does_not_open_by_our_signature(client: Client):
    theirs = make_file(make_workspace())
    ours = make_workspace()

    assert get(client, f"/files/{sign(ours.pk, theirs.pk)}/jam.txt").status_code == 404


def test_an_expired_address_says_nothing_more_than_a_wrong_one(client: Client):
    address = make_file(make_workspace()).url()

    with time_machine.travel(timedelta(days=3)):
        expired, wrong = get(client, address), get(client, "/files/1-1-1-x/jam.txt")

    assert (expired.status_code, expired.body) == (404, wrong.body)


def test_a_download_says_when_its_content_is_gone(client: Client, shelf: Path):
    file = make_file(make_workspace())
    for path in shelf.rglob(file.sha256):
        path.unlink()

    response = get(client, file.url())

    assert response.status_code == 500
    assert b"missing from the storage" in response.body


def test_altered_content_is_not_sent(client: Client, shelf: Path):
    file = make_file(make_workspace())
    for path in shelf.rglob(file.sha256):
        path.write_bytes(b"something else..")

    response = get(client, file.url())

    assert response.status_code == 500
    assert b"something else" not in response.body


def test_posting_to_a_file_is_refused(client: Client):
    assert client.post(make_file(make_workspace()).url()).status_code == 405


def test_a_file_remembers_what_it_was(shelf: Path):
    file = make_file(make_workspace(), name="a/b.txt", media_type="text/plain", content=b"apricot")

    again = File.objects.get(pk=file.pk)

    assert (again.name, again.size, again.content()) == ("b.txt", 7, b"apricot")
    assert storage.read(file.workspace_id, file.sha256) == b"apricot"
