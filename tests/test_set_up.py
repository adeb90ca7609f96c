"""The one file that sets Harken up, tried on a folder of its own and without the network."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def harken(tmp_path):
    """The file `harken`, as it would be in a fresh clone."""
    (tmp_path / "harken").write_text((ROOT / "harken").read_text())
    (tmp_path / "requirements.lock").write_text("click==8 --hash=sha256:0\n")
    (tmp_path / "src" / "harken").mkdir(parents=True)
    (tmp_path / "src" / "harken" / "__init__.py").touch()
    loader = importlib.machinery.SourceFileLoader("harken_set_up", str(tmp_path / "harken"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


@pytest.fixture
def installed(harken, monkeypatch):
    """The same after a set-up in which no package was fetched; `installs` counts how often they would have been."""
    harken.installs = 0

    def fetch_nothing(_lock):
        harken.installs += 1

    monkeypatch.setattr(harken, "install_packages", fetch_nothing)
    harken.install("requirements.lock")
    return harken


def runs(harken, code):
    return subprocess.run([harken.PYTHON, "-c", code], capture_output=True, text=True).stdout.strip()


def test_after_the_set_up_harken_can_be_imported_from_its_source(installed):
    assert (
        runs(installed, "import harken; print(harken.__file__)") == f"{installed.ROOT}/src/harken/__init__.py"
    )


def test_nothing_is_done_when_nothing_changed(installed):
    installed.install("requirements.lock")

    assert installed.installs == 1


def test_a_changed_lock_file_is_installed(installed):
    Path(installed.ROOT, "requirements.lock").write_text("click==9 --hash=sha256:1\n")

    installed.install("requirements.lock")

    assert installed.installs == 2


def test_a_broken_environment_is_made_anew(installed):
    os.unlink(installed.PYTHON)
    os.symlink("/nowhere/python3.11", installed.PYTHON)

    installed.install("requirements.lock")

    assert runs(installed, "print('well')") == "well"


def test_a_moved_folder_goes_on_working(installed, tmp_path):
    moved = tmp_path.with_name(tmp_path.name + "-moved")
    os.rename(installed.ROOT, moved)

    done = subprocess.run(
        [moved / ".venv/bin/python", "-c", "import harken; print(harken.__file__)"], capture_output=True
    )

    assert done.stdout.decode().strip() == f"{moved}/src/harken/__init__.py"


def test_an_old_python_is_told_what_to_do(harken, monkeypatch):
    monkeypatch.setattr(harken.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(harken.shutil, "which", lambda _name: None)

    with pytest.raises(SystemExit) as left:
        harken.main()

    assert left.value.code == "harken: Python 3.11 or newer is needed and this is 3.9: install python3.11."


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "WARNING: Retrying after connection broken by NewConnectionError",
            "the package index cannot be reached",
        ),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "a package is not the one that was locked"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
    ],
)
def test_a_failed_installation_is_one_line_with_the_reason(harken, words, sentence):
    with pytest.raises(SystemExit) as left:
        harken.run([sys.executable, "-c", f"import sys; sys.exit({words!r})"])

    assert str(left.value.code).startswith(f"harken: the set-up failed: {sentence}")


def test_no_pip_is_told_in_one_line(harken, monkeypatch):
    monkeypatch.setattr(harken, "run", lambda *_, **__: False)

    with pytest.raises(SystemExit, match="there is no pip: install it"):
        harken.pip()


def test_it_needs_nothing_but_python(harken):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({harken.__file__!r})"],
        capture_output=True,
    )

    assert done.returncode == 0, done.stderr
