"""Pictures made to hurt: refused in bounded memory and time, whatever happens to the worker."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from fieldapp.infra import picture_cleaner
from fieldapp.infra.pictures import PictureCleaner, PictureLimits, PictureRefused, PictureWorkerBroken
from tests.infra.picture_files import (
    four_colours,
    heic,
    many_scans,
    noise,
    png,
    saved,
    unpacking,
    webp_header,
)

pytestmark = pytest.mark.slow  # bombs and endless pictures take their share of the processor

MIB = 1024 * 1024
LIMITS = ("Max file size", "Max core file", "Max open files", "Max address space")


@pytest.fixture(scope="module")
def cleaner() -> Iterator[PictureCleaner]:
    with PictureCleaner() as cleaner:
        yield cleaner


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "received"
    path.write_bytes(saved(four_colours()))
    return path


def outcome(cleaner: PictureCleaner, source: Path, content: bytes | None = None) -> str:
    if content is not None:
        source.write_bytes(content)
    try:
        cleaner.clean(source)
    except PictureRefused as refused:
        return refused.reason
    return "cleaned"


def process_facts(pid: int | None, name: str, *wanted: str) -> list[str]:
    """Return the lines of /proc/<pid>/<name> that begin with one of `wanted`."""
    lines = Path(f"/proc/{pid}/{name}").read_text().splitlines()
    return [line for line in lines if line.startswith(wanted)]


def peak_bytes(pid: int | None) -> int:
    """The most address space that the process ever had."""
    return int(process_facts(pid, "status", "VmPeak")[0].split()[1]) * 1024


BOMBS: dict[str, tuple[bytes, str]] = {
    "png of 3.6 gigapixels": (png(60_000, 60_000), "too_many_pixels"),
    "png of 900 megapixels": (png(30_000, 30_000, rows=bytes(30_001 * 10)), "too_many_pixels"),
    "png as large as its header can say": (png(2**31 - 1, 2**31 - 1), "too_many_pixels"),
    "png whose text unpacks to 64 MiB": (
        png(1, 1, (b"zTXt", b"a\0\0" + unpacking(64 * MIB)), rows=b"\0\0"),
        "too_large",
    ),
    "png whose other text unpacks to 64 MiB": (
        png(1, 1, (b"iTXt", b"a\0\1\0\0\0" + unpacking(64 * MIB)), rows=b"\0\0"),
        "too_large",
    ),
    "webp of 268 megapixels": (webp_header(16_383, 16_383), "too_many_pixels"),
    "heic of 400 megapixels": (heic(20_000, 20_000), "too_many_pixels"),
    "heic of 18 exapixels": (heic(2**32 - 1, 2**32 - 1), "too_many_pixels"),
    "jpeg of 4 gigapixels": (
        saved(Image.new("L", (8, 8))).replace(b"\xff\xc0\0\x0b\x08\0\x08\0\x08", b"\xff\xc0\0\x0b\x08\xff\xdc\xff\xdc"),
        "too_many_pixels",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_before_it_is_unpacked(cleaner: PictureCleaner, source: Path, name: str) -> None:
    content, reason = BOMBS[name]
    assert len(content) < 1 * MIB
    outcome(cleaner, source)
    began = time.monotonic()
    assert outcome(cleaner, source, content) == reason
    assert time.monotonic() - began < 5
    assert peak_bytes(cleaner.worker_pid) < 300 * MIB


def test_a_profile_that_unpacks_without_bound_is_refused_or_left_out(cleaner: PictureCleaner, source: Path) -> None:
    bomb = png(2, 2, (b"iCCP", b"a\0\0" + unpacking(64 * MIB)), rows=bytes(6))
    assert outcome(cleaner, source, bomb) in {"too_large", "cleaned"}
    assert cleaner.worker_pid is None or peak_bytes(cleaner.worker_pid) < 300 * MIB


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_the_largest_picture_that_is_accepted_stays_below_the_bound_on_memory(source: Path, kind: str) -> None:
    edge = 7_071  # 49,999,041 pixels
    large = png(edge, edge, rows=bytes((edge + 1) * edge)) if kind == "png" else saved(Image.new("RGB", (edge, edge)))
    with PictureCleaner() as cleaner:
        assert outcome(cleaner, source, large) == "cleaned"
        # A JPEG is decoded at a fraction of its size.
        assert peak_bytes(cleaner.worker_pid) < (250 * MIB if kind == "jpeg" else PictureLimits().memory_bytes_max)
        assert outcome(cleaner, source, png(edge, edge + 1)) == "too_many_pixels"


def test_a_picture_that_needs_more_memory_than_there_is_is_refused(source: Path) -> None:
    with PictureCleaner(PictureLimits(memory_bytes_max=200 * MIB)) as cleaner:
        before = saved(four_colours())
        assert outcome(cleaner, source, before) == "cleaned"
        first = cleaner.worker_pid
        assert outcome(cleaner, source, saved(Image.new("RGBA", (7_000, 7_000)), "PNG")) == "too_large"
        assert outcome(cleaner, source, before) == "cleaned"
        assert cleaner.worker_pid != first
        assert peak_bytes(cleaner.worker_pid) <= 200 * MIB


def test_a_picture_that_never_ends_is_stopped_by_the_clock(source: Path) -> None:
    with PictureCleaner(PictureLimits(wall_s_max=1)) as cleaner:
        outcome(cleaner, source)
        began = time.monotonic()
        assert outcome(cleaner, source, many_scans(20_000)) == "took_too_long"
        assert time.monotonic() - began < 5
        assert cleaner.worker_pid is None
        assert outcome(cleaner, source, saved(four_colours())) == "cleaned"


def test_a_picture_that_never_ends_is_stopped_by_its_share_of_the_processor(source: Path) -> None:
    with PictureCleaner(PictureLimits(cpu_s_max=1, wall_s_max=100)) as cleaner:
        began = time.monotonic()
        assert outcome(cleaner, source, many_scans(20_000)) == "took_too_long"
        assert time.monotonic() - began < 20


def test_the_share_of_the_processor_is_each_pictures_own(source: Path) -> None:
    picture = saved(noise(2_000, 1_500))
    with PictureCleaner(PictureLimits(cpu_s_max=1)) as cleaner:
        pids = set()
        began = time.monotonic()
        while time.monotonic() - began < 2.5:
            assert outcome(cleaner, source, picture) == "cleaned"
            pids.add(cleaner.worker_pid)
        assert len(pids) == 1


def test_a_file_over_the_limit_is_refused_unread(source: Path) -> None:
    with PictureCleaner(PictureLimits(input_bytes_max=10_000)) as cleaner:
        assert outcome(cleaner, source, b"\xff\xd8\xff" + bytes(9_998)) == "too_large"
        os.truncate(source, 1 << 40)  # More than could be read.
        assert outcome(cleaner, source) == "too_large"
        assert cleaner.worker_pid is None
        assert outcome(cleaner, source, saved(four_colours()).ljust(10_000, b"\0")) == "cleaned"


def test_a_file_that_is_not_there_is_no_refusal(cleaner: PictureCleaner, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cleaner.clean(tmp_path / "missing")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_bytes_changed_is_cleaned_or_refused_and_nothing_else(
    cleaner: PictureCleaner, source: Path, kind: str
) -> None:
    content = saved(noise(64, 48), kind, exif=Image.Exif())
    rng = random.Random(kind)
    for _ in range(40):
        changed = bytearray(content)
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(len(changed) if rng.random() < 0.5 else 60)
            changed[at] = rng.randrange(256)
        assert outcome(cleaner, source, bytes(changed)) in {"cleaned", *picture_cleaner.REFUSALS}


def test_a_real_heic_with_bytes_changed_is_cleaned_or_refused_and_nothing_else(
    shared: Path, cleaner: PictureCleaner, source: Path
) -> None:
    content = (shared / "photos/odd/hf_truncated.heic").read_bytes() + b"\0"
    assert outcome(cleaner, source, content) == "cleaned"
    rng = random.Random(1)
    for _ in range(40):
        changed = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        assert outcome(cleaner, source, bytes(changed)) in {"cleaned", *picture_cleaner.REFUSALS}


def test_the_worker_can_open_nothing_write_nothing_and_knows_no_secrets(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROND_SECRET_KEY", "canary")
    with PictureCleaner() as cleaner:
        outcome(cleaner, source)
        pid = cleaner.worker_pid
        limits = dict(zip(LIMITS, (line.split()[-3] for line in process_facts(pid, "limits", *LIMITS)), strict=True))
        assert limits == {
            "Max file size": "0",
            "Max core file": "0",
            "Max open files": "3",
            "Max address space": f"{1024 * MIB}",
        }
        assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == 3
        assert b"canary" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_one_worker_serves_many_pictures_and_is_replaced_in_time(source: Path) -> None:
    with PictureCleaner(jobs_per_worker_max=3) as cleaner:
        pids = []
        for _ in range(6):
            assert outcome(cleaner, source) == "cleaned"
            pids.append(cleaner.worker_pid)
    assert pids[0] == pids[1] != pids[3] == pids[4]
    assert pids[2] is None is pids[5]


def test_a_worker_that_was_ended_from_outside_is_replaced_unseen(source: Path) -> None:
    with PictureCleaner() as cleaner:
        outcome(cleaner, source)
        assert cleaner.worker_pid is not None
        os.kill(cleaner.worker_pid, signal.SIGKILL)
        assert outcome(cleaner, source) == "cleaned"


def test_closing_ends_the_worker_and_may_be_repeated(source: Path) -> None:
    cleaner = PictureCleaner()
    cleaner.close()
    outcome(cleaner, source)
    pid = cleaner.worker_pid
    cleaner.close()
    cleaner.close()
    assert not Path(f"/proc/{pid}").exists()


def test_a_process_that_inherits_a_cleaner_leaves_its_worker_alone(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PictureCleaner() as cleaner:
        outcome(cleaner, source)
        inherited = cleaner.worker_pid
        assert inherited is not None
        monkeypatch.setattr(os, "getpid", lambda: -1)  # As after a fork.
        assert outcome(cleaner, source) == "cleaned"
        assert cleaner.worker_pid != inherited
        os.kill(inherited, signal.SIGKILL)
        os.waitpid(inherited, 0)


def test_threads_take_turns_and_get_their_own_pictures(cleaner: PictureCleaner, tmp_path: Path) -> None:
    sizes: dict[int, set[tuple[int, int]]] = {edge: set() for edge in range(30, 34)}

    def clean_some(edge: int) -> None:
        source = tmp_path / str(edge)
        source.write_bytes(saved(Image.new("RGB", (edge, 20))))
        for _ in range(10):
            picture = cleaner.clean(source)
            sizes[edge].add((picture.width_px, picture.height_px))

    threads = [threading.Thread(target=clean_some, args=(edge,)) for edge in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sizes == {edge: {(edge, 20)} for edge in sizes}


def test_a_picture_is_named_by_the_hash_of_its_bytes(cleaner: PictureCleaner, source: Path) -> None:
    picture = cleaner.clean(source)
    assert picture.sha256 == hashlib.sha256(picture.jpeg).hexdigest()
    assert picture.thumb_sha256 == hashlib.sha256(picture.thumb).hexdigest()


def test_a_worker_that_cannot_be_started_is_not_taken_for_a_missing_picture(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(source.with_name("no python here")))
    with PictureCleaner() as cleaner, pytest.raises(PictureWorkerBroken):
        cleaner.clean(source)


READY = """
import json, os, signal, socket, struct
channel = socket.socket(fileno=0)
def tell(header, *bodies):
    told = json.dumps(header).encode()
    channel.sendall(struct.pack(">I", len(told)) + told + b"".join(bodies))
tell({"lengths": [], "is_ready": True})
channel.recv(10**7)
"""
PICTURE = {"reason": None, "width_px": 8, "height_px": 8, "is_last": False}


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("raise SystemExit", PictureWorkerBroken),
        (READY, PictureWorkerBroken),
        (READY + "os.kill(os.getpid(), signal.SIGKILL)", PictureWorkerBroken),
        (READY + "os.kill(os.getpid(), signal.SIGSEGV)", PictureRefused),
        (READY + "channel.sendall(b'\\xff' * 8); channel.recv(1)", PictureWorkerBroken),
        (READY + "channel.sendall(b'\\0\\0\\0\\3{]}'); channel.recv(1)", PictureWorkerBroken),
        (READY + "tell({}); channel.recv(1)", PictureWorkerBroken),
        (READY + "tell({'lengths': []})", PictureWorkerBroken),
        (READY + f"tell({PICTURE | {'lengths': [3, 3]}}, b'abc', b'def')", PictureWorkerBroken),
        (READY + f"tell({PICTURE | {'lengths': [10**9, 3]}}); channel.recv(1)", PictureWorkerBroken),
        (READY + f"tell({PICTURE | {'lengths': [-1, 3]}})", PictureWorkerBroken),
    ],
)
def test_a_worker_that_dies_or_lies_harms_nobody(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, error: type[Exception]
) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(script)
    with PictureCleaner() as cleaner:
        with monkeypatch.context() as patch:
            patch.setattr(picture_cleaner, "_WORKER", worker)
            with pytest.raises(error) as raised:
                cleaner.clean(source)
        assert not isinstance(raised.value, PictureRefused) or raised.value.reason == "unsupported"
        assert outcome(cleaner, source) == "cleaned"


def test_hundreds_of_photos_are_cleaned_in_seconds(source: Path) -> None:
    source.write_bytes(saved(noise(800, 600).resize((1600, 1200)), quality=75))
    with PictureCleaner() as cleaner:
        outcome(cleaner, source)
        began = time.process_time(), time.monotonic()
        for _ in range(10):
            assert outcome(cleaner, source) == "cleaned"
        assert time.monotonic() - began[1] < 5, "a picture as phones send it takes a tenth of a second, not a start"
        assert time.process_time() - began[0] < 0.5, "the work is the worker's"


def test_limits_are_what_the_documents_say() -> None:
    facts: dict[str, Any] = {name: getattr(PictureLimits(), name) for name in ("input_bytes_max", "pixels_max")}
    assert facts == {"input_bytes_max": 15 * MIB, "pixels_max": 50_000_000}
