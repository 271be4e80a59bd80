"""The side of the server: hand a picture to the worker process, and believe nothing that comes back.

This process reads only the first bytes of what a stranger sent, and checks that the result is bare.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from fieldapp.infra import picture_formats, picture_worker

LONG_EDGE_MAX_PX = 1600
THUMB_EDGE_PX = 320

REFUSALS = {
    "not_a_picture": "the bytes are not those of a picture",
    "unsupported": "a picture of a kind that is not accepted, or one that brings the decoder down",
    "truncated": "incomplete or damaged",
    "too_many_pixels": "more than `pixels_max`",
    "too_large": "more than `input_bytes_max`, or unpacks to more than there is memory for",
    "took_too_long": "needs more time than it may have",
}

_WORKER = Path(picture_worker.__file__)
_START_S_MAX = 60.0
_PATIENCE_S = 2.0
_CRASHES = frozenset(
    -number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
)
_DEATHS_MAX = 2


class PictureRefused(Exception):
    """This file does not become a picture here, now or later. `reason` is one of REFUSALS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PictureWorkerBroken(Exception):
    """The worker does not start or does not keep to its wire: the installation is at fault, not a picture."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What one picture may cost. `memory_bytes_max` is of address space, interpreter and libraries included."""

    input_bytes_max: int = 15 * 1024 * 1024
    pixels_max: int = 50_000_000
    memory_bytes_max: int = 1024 * 1024 * 1024
    cpu_s_max: int = 15
    wall_s_max: float = 60.0


DEFAULT_LIMITS = PictureLimits()


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture that may be shown, and its thumbnail: JPEG files without metadata, sRGB, upright."""

    jpeg: bytes
    thumb: bytes
    width_px: int
    height_px: int
    sha256: str
    thumb_sha256: str


def clean(
    source: Path,
    *,
    long_edge_max_px: int = LONG_EDGE_MAX_PX,
    thumb_edge_px: int = THUMB_EDGE_PX,
    limits: PictureLimits = DEFAULT_LIMITS,
) -> CleanPicture:
    """Clean one picture. For more than one keep a `PictureCleaner`: its start costs more than a picture."""
    with PictureCleaner(limits) as cleaner:
        return cleaner.clean(source, long_edge_max_px=long_edge_max_px, thumb_edge_px=thumb_edge_px)


class PictureCleaner:
    """One worker process, started when first needed, that cleans one picture at a time.

    The worker is replaced after `jobs_per_worker_max` pictures and after each that its decoder stumbled over; one that
    takes too long is killed. May be shared by threads (they wait) and inherited by a fork (which starts its own).
    """

    def __init__(self, limits: PictureLimits = DEFAULT_LIMITS, *, jobs_per_worker_max: int = 200) -> None:
        self._limits = limits
        self._jobs_per_worker_max = jobs_per_worker_max
        self._jobs_left = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._owner_pid = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def worker_pid(self) -> int | None:
        """The worker's process id while there is one."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """End the worker. The next picture starts a new one."""
        with self._lock:
            self._end_worker()

    def clean(
        self, source: Path, *, long_edge_max_px: int = LONG_EDGE_MAX_PX, thumb_edge_px: int = THUMB_EDGE_PX
    ) -> CleanPicture:
        """Return the picture in `source`, no edge longer than `long_edge_max_px`, never enlarged, and its thumbnail.

        Raises:
            PictureRefused: with one of REFUSALS.
            PictureWorkerBroken: pictures cannot be cleaned here.
            OSError: `source` cannot be read.
        """
        content = _read(source, self._limits.input_bytes_max)
        job = {
            "long_edge_max_px": long_edge_max_px,
            "thumb_edge_px": thumb_edge_px,
            "pixels_max": self._limits.pixels_max,
        }
        with self._lock:
            header, bodies = self._run(job, content)
            try:
                return _checked(header, bodies, long_edge_max_px)
            except PictureWorkerBroken:
                self._end_worker()
                raise

    def _run(self, job: dict[str, int], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        ended = None
        for _ in range(_DEATHS_MAX):
            channel = self._worker_channel()
            try:
                return self._ask(channel, job, content)
            except TimeoutError:
                self._end_worker()
                raise PictureRefused("took_too_long") from None
            except picture_worker.WireBroken:
                ended = self._end_worker(_PATIENCE_S)
            if ended == -signal.SIGXCPU:
                raise PictureRefused("took_too_long")
        if ended in _CRASHES:
            raise PictureRefused("unsupported")
        # Ended from outside, or not of this release: no fault of the picture, which would be lost for it.
        raise PictureWorkerBroken(f"ended with {ended} in the middle of a job")

    def _ask(self, channel: socket.socket, job: dict[str, int], content: bytes) -> tuple[dict[str, Any], list[bytes]]:
        deadline = time.monotonic() + self._limits.wall_s_max
        channel.settimeout(self._limits.wall_s_max)
        picture_worker.send(channel, job, content)
        header, bodies = picture_worker.receive(channel, self._limits.input_bytes_max, deadline)
        self._jobs_left -= 1
        if header.get("is_last") or self._jobs_left <= 0:
            self._end_worker()
        return header, bodies

    def _worker_channel(self) -> socket.socket:
        if self._process is not None and self._owner_pid != os.getpid():
            self._forget_worker()
        return self._channel or self._start_worker()

    def _start_worker(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = _spawn(theirs, self._limits)
            except OSError as error:
                # Never as itself: a caller could take it for a missing picture.
                ours.close()
                raise PictureWorkerBroken(repr(error)) from error
        self._channel, self._owner_pid, self._jobs_left = ours, os.getpid(), self._jobs_per_worker_max
        try:
            told, _ = picture_worker.receive(ours, 0, time.monotonic() + _START_S_MAX)
        except (picture_worker.WireBroken, TimeoutError) as error:
            raise PictureWorkerBroken(f"ended with {self._end_worker(_PATIENCE_S)} before its first job") from error
        if not told.get("is_ready"):
            self._end_worker()
            raise PictureWorkerBroken(str(told.get("why")))
        return ours

    def _end_worker(self, patience_s: float = 0) -> int | None:
        """End the worker if there is one. Return how it ended by itself, negative for a signal, None if it did not."""
        if self._channel is not None:
            self._channel.close()
        process, self._process, self._channel = self._process, None, None
        if process is None:
            return None
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None

    def _forget_worker(self) -> None:
        """Leave the worker to the process that we were forked from."""
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.returncode = 0  # It is not our child: nothing to wait for, and nothing to warn of.
        self._process, self._channel = None, None


def _spawn(standard_input: socket.socket, limits: PictureLimits) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", str(_WORKER), json.dumps(asdict(limits))],
        stdin=standard_input.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Nothing of our environment: it holds secrets. Fewer arenas, because each counts as address space.
        env={"MALLOC_ARENA_MAX": "2"},
        cwd="/",
        start_new_session=True,
    )


def _read(source: Path, input_bytes_max: int) -> bytes:
    with source.open("rb") as file:
        content = file.read(input_bytes_max + 1)
    if len(content) > input_bytes_max:
        raise PictureRefused("too_large")
    head = content[: picture_formats.HEAD_BYTES]
    if picture_formats.recognise(head) is None:
        raise PictureRefused("unsupported" if picture_formats.is_other_picture(head) else "not_a_picture")
    return content


def _checked(header: dict[str, Any], bodies: list[bytes], long_edge_max_px: int) -> CleanPicture:
    """Return what the worker made, unless it could hold more than pixels: the worker has met a stranger's file."""
    if header.get("reason") in REFUSALS:
        raise PictureRefused(header["reason"])
    width_px, height_px = header.get("width_px"), header.get("height_px")
    if not (
        isinstance(width_px, int) and isinstance(height_px, int) and 0 < max(width_px, height_px) <= long_edge_max_px
    ):
        raise PictureWorkerBroken("returned a picture of another size")
    if len(bodies) != 2 or not all(map(picture_formats.is_bare_jpeg, bodies)):
        raise PictureWorkerBroken("returned something else than two bare pictures")
    jpeg, thumb = bodies
    return CleanPicture(
        jpeg, thumb, width_px, height_px, hashlib.sha256(jpeg).hexdigest(), hashlib.sha256(thumb).hexdigest()
    )
