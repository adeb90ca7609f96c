import pytest

from harken.files.keep import keep, keep_all
from harken.files.models import File
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def test_many_files_are_kept_in_their_order_and_the_same_content_once():
    workspace = make_workspace()
    given = [(f"{at}.txt", "text/plain", b"%d" % (at % 30)) for at in range(60)]

    kept = keep_all(workspace, given)

    assert [(file.name, file.content()) for file in kept] == [(name, content) for name, _, content in given]
    assert File.objects.values("sha256").distinct().count() == 30


def test_one_kept_alone_is_like_one_of_many():
    workspace = make_workspace()

    alone = keep(workspace, "a/b.txt", "text/plain", b"b")
    (of_one,) = keep_all(workspace, [("a/b.txt", "text/plain", b"b")])

    assert (
        (alone.name, alone.sha256, alone.size)
        == (of_one.name, of_one.sha256, of_one.size)
        == ("b.txt", alone.sha256, 1)
    )


def test_no_files_are_no_rows():
    assert keep_all(make_workspace(), []) == []
