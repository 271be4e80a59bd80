"""Whatever a host writes, a spreadsheet takes it as text and a program reads it back."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from fieldapp.export.cells import FORMULA_STARTS, safe_text
from fieldapp.export.files import PROFILES, csv_lines, write_excel

TEXT = st.text(max_size=60)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+46",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "|x",
        "%x",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        " =1",
        "\u200b=1",
        "\x00=1",
    ],
)
def test_what_begins_like_a_formula_is_text(text: str) -> None:
    assert safe_text(text).startswith("'")


@pytest.mark.parametrize("text", ["Klotter på port 14", "", "3 st", "å=b", "1/2", "'citat'"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe_text(text) == text


@given(TEXT)
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert safe_text(text)[:1] not in FORMULA_STARTS


@given(st.lists(TEXT, min_size=1, max_size=4), st.sampled_from(sorted(PROFILES)))
def test_csv_gives_back_what_was_written(texts: list[str], profile: str) -> None:
    fields = [f"f{number}" for number in range(len(texts))]
    whole = "".join(csv_lines([dict(zip(fields, texts, strict=True))], fields, PROFILES[profile]))
    read = list(
        csv.reader(io.StringIO(whole.removeprefix("\ufeff"), newline=""), delimiter=PROFILES[profile].delimiter)
    )
    assert read == [fields, [safe_text(text) for text in texts]]


@given(st.lists(TEXT, min_size=1, max_size=4))
def test_excel_holds_text_as_text(texts: list[str]) -> None:
    fields = [f"f{number}" for number in range(len(texts))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        write_excel([dict(zip(fields, texts, strict=True))], fields, path, sheet="x")
        cells = next(load_workbook(path).worksheets[0].iter_rows(min_row=2, max_row=2, max_col=len(texts)))
    for cell, text in zip(cells, texts, strict=True):
        assert cell.data_type != "f"
        assert _newlines(unescape(str(cell.value or ""))) == _newlines(safe_text(text))


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_swedish_excel_gets_decimal_commas_and_programs_points() -> None:
    row = {"a": 57.75, "b": True, "c": None}
    assert list(csv_lines([row], list(row), PROFILES["excel-sv"]))[1] == "57,75;true;\r\n"
    assert list(csv_lines([row], list(row), PROFILES["rfc4180"]))[1] == "57.75,true,\r\n"
