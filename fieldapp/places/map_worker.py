"""The process in which a map is read: one file, then it ends.

GDAL, SQLite and libosmium are large, written in C, and fed by whoever has a file. Here they have a bounded memory and time,
cannot write a file, and once loaded cannot open one or a connection either. This file is run by its path, so that of the
application nothing is loaded but the readers.
"""

from __future__ import annotations

import json
import resource
import signal
import socket
import sys
import types
from pathlib import Path
from typing import Any


def main() -> None:
    """Read the one map that comes, and send back what is in it."""
    limits = json.loads(sys.argv[1])
    _name_packages()
    from fieldapp.infra.picture_worker import allow_cpu, limit_this_process, receive, send

    limit_this_process(limits["memory_bytes_max"])
    # A write beyond the bound (none) is an error to whoever tries, not the end.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    from fieldapp.places.map_files import read_map, warm_up
    from fieldapp.places.map_objects import refused
    from fieldapp.places.map_wire import write_map
    from fieldapp.places.zones_file import ZoneChoices

    channel = socket.socket(fileno=0)
    warm_up()
    # From here on no file and no connection can be opened.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    send(channel, {"is_ready": True})
    job, (content,) = receive(channel, limits["input_bytes_max"])
    allow_cpu(limits["cpu_s_max"])
    extent: Any = tuple(job["extent"]) if job["extent"] else None
    try:
        body = write_map(read_map(content, ZoneChoices(**job["choices"]), extent))
    except MemoryError:
        body = write_map(refused("", "too_heavy"))
    except Exception:
        # Readers raise anything. This process ends, so nothing of it is carried on.
        body = write_map(refused("", "reader_fell"))
    if len(body) > limits["output_bytes_max"]:
        body = write_map(refused("", "too_heavy"))
    send(channel, {}, body)


def _name_packages() -> None:
    """Let modules be imported without running the packages they are in, which would load every feature."""
    root = Path(__file__).resolve().parents[1]
    for name in ("fieldapp", "fieldapp.infra", "fieldapp.kernel", "fieldapp.places"):
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = package


if __name__ == "__main__":
    main()
