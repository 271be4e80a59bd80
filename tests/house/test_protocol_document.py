"""Every MUST of the protocol names the tests that show it, and they exist."""

import ast
import re
from pathlib import Path

from tests.house.sources import ROOT

ROW = re.compile(r"^\| (M\d+) \|(.+)\|(.+)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/.]+)::(\w+)`")
PHONE_TEST = re.compile(r"`(static/[\w/.]+\.test\.ts)::([^`]+)`")


def rows() -> list[tuple[str, str]]:
    return [(found[0], found[2]) for found in ROW.findall((ROOT / "docs" / "sync-protocol.md").read_text())]


def names_of_tests(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_must_is_numbered_once_and_shown() -> None:
    numbers = [number for number, _shown in rows()]
    assert numbers == [f"M{number}" for number in range(1, len(numbers) + 1)]
    assert [number for number, shown in rows() if not (TEST.search(shown) or PHONE_TEST.search(shown))] == []


def test_every_test_that_is_named_exists() -> None:
    named = [found for _number, shown in rows() for found in TEST.findall(shown)]
    assert [f"{file}::{test}" for file, test in named if test not in names_of_tests(ROOT / file)] == []


def test_every_test_of_the_phone_that_is_named_exists() -> None:
    named = [found for _number, shown in rows() for found in PHONE_TEST.findall(shown)]
    assert [f"{file}::{title}" for file, title in named if f'"{title}"' not in (ROOT / file).read_text()] == []
