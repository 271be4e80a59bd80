"""Build the phone app and the desk's modules when their sources have changed: `python tools/build.py`."""

from __future__ import annotations

import sys
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.catalogue import compile_catalogue
from tools.console import ROOT, VENV_BIN, StepFailed, fingerprint, is_stamped, main_of, run, say, write_stamp

SHARED_INPUTS = ("package-lock.json", "tsconfig.base.json", "tools/vite/serviceWorker.ts")
VITE = ROOT / "node_modules" / "vite" / "bin" / "vite.js"


def build() -> None:
    """Build both apps and the desk's English."""
    build_app("pwa", "the phone app", entry="index.html")
    build_app("desk", "the desk's style and modules", entry="src/main.ts")
    compile_catalogue()


def build_app(app: str, title: str, *, entry: str) -> None:
    """Run Vite for one app, unless what it built last was made of the same sources."""
    folder = ROOT / "static" / app
    if not (folder / entry).is_file():
        raise StepFailed(f"static/{app}/{entry} is missing")
    dist = folder / "dist"
    stamp = dist / ".built"
    key = fingerprint(_inputs(folder, ROOT / f"vite.{app}.config.ts"))
    if is_stamped(stamp, key):
        return
    say(f"building {title}")
    run([VENV_BIN / "node", VITE, "build", "--config", f"vite.{app}.config.ts", "--logLevel", "warn"])
    write_stamp(stamp, key)


def _inputs(folder: Path, config: Path) -> list[Path]:
    sources = [path for path in folder.rglob("*") if path.is_file() and folder / "dist" not in path.parents]
    shared = [path for path in (ROOT / "static" / "shared").rglob("*") if path.is_file()]
    return [*sources, *shared, config, *(ROOT / name for name in SHARED_INPUTS)]


if __name__ == "__main__":
    main_of(build)
