"""What the scripts say while they work, and how they run other programs."""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


class StepFailed(Exception):
    """A step could not be done; the message says what a person can do about it."""


def say(text: str) -> None:
    """Print one line at once, also when the output goes to a file."""
    print(f"» {text}", flush=True)


def run(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a program with its output shown and nothing to read from.

    Raises:
        StepFailed: it ended with an error, or is not there.
    """
    shown = shlex.join(str(part) for part in command)
    try:
        subprocess.run(list(command), check=True, cwd=cwd, env=_environment(env), stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = f"exit status {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise StepFailed(f"failed ({reason}): {shown}") from error


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    """Put the environment's own programs (Python, node, npm) before the system's."""
    path = os.pathsep.join([str(VENV_BIN), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, **(extra or {})}


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """Hash the contents of files (missing ones count as missing) and some words into one key."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b"missing")
    for word in more:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()


def is_stamped(stamp: Path, key: str) -> bool:
    """Say whether the step that writes this stamp was finished with the same key."""
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == key


def write_stamp(stamp: Path, key: str) -> None:
    """Remember that the step is finished."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key + "\n", encoding="utf-8")


def main_of(step: Callable[[], None]) -> None:
    """Run a script's main step: an expected failure is told in words, with exit status 1."""
    try:
        step()
    except StepFailed as error:
        print(f"\n✗ {error}", file=sys.stderr, flush=True)
        raise SystemExit(1) from error
