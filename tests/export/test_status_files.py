"""Files of statuses are read: CSV as spreadsheets write it, fi2xml case messages; what cannot be read is told by line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.export.status_files import StatusFile, UnreadableFile, read_status_file

CSV = "case_no;status;status_at;note\r\n12;Åtgärdad;2026-11-20 20:30;Klart\r\n;;;\r\n13;pågår;;\r\n"


def test_a_file_of_a_spreadsheet_is_read_in_both_encodings() -> None:
    for content in (CSV.encode("utf-8-sig"), CSV.encode("cp1252")):
        read = read_status_file(content, ZoneInfo("Europe/Stockholm"))
        assert [(report.case_no, report.word) for report in read.reports] == [(12, "åtgärdad"), (13, "pågår")]
        assert read.reports[0].told_at == datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


def test_lines_that_name_no_order_or_no_time_are_told() -> None:
    read = read_status_file(
        b"external_id,status,status_at\nA-1,closed,2026-11-20T19:30:00Z\n,closed,\nA-2,closed,nyss\n"
    )
    assert [report.external_id for report in read.reports] == ["A-1"]
    assert read.faulty == (3, 4)


def test_the_same_line_twice_is_one_report_and_an_id_makes_it_so_too() -> None:
    assert len(read_status_file(b"external_id,status\nA,closed\nA,closed\n").reports) == 1
    assert len(read_status_file(b"external_id,status,update_id\nA,closed,1\nA,fixed,1\n").reports) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "columns"),
        (b"a,b\n1,2\n", "columns"),
        (b"<html/>", "format"),
        (b"<x", "format"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><fi2case id="&b;"/>', "format"),
        (b"x" * 2_000_001, "too_large"),
    ],
)
def test_another_file_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_status_file(content)
    assert refused.value.reason == reason


def test_a_case_message_of_fi2_tells_its_status(shared: Path) -> None:
    read = read_status_file((shared / "open311" / "fi2" / "fi2case_payload_2.xml").read_bytes())
    [report] = read.reports
    assert (report.external_id, report.word) == ("12345", "pending")
    assert report.told_at == datetime(2018, 10, 24, tzinfo=UTC)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"external_id,status\n{text}".encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert isinstance(read_status_file(content), StatusFile)
    except UnreadableFile:
        return
