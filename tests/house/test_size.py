"""Functions and files stay small enough to be read at once."""

from tests.house.sources import ROOT, functions, name, python_files, script_files

FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400
LONGER_FILES: dict[str, str] = {}


def too_long_functions(text: str, where: str) -> list[str]:
    return [f"{found.where}: {found.lines}" for found in functions(text, where) if found.lines > FUNCTION_LINES_MAX]


def test_functions_are_short() -> None:
    files = python_files("fieldapp", "bench", "tools", "tests")
    assert [line for path in files for line in too_long_functions(path.read_text(), name(path))] == []


def test_a_long_function_is_found() -> None:
    assert too_long_functions("def f():\n" + "    x = 1\n" * 60, "x.py") == ["x.py:1 f: 61"]


def test_files_are_short() -> None:
    files = [*python_files("fieldapp", "bench", "tools", "tests"), *script_files()]
    lengths = {name(path): len(path.read_text().splitlines()) for path in files}
    assert {
        where: lines for where, lines in lengths.items() if lines > FILE_LINES_MAX and where not in LONGER_FILES
    } == {}


def test_every_longer_file_is_still_there_and_still_longer() -> None:
    assert [where for where in LONGER_FILES if len((ROOT / where).read_text().splitlines()) <= FILE_LINES_MAX] == []
