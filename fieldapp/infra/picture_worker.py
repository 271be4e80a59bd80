"""The process in which pictures are decoded: one job at a time from the socket that is its standard input.

Decoders are large, written in C, and fed by strangers. Here they have a bounded memory and time, cannot write a file,
and after the start cannot open one or a connection either. This file is run by its path, so that of the application
nothing but `infra.picture*` is loaded.

The wire, both ways: four bytes with the length of a JSON header, the header, then as many bytes as its `lengths` say.
"""

from __future__ import annotations

import json
import math
import resource
import signal
import socket
import struct
import sys
import time
import types
from pathlib import Path
from typing import Any

HEADER_BYTES_MAX = 4096

_LENGTH = struct.Struct(">I")


class WireBroken(Exception):
    """The other side is gone, or speaks otherwise than it should."""


def send(channel: socket.socket, header: dict[str, Any], *bodies: bytes) -> None:
    """Send a header and what it announces. A time-out of the channel holds for all of it."""
    told = json.dumps({**header, "lengths": [len(body) for body in bodies]}).encode()
    try:
        channel.sendall(b"".join([_LENGTH.pack(len(told)), told, *bodies]))
    except (BrokenPipeError, ConnectionError) as error:
        raise WireBroken from error


def receive(
    channel: socket.socket, body_bytes_max: int, deadline: float = math.inf
) -> tuple[dict[str, Any], list[bytes]]:
    """Receive a header and its bodies, which together may have `body_bytes_max` bytes.

    Raises:
        WireBroken: the other side ended, or announced more than it may.
        TimeoutError: it is later than `deadline` (of `time.monotonic`).
    """
    (length,) = _LENGTH.unpack(_receive_exactly(channel, _LENGTH.size, deadline))
    if length > HEADER_BYTES_MAX:
        raise WireBroken
    try:
        header = json.loads(_receive_exactly(channel, length, deadline))
        lengths = [int(length) for length in header["lengths"]]
    except (ValueError, KeyError, TypeError) as error:
        raise WireBroken from error
    if sum(map(abs, lengths)) > body_bytes_max:
        raise WireBroken
    return header, [_receive_exactly(channel, length, deadline) for length in lengths]


def _receive_exactly(channel: socket.socket, length: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) < length:
        if deadline != math.inf:
            channel.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            piece = channel.recv(min(1 << 20, length - len(content)))
        except ConnectionError as error:
            raise WireBroken from error
        if not piece:
            raise WireBroken
        content += piece
    return bytes(content)


def main() -> None:
    """Serve jobs until the other side is gone, or after a failure that may have left the decoder in a bad state."""
    limits = json.loads(sys.argv[1])
    limit_this_process(limits["memory_bytes_max"])
    channel = socket.socket(fileno=0)
    try:
        reencode = _load_decoder()
    except Exception as error:
        send(channel, {"is_ready": False, "why": repr(error)[:500]})
        raise
    # From here on no file and no connection can be opened.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    try:
        send(channel, {"is_ready": True})
        while True:
            job, (content,) = receive(channel, limits["input_bytes_max"])
            allow_cpu(limits["cpu_s_max"])
            header, bodies = reencode(content, job)
            send(channel, header, *bodies)
            if header["is_last"]:
                return
    except WireBroken:
        return


def limit_this_process(memory_bytes_max: int) -> None:
    """Keep this process from growing, from writing files and from being stopped by what stops its server."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    if sys.platform == "linux":
        # Elsewhere an address space cannot be limited; time and counts still are.
        limits[resource.RLIMIT_AS] = memory_bytes_max
    for which, limit in limits.items():
        resource.setrlimit(which, (limit, limit))
    # It ends with its server, which finishes the job at hand when it is asked to stop.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def allow_cpu(seconds: int) -> None:
    """Let this process use so many more seconds of processor time; then the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _load_decoder() -> Any:
    """Import the decoder without running `fieldapp/__init__.py`, which would load every feature."""
    infra = Path(__file__).resolve().parent
    for name, folder in (("fieldapp", infra.parent), ("fieldapp.infra", infra)):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    from fieldapp.infra import pictures

    return pictures.decoder()


if __name__ == "__main__":
    main()
