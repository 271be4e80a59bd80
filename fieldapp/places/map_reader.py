"""The side of the server: have a map read in a process of its own, and believe nothing that comes back."""

from __future__ import annotations

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from fieldapp.infra.picture_worker import WireBroken, receive, send
from fieldapp.places import map_files, map_wire
from fieldapp.places.map_objects import Extent, MapFile, refused
from fieldapp.places.map_wire import WireFault
from fieldapp.places.sentences import sentence
from fieldapp.places.zones_file import ZoneChoices

log = logging.getLogger(__name__)
_WORKER = Path(__file__).with_name("map_worker.py")
_PATIENCE_S = 2.0
_CRASHES = frozenset(
    -number for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE)
)
_ONE_AT_A_TIME = threading.Lock()
"""Of a server process's maps one is read at a time: what each may use is a good part of a small machine."""


class MapReaderBroken(Exception):
    """The worker does not start or does not keep to its wire: the installation is at fault, not a map."""


@dataclass(frozen=True, slots=True)
class MapLimits:
    """What one map may cost. `memory_bytes_max` is of address space, interpreter and libraries included."""

    input_bytes_max: int = map_files.BYTES_MAX
    output_bytes_max: int = map_wire.BYTES_MAX
    memory_bytes_max: int = 1536 * 1024 * 1024
    cpu_s_max: int = 60
    start_s_max: float = 60.0
    wall_s_max: float = 45.0
    patience_s_max: float = 20.0
    """How long one waits for another map's reader to be done."""


DEFAULT_LIMITS = MapLimits()


def read_map_apart(
    raw: bytes, choices: ZoneChoices, extent: Extent | None = None, *, limits: MapLimits = DEFAULT_LIMITS
) -> MapFile:
    """Do `map_files.read_map` in a process that may use no more than `limits`. What goes wrong there is a fault of the file.

    Raises:
        MapReaderBroken: maps cannot be read here.
    """
    if len(raw) > limits.input_bytes_max:
        return refused("", "too_large", megabytes=limits.input_bytes_max // 1024 // 1024)
    if not _ONE_AT_A_TIME.acquire(timeout=limits.patience_s_max):
        return refused("", "reader_busy")
    try:
        body = _read(raw, {"choices": asdict(choices), "extent": extent}, limits)
    finally:
        _ONE_AT_A_TIME.release()
    if isinstance(body, MapFile):
        return body
    try:
        file = map_wire.read_back(body)
        for fault in (*file.faults, *file.left_out):
            sentence(fault)
    except (WireFault, KeyError, ValueError, IndexError) as error:
        # Of a strange file: whoever handed it in can do something about it, nobody else can.
        log.warning("the reader of maps returned something else than a map: %s", error)
        return refused("", "reader_fell")
    return file


def _read(raw: bytes, job: dict[str, object], limits: MapLimits) -> bytes | MapFile:
    """Return what the worker made, or a file that is refused for what became of the worker."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = _spawn(theirs, limits)
        is_started = False
        try:
            receive(ours, 0, time.monotonic() + limits.start_s_max)
            is_started = True
            deadline = time.monotonic() + limits.wall_s_max
            ours.settimeout(limits.wall_s_max)
            send(ours, job, raw)
            _header, (body,) = receive(ours, limits.output_bytes_max, deadline)
        except TimeoutError:
            if not is_started:
                raise MapReaderBroken("did not start") from None
            return refused("", "too_slow", seconds=round(limits.wall_s_max))
        except (WireBroken, ValueError) as error:
            ended = _end(process, _PATIENCE_S)
            if not is_started:
                raise MapReaderBroken(f"ended with {ended} before its map") from error
            return _refused_for(ended, limits)
        finally:
            _end(process)
    return body


def _refused_for(ended: int | None, limits: MapLimits) -> MapFile:
    if ended == -signal.SIGXCPU:
        return refused("", "too_slow", seconds=limits.cpu_s_max)
    if ended == -signal.SIGKILL:
        # By the kernel, for want of memory.
        return refused("", "too_heavy")
    if ended in _CRASHES:
        return refused("", "reader_fell")
    raise MapReaderBroken(f"ended with {ended} in the middle of a map")


def _end(process: subprocess.Popen[bytes], patience_s: float = 0) -> int | None:
    """End the worker. Return how it ended by itself, negative for a signal, None if it did not."""
    try:
        return process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def _spawn(standard_input: socket.socket, limits: MapLimits) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", str(_WORKER), json.dumps(asdict(limits))],
        stdin=standard_input.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Nothing of our environment: it holds secrets. Fewer arenas and threads, because each counts as address space.
        env={
            "MALLOC_ARENA_MAX": "2",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
            "OSMIUM_POOL_THREADS": "1",
            "PROJ_NETWORK": "OFF",
            "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        },
        cwd="/",
        start_new_session=True,
    )
