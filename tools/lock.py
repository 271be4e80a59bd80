"""Write the lock files anew from what they are made of: `python tools/lock.py [--upgrade]`.

Pins that still fit are kept unless `--upgrade` is given. No address of a registry gets into the files, so that
anybody's mirror serves them.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.console import ROOT, VENV_BIN, main_of, run, say

NO_ADDRESSES = ("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links")
OPTIONS = ("--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", *NO_ADDRESSES)
NODE_PLACES = (ROOT, ROOT / "tools" / "chromium")


def lock() -> None:
    """Resolve the Python requirements with hashes, then the npm packages."""
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    for name in ("requirements", "requirements-dev"):
        say(f"locking {name}.in")
        run([VENV_BIN / "pip-compile", *OPTIONS, *upgrade, "--output-file", f"{name}.txt", f"{name}.in"])
    for place in NODE_PLACES:
        say(f"locking {(place / 'package.json').relative_to(ROOT)}")
        run([VENV_BIN / "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=place)


if __name__ == "__main__":
    main_of(lock)
