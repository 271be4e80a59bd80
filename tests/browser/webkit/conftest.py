"""A phone with the second engine, where the machine has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.fault_proxy import FaultProxy
from tests.browser.installation import Installation
from tests.browser.webkit.browser import WebKitPhone, screen
from tools.browser import WebKit, find_webkit
from tools.console import StepFailed


@pytest.fixture(scope="session")
def webkit() -> WebKit:
    """The engine; a machine without it is told what to install."""
    try:
        return find_webkit()
    except StepFailed as missing:
        pytest.skip(str(missing))


@pytest.fixture
def webkit_phone(webkit: WebKit, tmp_path: Path) -> Iterator[WebKitPhone]:
    """A phone with the app not opened yet."""
    with screen() as display:
        phone = WebKitPhone(webkit, display, tmp_path / "webkit.log")
        yield phone
        phone.quit()


@pytest.fixture
def proxy(installation: Installation) -> Iterator[FaultProxy]:
    """What stands between the phone and the installation."""
    with FaultProxy(installation.port) as made:
        yield made
