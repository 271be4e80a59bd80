"""What the reader of a place register understands, and what it says of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places import imports
from fieldapp.places.imports import PlaceFile, read_places
from fieldapp.places.kinds import PLACE_KINDS

HEAD = "place_id;kind;name"


def read(text: str, encoding: str = "utf-8") -> PlaceFile:
    return read_places(text.encode(encoding))


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.code) for fault in read(text).faults]


def given_of(text: str) -> dict[str, object]:
    file = read(text)
    assert not file.faults
    return dict(file.rows[0].given)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_of_three_delimiters_is_understood(delimiter: str) -> None:
    text = "place_id;kind;name\nB1;Building;Backa 1\n".replace(";", delimiter)
    [row] = read(text).rows
    assert (row.line, row.external_id, row.given) == (2, "B1", {"kind": "Building", "name": "Backa 1"})


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_swedish_letters_survive_every_encoding_that_excel_writes(encoding: str, said: str) -> None:
    file = read(f"{HEAD}\nÅ1;Building;Östra gården", encoding)
    assert (file.rows[0].given["name"], file.rows[0].external_id, file.encoding) == ("Östra gården", "Å1", said)


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x00\x00", b"\x00" * 40, b"a\x81\x8d", b"\xff\xfea"])
def test_what_is_no_text_is_refused_as_such(raw: bytes) -> None:
    assert [fault.code for fault in read_places(raw).faults] == ["no_text"]


def test_a_file_beyond_the_limit_is_not_even_decoded() -> None:
    assert [fault.code for fault in read_places(b"\xff" * (imports.BYTES_MAX + 1)).faults] == ["too_large"]


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ROWS_MAX", 2)
    text = HEAD + "".join(f"\nB{number};Building;B" for number in range(3))
    assert faults(text) == [(4, "", "too_many_rows")]


def test_columns_may_stand_in_any_order_and_case() -> None:
    assert given_of("NAME, Kind ,place_id\nBacka,building,B1") == {"kind": "Building", "name": "Backa"}


def test_a_kind_may_carry_the_prefix_of_its_ontology() -> None:
    assert given_of(f"{HEAD}\nB1;rec:laundryroom;T")["kind"] == "LaundryRoom"


def test_an_apartment_is_no_place() -> None:
    assert "Apartment" not in PLACE_KINDS
    assert faults(f"{HEAD}\nB1;Apartment;1203") == [(2, "kind", "unknown_kind")]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("place_id;kind", (1, "name", "column_missing")),
        (f"{HEAD};hyresgast", (1, "hyresgast", "unknown_column")),
        (f"{HEAD};name", (1, "name", "column_twice")),
        (f"{HEAD};lat", (1, "lon", "column_missing")),
    ],
)
def test_a_faulty_header_is_told_before_any_row(head: str, expected: tuple[int, str, str]) -> None:
    assert faults(f"{head}\n;;;;;;") == [expected]


@pytest.mark.parametrize("text", ["", "\n\n", f"{HEAD}\n", f"{HEAD}\n;;\n"])
def test_a_file_without_places_is_a_fault(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("lat", "57,7x", "no_number"),
        ("lat", "6398667.2", "not_degrees"),
        ("lat", "nan", "not_degrees"),
        ("adress", "x" * 121, "too_long"),
        ("active", "kanske", "no_yes_or_no"),
        ("wkt", "POLYGON((0 0))", "outline_unreadable"),
        ("wkt", "POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))", "outline_crosses_itself"),
        ("wkt", "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))", "outline_many_polygons"),
        ("wkt", "POLYGON((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 2 1, 2 2, 1 1))", "outline_holes"),
        ("wkt", "POINT(319288 6400152)", "outline_not_degrees"),
        ("wkt", "GEOMETRYCOLLECTION(POINT(1 1))", "outline_no_polygon"),
    ],
)
def test_a_faulty_cell_is_told_with_line_and_column(column: str, cell: str, code: str) -> None:
    head = f"{HEAD};lon;lat;{column}" if column != "lat" else f"{HEAD};lon;lat"
    cells = f"B1;Building;B;{cell if column == 'lon' else '11,9'};{cell if column == 'lat' else '57,7'}"
    row = f'{cells};"{cell}"' if column != "lat" else cells
    assert (2, column, code) in faults(f"{head}\n{row}")


def test_half_a_position_is_a_fault() -> None:
    assert faults(f"{HEAD};lat;lon\nB1;Building;B;57.7;") == [(2, "lon", "half_position")]


def test_swapped_coordinates_are_noticed() -> None:
    assert faults(f"{HEAD};lat;lon\nB1;Building;B;11.97;57.70") == [(2, "lat", "swapped")]


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = f"{HEAD};active\nB1;Building;;1\nB1;Hut;B;maybe\n;Building;C;0\n"
    assert faults(text) == [
        (2, "name", "empty"),
        (3, "kind", "unknown_kind"),
        (3, "active", "no_yes_or_no"),
        (3, "place_id", "place_twice"),
        (4, "place_id", "empty"),
    ]


def test_a_row_that_begins_in_a_quoted_line_break_is_told_by_the_line_it_begins_on() -> None:
    assert faults(f'{HEAD}\nB1;Building;"a\nb"\nB2;Hut;c') == [(2, "name", "line_break"), (4, "kind", "unknown_kind")]


def test_a_quote_that_never_closes_is_told_by_its_line() -> None:
    assert faults(f'{HEAD}\nB1;Building;b\nB2;Building;"c') == [(3, "", "broken_quotes")]


def test_a_row_with_more_cells_than_the_header_is_a_fault() -> None:
    assert faults(f"{HEAD}\nB1;Building;Backa;14") == [(2, "", "too_many_cells")]


def test_an_outline_alone_gives_the_position() -> None:
    given = given_of(f'{HEAD};wkt\nB1;Building;B;"POLYGON((11 57, 12 57, 12 58, 11 58, 11 57))"')
    assert given["outline"] == [[11, 57], [12, 57], [12, 58], [11, 58], [11, 57]]
    assert (given["lat"], given["lon"]) == (57.5, 11.5)


def test_a_way_gives_the_position_of_its_middle() -> None:
    given = given_of(f'{HEAD};wkt\nG1;Path;G;"LINESTRING(11 57, 11 58)"')
    assert given["outline"] is None
    assert (given["lat"], given["lon"]) == (57.5, 11)


def test_a_column_that_is_absent_says_nothing_and_an_empty_cell_empties() -> None:
    assert given_of(f"{HEAD};adress;zone_id\nB1;Building;B;;") == {
        "kind": "Building",
        "name": "B",
        "adress": "",
        "zone": None,
    }


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: f"{HEAD};wkt;lat;lon\n{text}".encode("utf-8", "replace"))
)
def test_no_file_makes_the_reader_fail(raw: bytes) -> None:
    file = read_places(raw)
    assert file.faults or file.rows
