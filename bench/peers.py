"""Install what is measured beside us, outside the project's own packages: `python -m bench.peers`.

Into `.build/bench`: what the harness and the workload of coverage need and the product does not, PouchDB and the tus server
from npm. What cannot be installed is left out, and its rows say so.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bench import folders

PYTHON_PACKAGES = ("aiohttp==3.14.5", "psutil==7.2.2")
PANDAS = ("pandas==2.3.3", "python-dateutil==2.9.0.post0", "pytz==2025.2", "tzdata==2025.2", "six==1.17.0")
"""What the workload of coverage hands PostGIS its fixes with. In a folder of its own, without the numpy that it would bring."""
NODE_PACKAGES = ("pouchdb@9", "express@4", "express-pouchdb@4", "@tus/server@2", "@tus/file-store@2")


def install() -> int:
    """Install everything that is not there; exit status 1 when something could not be."""
    folders.BUILT.mkdir(parents=True, exist_ok=True)
    return max(_python(), _pandas(), _node())


def _python() -> int:
    if (folders.LIBRARY / "aiohttp").is_dir():
        return 0
    options = ["--disable-pip-version-check", "--no-input", "--quiet", "--target", str(folders.LIBRARY)]
    return _run([sys.executable, "-m", "pip", "install", *options, *PYTHON_PACKAGES])


def _pandas() -> int:
    if (folders.PANDAS / "pandas").is_dir():
        return 0
    options = ["--disable-pip-version-check", "--no-input", "--quiet", "--no-deps", "--target", str(folders.PANDAS)]
    return _run([sys.executable, "-m", "pip", "install", *options, *PANDAS])


def _node() -> int:
    place = folders.PEERS.parent
    if (folders.PEERS / "express-pouchdb").is_dir() and (folders.PEERS / "@tus" / "server").is_dir():
        return 0
    place.mkdir(parents=True, exist_ok=True)
    (place / "package.json").write_text(json.dumps({"private": True}))
    npm = str(folders.NODE.parent / "npm")
    options = ["--prefix", str(place), "--no-audit", "--no-fund", "--loglevel=error"]
    return _run([npm, "install", *options, *NODE_PACKAGES])


def _run(command: list[str]) -> int:
    done = subprocess.run(command, env=folders.environment(), stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        print(f"✗ not installed: {' '.join(command[-3:])}", file=sys.stderr)
    return min(1, done.returncode)


if __name__ == "__main__":
    raise SystemExit(install())
