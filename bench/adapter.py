"""The product under the harness: the shipped server in its production configuration, and the shipped phone run in Node.

`python -m fieldbench.run --adapter bench.adapter:Rond` with the environment of `bench.folders.environment()`.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench import folders

folders.make_importable()

import psutil  # noqa: E402 - after the harness's folder is known
from fieldbench.adapter import Adapter, GiveUp  # noqa: E402
from fieldbench.meter import du  # noqa: E402

from bench.accounts import PASSWORD, SUPERVISOR, host_login  # noqa: E402
from bench.supervisor import Supervisor  # noqa: E402

WEEK_OF_THE_WORK = "2026-W22"
PICTURES_S_MAX = 240
_WAITING = "SELECT count(*) FROM observation_photos WHERE state IN ('named', 'received')"


class Rond(Adapter):  # type: ignore[misc]
    """Signed in, with CSRF, ledger and permissions; gunicorn as `fieldapp serve` starts it, the worker beside it."""

    name = "Rond"
    durable = "fsync of the WAL (synchronous=FULL) for every batch; fsync of each photo and its folder"

    def __init__(self, rundir: Path, **opts: str) -> None:
        super().__init__(rundir.resolve(), **opts)

    def start(self) -> None:
        """Create the installation, fill it, start server and worker."""
        environment = {
            "ROND_DATA_DIR": str(self.rundir / "data"),
            "ROND_PORT": str(self.port),
            "ROND_SIGN_IN_LIMIT": "1000 per minute",
            "PYTHONPATH": str(folders.ROOT),
        }
        self._settings = {**folders.environment(), **environment}
        self._run("fieldapp", "upgrade")
        self._run("bench.installation", "20")
        served = self.spawn(self._command("fieldapp", "serve", "--with-worker"), env=self._settings, cwd=folders.ROOT)
        self.wait("/healthz")
        children = {"worker" in child.cmdline(): child for child in psutil.Process(served.pid).children()}
        self.server, self.worker = children[False], children[True]

    def _command(self, module: str, *words: str) -> list[str]:
        return [sys.executable, "-m", module, *words]

    def _run(self, module: str, *words: str) -> None:
        with (self.rundir / "making.log").open("ab") as log:
            subprocess.run(
                self._command(module, *words), env=self._settings, cwd=folders.ROOT, check=True, stdout=log, stderr=log
            )

    def pids(self) -> list[int]:
        """Return the server's process: picture jobs are in a row of their own."""
        return [self.server.pid]

    def disk_bytes(self) -> dict[str, int]:
        """Return how much lies on the disk."""
        data = self.rundir / "data"
        return {"db": sum(file.stat().st_size for file in data.glob("rond.sqlite3*")), "files": du(data / "blobs")}

    async def prepare(self, works: list[Any]) -> None:
        """Sign the phones in, let them fetch what they need, and let the hosts log everything offline."""
        file = self.rundir / "works.json"
        photos = Path(folders.environment()["BENCH_PHOTOS"])
        file.write_text(json.dumps([_device(work, number, photos) for number, work in enumerate(works)]))
        self.client = subprocess.Popen(
            [str(folders.NODE), str(folders.PHONE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        url = f"http://127.0.0.1:{self.port}"
        await asyncio.to_thread(self._say, cmd="prepare", url=url, file=str(file), password=PASSWORD)
        self.has_photos = any(work.photos for work in works)

    def _say(self, **job: Any) -> dict[str, Any]:
        assert self.client.stdin is not None  # noqa: S101 - both are pipes
        assert self.client.stdout is not None  # noqa: S101
        self.client.stdin.write(json.dumps(job).encode() + b"\n")
        self.client.stdin.flush()
        answer: dict[str, Any] = json.loads(
            self.client.stdout.readline() or '{"ok": false, "error": "the phones ended"}'
        )
        if not answer.pop("ok"):
            raise RuntimeError(answer["error"])
        return answer

    async def run_devices(self, works: list[Any], base: str, rec: Any) -> None:
        """Let all phones find the network at once; wait until everything is acknowledged."""
        phones = psutil.Process(self.client.pid)
        before = _cpu_s(phones), _cpu_s(self.worker)
        deadline_s = self.deadline - time.monotonic()
        answer = await asyncio.to_thread(self._say, cmd="push", url=base, deadline_s=deadline_s)
        rec.lat, rec.requests, rec.failed, rec.errors = (
            answer[name] for name in ("lat", "requests", "failed", "errors")
        )
        self.extra = {
            "client_cpu_s": round(_cpu_s(phones) - before[0], 2),
            "worker_cpu_during_s": round(_cpu_s(self.worker) - before[1], 2),
            "records_acked_s": answer["acked_s"],
        }
        self._worker_before = before[1]
        self._pushed_at = time.monotonic()
        if not answer["finished"]:
            raise GiveUp("deadline")

    def verify(self) -> dict[str, int]:
        """Count what a supervisor sees: records in the list, pictures that open, fixes on the maps of the rounds."""
        if self.has_photos:
            self._wait_for_pictures()
            self.extra["pictures_clean_s"] = round(time.monotonic() - self._pushed_at, 2)
        self.extra["worker_cpu_s"] = round(_cpu_s(self.worker) - self._worker_before, 2)
        desk = Supervisor(f"http://127.0.0.1:{self.port}", SUPERVISOR, PASSWORD)
        seen = desk.see(WEEK_OF_THE_WORK)
        return {"records": seen.records, "photos": seen.photos, "track_points": seen.track_points}

    def _wait_for_pictures(self) -> None:
        """Wait until the worker has dealt with every photo: asked of the database, so that asking costs nothing."""
        end = time.monotonic() + PICTURES_S_MAX
        database = sqlite3.connect(f"file:{self.rundir / 'data' / 'rond.sqlite3'}?mode=ro", uri=True)
        with closing(database):
            while database.execute(_WAITING).fetchone()[0] and time.monotonic() < end:
                time.sleep(0.1)

    def stop(self) -> None:
        """End the phones and the server."""
        client = getattr(self, "client", None)
        if client is not None and client.poll() is None:
            client.stdin.close()
            try:
                client.wait(5)
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
        super().stop()


def _device(work: Any, number: int, photos: Path) -> dict[str, Any]:
    return {
        "device": work.device,
        "login": host_login(number),
        "records": work.records,
        "tracks": [vars(track) for track in work.tracks],
        "photos": [{"record_id": photo.record_id, "file": str(photos / f"{photo.seed}.jpg")} for photo in work.photos],
    }


def _cpu_s(process: psutil.Process) -> float:
    """Return the processor seconds of a process and of those it started."""
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        times = one.cpu_times()
        total += times.user + times.system
    return total
