"""What the sources say of themselves: docstrings, names, the environment, and nothing of the machine they were made on."""

import re
import subprocess

import pytest

from tests.house.sources import ROOT, attribute_uses, name, python_files, undocumented

FORBIDDEN_NAMES = re.compile(r"(^|_)(utils?|helpers?|manager|info|data)(_|$)")
MACHINE = re.compile(
    r"(/work/|/root/|/tmp/rond|registry\.npmjs|files\.pythonhosted|pypi\.org|^--(extra-)?index-url)", re.MULTILINE
)


def test_public_things_say_what_they_do() -> None:
    assert [line for path in python_files("fieldapp") for line in undocumented(path.read_text(), name(path))] == []


def test_a_silent_function_is_found() -> None:
    assert undocumented('"""Module."""\n\ndef loud():\n    pass\n', "x.py") == ["x.py:3 loud"]


def test_the_environment_is_read_in_settings_alone() -> None:
    readers = {
        name(path)
        for path in python_files("fieldapp")
        for attribute in ("environ", "getenv")
        if attribute_uses(path.read_text(), "os", attribute)
    }
    assert readers == {"fieldapp/settings.py"}


def test_modules_are_named_for_what_they_hold() -> None:
    assert [name(path) for path in python_files("fieldapp") if FORBIDDEN_NAMES.search(path.stem)] == []


@pytest.mark.parametrize("stem", ["utils", "photo_helper", "data"])
def test_a_name_that_says_nothing_is_found(stem: str) -> None:
    assert FORBIDDEN_NAMES.search(stem)


def test_tracked_files_speak_of_no_machine_and_no_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    found = []
    for where in listed.split("\0"):
        path = ROOT / where
        if not where or where == "tests/house/test_sources.py" or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{where}: {match.group()}" for match in MACHINE.finditer(text)]
    assert found == []
