"""How the engine's inner loops are compiled: once for each state of their sources, kept beside them.

A compiled loop holds what it calls, also from other files, and the compiler looks at its own file alone to tell whether it
is still good. Hence the folder is named for all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numba as nb

_HERE = Path(__file__).resolve().parent
SOURCES = ("compiled.py", "ground.py", "matching.py", "presence_loops.py", "steps.py", "visits.py", "walking.py")
F = TypeVar("F", bound=Callable[..., object])


def _folder() -> Path | None:
    """Return where compiled loops are kept; None where nothing can be written: then each process compiles."""
    digest = hashlib.sha256(b"".join((_HERE / name).read_bytes() for name in SOURCES)).hexdigest()[:12]
    folder = _HERE / "__pycache__" / f"compiled-{digest}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


_FOLDER = _folder()
if _FOLDER is not None:
    nb.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined] # it is made of the environment


def compiled(function: F) -> F:
    """Compile a function when it is first called, and keep it for the next process."""
    made: F = nb.njit(function, cache=_FOLDER is not None, nogil=True, error_model="numpy")
    return made
