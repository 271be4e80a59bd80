"""One worker: a server, and the phones' process that leads it over two pipes, one line of JSON each way.

`python -m tests.simulation.worker sqlite|ADDRESS BUNDLE [--mutant NAME] -- ARGUMENTS OF THE PHONES' PROCESS`
"""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from contextlib import ExitStack
from pathlib import Path

from tests.simulation.databases import PostgresRows, Rows, SqliteRows, postgres_database
from tests.simulation.mutants import MUTANTS
from tests.simulation.server import Server
from tools.console import VENV_BIN

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - fsync costs nothing here, and is called all the same


def main(database: str, bundle: str, mutant: str, arguments: list[str]) -> int:
    """Run the phones' process to its end and return its exit status."""
    logging.disable(logging.CRITICAL)
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="rond-sim-", dir=MEMORY_FOLDER if MEMORY_FOLDER.is_dir() else None))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        rows = _rows(database, folder, ending)
        if mutant:
            MUTANTS[mutant].apply()
        server = Server(rows, folder)
        # What is here now stays: it need not be looked through again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 50)
        return _serve(server, bundle, arguments)


def _rows(database: str, folder: Path, ending: ExitStack) -> Rows:
    if database == "sqlite":
        return SqliteRows(folder)
    return PostgresRows(ending.enter_context(postgres_database(database)))


def _serve(server: Server, bundle: str, arguments: list[str]) -> int:
    here, theirs = os.pipe()
    their_in, here_out = os.pipe()
    phones = subprocess.Popen(
        [
            VENV_BIN / "node",
            "--enable-source-maps",
            "--max-semi-space-size=32",
            bundle,
            str(their_in),
            str(theirs),
            *arguments,
        ],
        pass_fds=(theirs, their_in),
        stdin=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(their_in)
    with os.fdopen(here, "rb") as asked, os.fdopen(here_out, "wb") as told:
        for line in asked:
            try:
                reply = server.do(json.loads(line))
            except Exception:
                reply = {"broken": traceback.format_exc()}
            told.write(json.dumps(reply).encode() + b"\n")
            told.flush()
    return phones.wait()


if __name__ == "__main__":
    separator = sys.argv.index("--")
    given = sys.argv[1:separator]
    raise SystemExit(main(given[0], given[1], given[2] if len(given) > 2 else "", sys.argv[separator + 1 :]))
