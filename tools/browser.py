"""Find the browsers for the tests, or install them: `python tools/browser.py` prints where they are.

Chromium is needed; WebKitGTK, the second engine, is taken where Debian's packages can be had.

Chromium is looked for in this order: what ROND_CHROMIUM names; one that is on the machine; Debian's, where apt may be
used; the npm package @sparticuz/chromium unpacked into .build/ (Linux on x86-64); else a message that says what to
install. It counts only when Playwright has opened a page in it.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.console import ROOT, VENV_BIN, StepFailed, main_of, run, say

VARIABLE = "ROND_CHROMIUM"
LAUNCH_ARGUMENTS = (
    "--no-sandbox",  # also as root and in containers; the pages are our own
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",  # WebGL for the map, without a graphics card
)
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
PLACES = (
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/opt/google/chrome/chrome",
    "/opt/chromium/chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHTS_OWN = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)
DEBIAN_PACKAGES = ("chromium", "fonts-liberation")
NPM_PACKAGE = ROOT / "tools" / "chromium"
UNPACKED = ROOT / ".build" / "chromium"
UNPACKED_PROGRAM = UNPACKED / "rond-chromium"
TRY = "--try"
TRIED = ROOT / ".build" / "browser.json"
WEBKIT_DRIVERS = ("/usr/bin/WebKitWebDriver", "/usr/libexec/webkit2gtk-4.1/WebKitWebDriver")
WEBKIT_BROWSERS = (
    "lib/*/webkit2gtk-4.1/MiniBrowser",
    "lib/webkit2gtk-4.1/MiniBrowser",
    "libexec/webkit2gtk-4.1/MiniBrowser",
    "lib/*/webkitgtk-6.0/MiniBrowser",
    "libexec/webkitgtk-6.0/MiniBrowser",
)
WEBKIT_PACKAGES = ("webkit2gtk-driver", "xvfb", "xauth")
WEBKIT_ADVICE = """\
The tests in a second engine need WebKitGTK with its WebDriver, and Xvfb.
Install them and run the same command again:
  Debian, Ubuntu:   apt-get install webkit2gtk-driver xvfb xauth
  Fedora:           dnf install webkit2gtk4.1 xorg-x11-server-Xvfb
Without them these tests are not run; every other one is."""
ADVICE = """\
The browser tests need a Chromium, and none could be found or installed.
Install one of these and run the same command again:
  Debian:   apt-get install chromium
  Ubuntu:   Google's package google-chrome-stable (Ubuntu's own "chromium" is a snap that cannot be driven by tests)
  Fedora:   dnf install chromium
  Alpine:   apk add chromium
  macOS:    brew install --cask chromium
Or name one that you have:  make ROND_CHROMIUM=/path/to/chromium test"""


def chromium_path() -> Path:
    """Find a browser that works, without installing anything.

    Raises:
        StepFailed: there is none; `make browser` installs one where that is possible.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if not Path(named).is_file():
            raise StepFailed(f"{VARIABLE} names {named}, which is not there.")
        return Path(named)
    for candidate in _candidates():
        if works(candidate):
            return candidate
    raise StepFailed(ADVICE)


@dataclass(frozen=True)
class WebKit:
    """WebKitGTK's own browser and what drives it."""

    driver: Path
    browser: Path


def find_webkit() -> WebKit:
    """Find WebKitGTK, without installing anything.

    Raises:
        StepFailed: it is not there, or no Xvfb; the message says which packages have them.
    """
    drivers = [Path(place) for place in WEBKIT_DRIVERS if Path(place).is_file()]
    browsers = [place for pattern in WEBKIT_BROWSERS for place in sorted(Path("/usr").glob(pattern))]
    if not drivers or not browsers or shutil.which("Xvfb") is None:
        raise StepFailed(WEBKIT_ADVICE)
    return WebKit(drivers[0], browsers[0])


def provide_webkit() -> WebKit:
    """Find WebKitGTK, and install it where it is not.

    Raises:
        StepFailed: nothing that can be tried here gives it; the message says what to install.
    """
    try:
        return find_webkit()
    except StepFailed:
        if not _install_with_apt("WebKitGTK", WEBKIT_PACKAGES):
            raise
    return find_webkit()


def provide() -> Path:
    """Find a browser that works, and install one where there is none.

    Raises:
        StepFailed: nothing that can be tried here gives one; the message says what to install.
    """
    try:
        return chromium_path()
    except StepFailed:
        if os.environ.get(VARIABLE):
            raise
    for install in (_install_chromium_with_apt, _install_with_npm):
        if install():
            try:
                return chromium_path()
            except StepFailed:
                say("the browser that was installed does not start")
    raise StepFailed(ADVICE)


def _candidates() -> list[Path]:
    on_path = [Path(found) for name in NAMES if (found := shutil.which(name))]
    usual = [Path(place) for place in PLACES]
    own = [path for pattern in PLAYWRIGHTS_OWN for path in sorted(Path.home().glob(pattern), reverse=True)]
    return [path for path in (*on_path, *usual, *own, UNPACKED_PROGRAM) if path.is_file()]


def works(program: Path) -> bool:
    """Say whether a page opens in the program; the answer is remembered until the program changes."""
    state = program.resolve().stat()
    key = f"{program} {state.st_size} {state.st_mtime_ns}"
    tried: dict[str, bool] = json.loads(TRIED.read_text(encoding="utf-8")) if TRIED.is_file() else {}
    if not tried.get(key):
        tried[key] = _renders(program)
        TRIED.parent.mkdir(exist_ok=True)
        TRIED.write_text(json.dumps(tried, indent=1), encoding="utf-8")
    return tried[key]


def _renders(program: Path) -> bool:
    """Let Playwright drive the program in a process of its own, as the tests will."""
    command: list[str | Path] = [VENV_BIN / "python", __file__, TRY, program]
    try:
        tried = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=90, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def render_page(program: str) -> None:
    """Open a page that needs WebGL2 as the map does, or end with an error."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(LAUNCH_ARGUMENTS), timeout=60_000)
        page = browser.new_page()
        page.goto("data:text/html,<canvas></canvas>")
        has_webgl = page.evaluate("document.querySelector('canvas').getContext('webgl2') !== null")
        browser.close()
    if not has_webgl:
        raise StepFailed(f"{program} has no WebGL2")


def _install_chromium_with_apt() -> bool:
    return _install_with_apt("Chromium", DEBIAN_PACKAGES)


def _install_with_apt(what: str, packages: tuple[str, ...]) -> bool:
    """Install Debian's packages when this is root, or when sudo asks for no password."""
    if not shutil.which("apt-get"):
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        if not shutil.which("sudo") or _fails("sudo", "-n", "true"):
            return False
        prefix = ["sudo", "-n"]
    say(f"no {what} found; installing Debian's package with apt-get")
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    try:
        run([*apt, "update"])
        run([*apt, "install", "--yes", "--no-install-recommends", *packages])
    except StepFailed as error:
        say(f"apt-get could not do it ({error})")
        return False
    return True


def _fails(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode != 0


def _install_with_npm() -> bool:
    """Unpack the Chromium of an npm package, with the libraries that a bare system lacks, into .build/."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return False
    say("fetching a Chromium from the npm registry into .build/chromium")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir(parents=True)
    unpack = 'import("@sparticuz/chromium").then((chromium) => chromium.default.executablePath())'
    # The package unpacks into the temporary folder, and its libraries only where it believes to be on such a machine.
    pretend = {"TMPDIR": str(UNPACKED), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
    try:
        run(
            [VENV_BIN / "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], cwd=NPM_PACKAGE
        )
        run([VENV_BIN / "node", "--input-type=module", "--eval", unpack], env=pretend, cwd=NPM_PACKAGE)
    except StepFailed as error:
        say(f"that did not work ({error})")
        return False
    _write_starter()
    return True


def _write_starter() -> None:
    """Write the program to start: its libraries and fonts are for this browser alone, not for who starts it."""
    lines = (
        "#!/bin/sh",
        'here=$(dirname "$(readlink -f "$0")")',
        'export LD_LIBRARY_PATH="$here/al2023/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"',
        'export FONTCONFIG_PATH="${FONTCONFIG_PATH:-$here/fonts}"',
        'exec "$here/chromium" "$@"',
    )
    UNPACKED_PROGRAM.write_text("\n".join(lines) + "\n", encoding="utf-8")
    UNPACKED_PROGRAM.chmod(0o755)


def main() -> None:
    """Print the paths of the browsers that the tests drive; the second engine may be missing."""
    print(provide())
    try:
        print(f"  and {provide_webkit().browser}")
    except StepFailed as missing:
        print(f"  {missing}")


if __name__ == "__main__":
    if sys.argv[1:2] == [TRY]:
        render_page(sys.argv[2])
    else:
        main_of(main)
