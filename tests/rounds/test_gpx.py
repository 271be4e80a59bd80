"""GPX files as rounds: what is read, what is said of the rest, what becomes of gaps and of the same file again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from fieldapp.access.models import Organisation
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.rounds import gpx, imports
from fieldapp.rounds.gpx import read_gpx
from fieldapp.rounds.imports import ImportedRound, check_track, import_track
from fieldapp.rounds.models import Gap, Round, TrackSegment
from fieldapp.rounds.queries import route
from tests.make.world import World

START = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
NS = 'version="1.1" xmlns="http://www.topografix.com/GPX/1/1"'


def point(second: float = 0, lat: object = 57.7, lon: object = 11.9, more: str = "") -> str:
    at = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f'<trkpt lat="{lat}" lon="{lon}"><ele>3</ele><time>{at}</time>{more}</trkpt>'


def document(*segments: str, attributes: str = NS) -> bytes:
    inner = "".join(f"<trkseg>{segment}</trkseg>\n" for segment in segments)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx {attributes}>\n<trk><name>Kväll</name>\n{inner}</trk></gpx>'.encode()


def codes(raw: bytes) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in read_gpx(raw).faults]


@pytest.mark.parametrize("attributes", ["", 'version="1.0"', NS, f'{NS} xmlns:x="urn:x"'])
def test_both_versions_are_read_with_and_without_a_namespace(attributes: str) -> None:
    [fix] = read_gpx(document(point(), attributes=attributes)).fixes
    assert (fix.at, fix.position.lat, fix.position.lon, fix.accuracy_m) == (START, 57.7, 11.9, None)


def test_a_prefix_and_a_byte_order_mark_are_no_matter() -> None:
    raw = (
        b'\xef\xbb\xbf<g:gpx xmlns:g="u"><g:trk><g:trkseg>'
        + point().replace("<", "<g:").replace("<g:/", "</g:").encode()
    )
    assert len(read_gpx(raw + b"</g:trkseg></g:trk></g:gpx>").fixes) == 1


def test_several_segments_and_empty_ones_make_one_track_in_the_order_of_time() -> None:
    raw = document(point(60) + point(61), "", point(0) + point(1), "")
    assert [(fix.at - START).seconds for fix in read_gpx(raw).fixes] == [0, 1, 60, 61]


def test_a_fix_told_twice_counts_once() -> None:
    assert len(read_gpx(document(point(5), point(5))).fixes) == 1


def test_dilution_becomes_an_estimate_of_accuracy() -> None:
    fixes = read_gpx(
        document("".join(point(n, more=f"<hdop>{hdop}</hdop>") for n, hdop in enumerate(("1.6", "0", "", "9999"))))
    ).fixes
    assert [fix.accuracy_m for fix in fixes] == [8.0, None, None, None]


def test_what_extensions_say_of_time_is_not_the_time() -> None:
    raw = document(point(more="<extensions><time>igår</time><hdop>x</hdop></extensions>"))
    assert not read_gpx(raw).faults


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ('<trkpt lat="57" lon="11"></trkpt>', "no_time"),
        ('<trkpt lat="57" lon="11"><time>i tisdags</time></trkpt>', "bad_time"),
        ('<trkpt lat="57" lon="11"><time>2026-11-19</time></trkpt>', "bad_time"),
        ('<trkpt lat="57" lon="11"><time>1969-12-31T23:59:59Z</time></trkpt>', "bad_time"),
        ('<trkpt lat="57" lon="11"><time>9999-12-31T23:59:59-12:00</time></trkpt>', "bad_time"),
        (point(lat=91), "bad_position"),
        (point(lon="nan"), "bad_position"),
        (point(lat=""), "bad_position"),
        ("<trkpt><time>2026-11-19T20:00:00Z</time></trkpt>", "bad_position"),
        (point(more="<hdop>bra</hdop>"), "bad_hdop"),
    ],
)
def test_a_faulty_point_is_told_by_its_line_and_nothing_is_read(segment: str, code: str) -> None:
    raw = document(point() + "\n" + segment)
    assert codes(raw) == [(5, code)]
    assert not read_gpx(raw).fixes


def test_a_time_without_a_zone_is_in_utc_as_the_standard_says() -> None:
    [fix] = read_gpx(document('<trkpt lat="57" lon="11"><time>2026-11-19T20:00:00</time></trkpt>')).fixes
    assert fix.at == START


def test_every_fault_is_told_up_to_a_limit() -> None:
    raw = document("\n".join(point(lat=100) for _ in range(500)))
    assert len(codes(raw)) == gpx.FAULTS_MAX
    assert codes(raw)[:2] == [(4, "bad_position"), (5, "bad_position")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_xml"),
        (b"<gpx>", "no_xml"),
        (b"\x89PNG\r\n", "no_xml"),
        (b"<html/>", "no_gpx"),
        (b'<gpx version="2.0"/>', "unknown_version"),
        (b"<gpx/>", "no_fixes"),
        (b'<!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx>&a;</gpx>', "hostile_xml"),
        (b'<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>', "hostile_xml"),
        (b'<?xml version="1.0" encoding="nonsense"?><gpx/>', "hostile_xml"),
    ],
)
def test_what_is_no_track_is_refused_by_its_reason(raw: bytes, code: str) -> None:
    assert [found for _line, found in codes(raw)] == [code]


def test_a_file_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(b" " * (gpx.BYTES_MAX + 1)) == [(0, "too_large")]
    monkeypatch.setattr(gpx, "FIXES_MAX", 2)
    assert [code for _line, code in codes(document("".join(point(n) for n in range(4))))] == ["too_many_fixes"]


@given(st.binary(max_size=300) | st.text(max_size=300).map(document))
def test_no_file_makes_the_reader_fail(raw: bytes) -> None:
    track = read_gpx(raw)
    assert bool(track.fixes) != bool(track.faults)


def run_import(world: World, raw: bytes) -> ImportedRound:
    track = read_gpx(raw)
    assert not check_track(track, world.clock.now())
    with world.as_home(write=True):
        return import_track(
            world.home.actor(Role.HOST), track, zone_id=world.home.zone.id, party_size=2, clock=world.clock
        )


def count(world: World, model: Any) -> int:
    with world.as_home():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_track_becomes_an_ended_round_of_its_host(any_world: World) -> None:
    made = run_import(any_world, document("".join(point(n, lat=57.7 + n / 10_000) for n in range(400))))
    with any_world.as_home():
        round_ = db.session.get_one(Round, made.id)
        found = route(made.id)
    assert (round_.state, round_.source, round_.started_at) == ("ended", "gpx", START)
    assert round_.author_id == any_world.home.users[Role.HOST].id
    assert [len(stretch.fixes) for stretch in found.stretches] == [400]
    assert any_world.phone().pulled("round")[str(made.id)]["state"] == "ended"
    assert count(any_world, TrackSegment) == 2


def test_the_same_file_again_makes_no_second_round(world: World) -> None:
    raw = document(point(0) + point(200))
    assert run_import(world, raw).is_new
    assert not run_import(world, raw).is_new
    assert (count(world, Round), count(world, TrackSegment), count(world, Gap)) == (1, 1, 1)


def test_a_silence_longer_than_a_minute_is_a_gap_and_a_minute_is_not(world: World) -> None:
    made = run_import(world, document(point(0) + point(60), point(121) + point(122)))
    assert [(to_at - from_at).seconds for from_at, to_at in made.gaps] == [61]
    with world.as_home():
        [gap] = route(made.id).gaps
    assert (gap.reason, gap.from_at, gap.to_at) == (
        "no_fix",
        START + timedelta(seconds=60),
        START + timedelta(seconds=121),
    )


def test_fixes_are_not_stored_where_the_organisation_keeps_none(world: World) -> None:
    with world.as_home(write=True):
        db.session.get_one(Organisation, world.home.id).track_retention_hours = 0
    made = run_import(world, document(point(0) + point(200)))
    with world.as_home():
        found = route(made.id)
    assert found.is_erased
    assert not found.stretches


@pytest.mark.parametrize(
    ("seconds", "code"), [((0, 25 * 3600), "too_long"), ((0, 24 * 3600), "in_the_future"), ((0, 3600), None)]
)
def test_a_track_is_one_evening_in_the_past(world: World, seconds: tuple[int, ...], code: str | None) -> None:
    raw = document("".join(point(second) for second in seconds))
    assert [fault.code for fault in check_track(read_gpx(raw), world.clock.now())] == ([code] if code else [])


def test_the_logger_of_goteborg_has_its_two_long_gaps(world: World, shared: Path) -> None:
    made = run_import(world, (shared / "gpx" / "goteborg_walk_tram_2008.gpx").read_bytes())
    assert made.fix_count == 817
    assert [round((to_at - from_at).total_seconds() / 60) for from_at, to_at in made.gaps] == [70, 172]
    with world.as_home():
        found = route(made.id)
    # After the first gap the logger is twice kilometres off for some seconds: neither leap is drawn as walked.
    assert [(known.reasons, round(known.length.total_seconds() / 60)) for known in found.breaks] == [
        (("no_fix",), 70),
        (("leap",), 0),
        (("leap",), 0),
        (("no_fix",), 172),
    ]
    assert sum(len(stretch.fixes) for stretch in found.stretches) == 817


@pytest.mark.parametrize(
    ("name", "fixes", "gaps", "faults"),
    [
        ("princeton_walk_1hz", 1866, 0, []),
        ("tofino_pauses", 684, 0, []),
        ("gp_cerknicko-jezero", 296, 18, []),
        ("gp_track-with-empty-segment", 9, 0, []),
        ("gp_gpx1.1_with_all_fields", 1, 0, []),
        ("stationary_nmea_hdop", 154, 0, []),
        ("OpenTracksApp_legacy_gpx_trackpointextensions_incorrect", 5, 1, []),
        ("OpenTracksApp_legacy_gpx_pause_resume", 0, 0, [(42, "bad_position"), (46, "bad_position")]),
        ("gp_track_with_dilution_errors", 0, 0, [(16, "no_time")]),
        ("gp_unicode_with_bom", 0, 0, [(0, "no_fixes")]),
    ],
)
def test_files_of_other_loggers_are_read_or_told_line_by_line(
    shared: Path, name: str, fixes: int, gaps: int, faults: list[tuple[int, str]]
) -> None:
    track = read_gpx((shared / "gpx" / f"{name}.gpx").read_bytes())
    assert len(track.fixes) == fixes
    assert len(list(imports.silences(track.fixes))) == gaps
    assert [(fault.line, fault.code) for fault in track.faults] == faults
