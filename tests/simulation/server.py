"""The server as the scheduler sees it: one command at a time, each at the time the scheduler says."""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from fieldapp import create_app
from fieldapp.access import secrets
from fieldapp.infra import turns
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db, set_tenant
from fieldapp.infra.feature import Installation, Job
from fieldapp.infra.part_files import stored_blocks, stored_offset
from fieldapp.kernel.time import FixedClock, from_ms
from fieldapp.settings import Settings
from fieldapp.sync import protocol
from fieldapp.sync.epoch import SafeSeqs, read_epoch
from tests.simulation import oracle
from tests.simulation.backups import Backups
from tests.simulation.calls import Caller, Request
from tests.simulation.chance import Chance
from tests.simulation.databases import Rows
from tests.simulation.desk import Cleaner, Office
from tests.simulation.faults import Faults, Plan, Stop
from tests.simulation.poison import spoil_handlers
from tests.simulation.world import make_world

BEGINNING_MS = 1_795_200_000_000
RETAIN_DAYS = 3
"""Shorter than the shipped fourteen, so that a schedule lives to see it."""
Reply = dict[str, Any]


class Server:
    """The application on one database, begun anew for each schedule."""

    def __init__(self, rows: Rows, data_dir: Path) -> None:
        secrets.use_cheap_hashes()
        turns.WAIT_S_MAX = 0.0  # a request that stands still before it begins would be waited for in real time
        self._chance = Chance()
        self._rows, self._data_dir = rows, data_dir
        self._clock = FixedClock(from_ms(BEGINNING_MS))
        self._limits = (protocol.PUSH_BYTES_MAX, protocol.PUSH_OPS_MAX)
        settings = Settings(
            data_dir=data_dir,
            database_url=rows.url,
            secret_key="for the simulation only " * 2,
            retain_days=RETAIN_DAYS,
            is_testing=True,
        )
        self._app = create_app(settings, clock=self._clock)
        self.world = make_world(self._app, self._clock)
        rows.keep("base")
        self._tenant_id = UUID(self.world["tenant"])
        spoil_handlers(self._app)
        with self._app.app_context():
            self._faults = Faults(db.engine)
        self._caller = Caller(self._app, self._faults)
        self._backups = Backups(self._app, rows, data_dir, self._clock, timedelta(days=RETAIN_DAYS))
        self._photos: dict[str, bytes] = {}
        self._rotten: set[str] = set()
        self._commands: Mapping[str, Callable[[Mapping[str, Any]], Reply]] = {
            "begin": self._begin,
            "ask": self._ask,
            "ask_slowly": self._ask_slowly,
            "go_on": self._go_on,
            "office": self._office,
            "work": self._work,
            "backup": self._backup,
            "limit": self._limit,
            "rot": self._rot,
            "photo": self._photo,
            "safe": self._safe,
            "check": self._check,
        }

    def do(self, command: Mapping[str, Any]) -> Reply:
        """Carry out one command at its time."""
        self._clock.at = from_ms(command["now"])
        self._faults.begin(None)
        return self._commands[command["do"]](command)

    def _begin(self, command: Mapping[str, Any]) -> Reply:
        self._caller.end_pause(is_killed=True)
        self._rows.put_back("base")
        self._chance.seed(command["seed"])
        self._backups.forget()
        self._photos.clear()
        self._rotten.clear()
        for name in ("blobs", "epoch", "verified_backup.json"):
            path = self._data_dir / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        epoch = f"e{command['seed']:016x}"
        (self._data_dir / "epoch").write_text(f"{epoch}\n", encoding="ascii")
        self._start_anew()
        protocol.PUSH_BYTES_MAX, protocol.PUSH_OPS_MAX = self._limits
        return {"world": self.world}

    def _start_anew(self) -> None:
        """Know again what a process learns when it starts."""
        epoch = read_epoch(self._data_dir)
        self._app.extensions["rond_epoch"] = epoch
        self._app.extensions["rond_safe_seqs"] = SafeSeqs(self._data_dir, epoch)
        self._app.extensions["rond_blobs"] = BlobStore(self._data_dir / "blobs")

    def _request(self, command: Mapping[str, Any]) -> Request:
        plan = command.get("plan")
        return Request(
            command["method"],
            command["path"],
            command["headers"],
            base64.b64decode(command["body"]),
            Plan(plan["what"], plan["at"]) if plan else None,
            command["length"],
        )

    def _ask(self, command: Mapping[str, Any]) -> Reply:
        request = self._request(command)
        answer = self._caller.serve(request)
        return {"answer": answer, "violations": self._prefix_faults(request)}

    def _ask_slowly(self, command: Mapping[str, Any]) -> Reply:
        is_paused = self._caller.serve_slowly(self._request(command), command["what"], command["at"])
        return {"answer": None if is_paused else self._caller.end_pause(is_killed=False), "violations": []}

    def _go_on(self, command: Mapping[str, Any]) -> Reply:
        return {"answer": self._caller.end_pause(is_killed=command["is_killed"]), "violations": []}

    def _prefix_faults(self, request: Request) -> list[str]:
        """What the server says it has of a photo must be that photo's beginning."""
        sha256 = request.path.rsplit("/", 1)[-1]
        photo = self._photos.get(sha256)
        if request.method != "PATCH" or photo is None:
            return []
        offset = int(request.headers["Upload-Offset"])
        if request.length != len(request.body) and not photo[offset:].startswith(request.body):
            self._rotten.add(sha256)  # changed on its way and cut: only the hash of the whole can tell
        if sha256 in self._rotten:
            return []
        path = self._data_dir / "blobs" / str(self._tenant_id) / "parts" / sha256
        if not path.is_file():
            return []
        with path.open("rb") as file:
            offset = stored_offset(file.fileno())
            stored = b"".join(stored_blocks(file.fileno(), offset))[:offset]
        return (
            []
            if photo[:offset] == stored
            else [f"photo {sha256[:8]}: {offset} bytes stored that are not its beginning"]
        )

    def _office(self, command: Mapping[str, Any]) -> Reply:
        self._caller.end_pause_for_writer()
        with self._app.app_context():
            done = Office(self._tenant_id, self._clock).act(command["what"], command["about"])
            db.session.remove()
        return {"done": done}

    def _work(self, command: Mapping[str, Any]) -> Reply:
        """Let the worker run its jobs once, perhaps to be stopped in the middle."""
        self._caller.end_pause_for_writer()
        plan = command.get("plan")
        self._faults.begin(Plan(plan["what"], plan["at"]) if plan else None)
        installation = Installation(self._clock, self._blobs, cast("Any", Cleaner()))
        jobs: list[Job] = self._app.extensions["rond_jobs"]
        done: dict[str, int] = {}
        with self._app.app_context():
            set_tenant(None)
            for job in jobs:
                try:
                    done[job.name] = job.run(installation)
                except Stop:
                    return {"done": "stopped"}
                finally:
                    db.session.remove()
        return {"done": done}

    @property
    def _blobs(self) -> BlobStore:
        return cast("BlobStore", self._app.extensions["rond_blobs"])

    def _backup(self, command: Mapping[str, Any]) -> Reply:
        step = command["step"]
        if step == "rows":
            self._backups.keep_rows()
        elif step == "files":
            self._backups.keep_files()
        elif step == "verify":
            return {"done": self._backups.verify()}
        else:
            self._caller.end_pause(is_killed=True)
            done = self._backups.restore()
            if done:
                self._rotten.clear()
            self._start_anew()
            return {"done": done}
        return {"done": True}

    def _limit(self, command: Mapping[str, Any]) -> Reply:
        """Take smaller batches than the shipped server, or as it does (null)."""
        limits = (command["bytes"], command["ops"]) if command["bytes"] is not None else self._limits
        protocol.PUSH_BYTES_MAX, protocol.PUSH_OPS_MAX = limits
        return {}

    def _rot(self, command: Mapping[str, Any]) -> Reply:
        """Turn a bit of a photo that has arrived in part; return whether there was one."""
        folder = self._data_dir / "blobs" / str(self._tenant_id) / "parts"
        for path in sorted(folder.glob("*")):
            content = bytearray(path.read_bytes())
            with path.open("rb") as file:
                offset = stored_offset(file.fileno())
            if offset:
                content[64 + command["at"] % offset] ^= 1
                path.write_bytes(content)
                self._rotten.add(path.name)
                return {"done": True}
        return {"done": False}

    def _photo(self, command: Mapping[str, Any]) -> Reply:
        """Learn what a photo is, to compare."""
        content = base64.b64decode(command["body"])
        self._photos[hashlib.sha256(content).hexdigest()] = content
        return {}

    def _safe(self, _command: Mapping[str, Any]) -> Reply:
        """Tell what the newest verified backup holds."""
        backup = self._backups.verified
        if backup is None:
            return {"is_verified": False, "operations": [], "photos": []}
        return {"is_verified": True, "operations": sorted(backup.operations), "photos": sorted(backup.photos)}

    def _check(self, command: Mapping[str, Any]) -> Reply:
        """Compare what the hosts were told with what is here."""
        with self._app.app_context():
            rows = oracle.Tables.read()
        return {"violations": oracle.violations(rows, command["stores"], self._photos, self._blobs, self._tenant_id)}
