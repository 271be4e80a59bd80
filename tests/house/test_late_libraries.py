"""Large libraries that only a worker, a reader or an export needs are not held by every process of the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGE = (
    *("geopy", "llvmlite", "mapbox_vector_tile", "numba", "numpy", "osmium", "PIL", "pyogrio", "pyproj", "reportlab"),
    *("segno", "shapely", "xlsxwriter"),
)


def test_the_server_starts_without_the_libraries_of_others(tmp_path: Path) -> None:
    asked = f"import sys, wsgi; print(*(name for name in {LARGE} if name in sys.modules))"
    environment = {**os.environ, "ROND_DATA_DIR": str(tmp_path)}
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
