"""A map is read in a process of its own: the same as here, and what goes wrong there is said in a sentence."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places import map_reader
from fieldapp.places.map_files import read_map
from fieldapp.places.map_objects import MapFile
from fieldapp.places.map_reader import DEFAULT_LIMITS, MapLimits, MapReaderBroken, read_map_apart
from fieldapp.places.map_wire import read_back, write_map
from fieldapp.places.sentences import sentence
from fieldapp.places.zones_file import ZoneChoices
from tests.places.map_files import yard
from tests.places.test_nvdb_file import foot, layer

BLOB_BYTES = 30 * 1024 * 1024


def apart(raw: bytes, limits: MapLimits = DEFAULT_LIMITS, choices: ZoneChoices | None = None) -> MapFile:
    return read_map_apart(raw, choices or ZoneChoices(), limits=limits)


def codes(file: MapFile) -> list[str]:
    return [fault.code for fault in file.faults]


def field(number: int, content: bytes) -> bytes:
    """Return one length-delimited field of a protocol buffer."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def blob(kind: bytes, content: bytes) -> bytes:
    packed = b"\x10" + _varint(len(content)) + field(3, zlib.compress(content, 9))
    head = field(1, kind) + b"\x18" + _varint(len(packed))
    return struct.pack(">I", len(head)) + head + packed


def pbf_bomb(blobs: int) -> bytes:
    """Return a small extract that unpacks to very much: each block is one text of zeros."""
    header = field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")
    block = field(1, field(1, b"") + field(99, bytes(BLOB_BYTES)))
    return blob(b"OSMHeader", header) + blob(b"OSMData", block) * blobs


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "network.gpkg"
    layer(path, "DK_99_GCM_vagtyp", [foot("1:2", (0, 40))])
    return path


def test_a_map_read_apart_is_the_map_read_here() -> None:
    assert apart(yard().raw()) == read_back(write_map(read_map(yard().raw(), ZoneChoices())))


def test_a_geopackage_is_read_apart(package: Path) -> None:
    assert [way.ref for way in apart(package.read_bytes()).ways] == ["nvdb:1:2"]


def test_zones_are_read_apart_in_the_system_that_was_said() -> None:
    ring = "[[319000,6400000],[319500,6400000],[319500,6400500],[319000,6400000]]"
    feature = f'{{"properties":{{"k":"A"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    raw = f'{{"features":[{feature}]}}'
    [zone] = apart(raw.encode(), choices=ZoneChoices(epsg=3006, code="k")).zones
    assert (zone.code, round(zone.outline[0][1], 1)) == ("A", 57.7)


def test_a_file_that_unpacks_without_end_is_given_up() -> None:
    raw = pbf_bomb(400)
    assert len(raw) < 16 * 1024 * 1024
    assert codes(apart(raw, replace(DEFAULT_LIMITS, cpu_s_max=1))) == ["too_slow"]


def test_a_file_that_wants_more_memory_than_there_is_is_given_up() -> None:
    small = replace(DEFAULT_LIMITS, memory_bytes_max=460 * 1024 * 1024)
    assert codes(apart(b'{"a":[' + b"[]," * 5_000_000 + b"0]}", small)) == ["too_heavy"]


def test_a_package_whose_layer_never_ends_is_given_up(package: Path) -> None:
    with sqlite3.connect(package) as base:
        base.execute("ALTER TABLE DK_99_GCM_vagtyp RENAME TO kept")
        base.execute(
            "CREATE VIEW DK_99_GCM_vagtyp AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS fid, geom, ELEMENT_ID, START_MEASURE, END_MEASURE, VALID_TO, Gcm_typ FROM n, kept"
        )
    base.close()
    assert codes(apart(package.read_bytes(), replace(DEFAULT_LIMITS, cpu_s_max=1))) == ["too_slow"]


def test_a_reader_that_takes_too_long_is_ended() -> None:
    assert codes(apart(yard().raw(), replace(DEFAULT_LIMITS, wall_s_max=0.0001))) == ["too_slow"]


def test_a_file_larger_than_any_map_is_not_handed_over() -> None:
    assert codes(apart(yard().raw(), replace(DEFAULT_LIMITS, input_bytes_max=10))) == ["too_large"]


def test_more_than_may_come_back_is_refused() -> None:
    assert codes(apart(yard().raw(), replace(DEFAULT_LIMITS, output_bytes_max=200))) == ["too_heavy"]


def test_a_reader_that_cannot_start_is_no_fault_of_the_map() -> None:
    with pytest.raises(MapReaderBroken):
        apart(yard().raw(), replace(DEFAULT_LIMITS, memory_bytes_max=30 * 1024 * 1024))


def test_a_map_waits_a_while_for_another_to_be_read() -> None:
    with map_reader._ONE_AT_A_TIME:
        assert codes(apart(yard().raw(), replace(DEFAULT_LIMITS, patience_s_max=0.01))) == ["reader_busy"]


STAND_IN = """
import json, os, signal, socket, struct
channel = socket.socket(fileno=0)
def send(header, *bodies):
    told = json.dumps({**header, "lengths": [len(body) for body in bodies]}).encode()
    channel.sendall(struct.pack(">I", len(told)) + told + b"".join(bodies))
send({"is_ready": True})
channel.recv(10)
"""


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "reader_fell"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "too_heavy"),
        ("send({}, b'{}')", "reader_fell"),
        ("send({}, b'[' * 100000)", "reader_fell"),
    ],
)
def test_whatever_becomes_of_the_reader_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str, code: str
) -> None:
    stand_in = tmp_path / "worker.py"
    stand_in.write_text(STAND_IN + does, encoding="utf-8")
    monkeypatch.setattr(map_reader, "_WORKER", stand_in)
    assert codes(apart(yard().raw())) == [code]


def test_a_reader_that_simply_stops_is_no_fault_of_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "worker.py"
    stand_in.write_text(STAND_IN, encoding="utf-8")
    monkeypatch.setattr(map_reader, "_WORKER", stand_in)
    with pytest.raises(MapReaderBroken):
        apart(yard().raw())


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<osm version='0.6'>\n<node id='1' lat=", "trasig på rad 2"),
        (b'{"features": [\n{"type" "x"}]}', "trasig på rad 2, tecken 9"),
        (b"SQLite format 3\x00" + bytes(100), "ingen GeoPackage"),
        (blob(b"OSMHeader", field(4, b"OsmSchema-V0.6")) + blob(b"OSMData", b"\x00" * 99)[:-9], "slutet saknas"),
    ],
)
def test_a_faulty_file_is_told_in_a_sentence(app: Flask, raw: bytes, words: str) -> None:
    with app.test_request_context():
        [said] = [sentence(fault) for fault in apart(raw).faults]
    assert words in said


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=20))
def test_whatever_is_read_of_a_spoilt_file_comes_back_over_the_wire(at: int, put: bytes) -> None:
    raw = yard().raw()
    file = read_map(raw[:at] + put + raw[at + len(put) :], ZoneChoices())
    assert write_map(read_back(write_map(file))) == write_map(file)
