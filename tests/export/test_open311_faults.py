"""Whatever happens between us and an Open311 endpoint, it has one order for each case."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.export.open311_faults import check, deliver
from tests.receivers.open311 import Endpoint, running_endpoint

SEEDS = range(int(os.environ.get("ROND_TEST_DELIVERIES", "30")))
"""`make deliveries` asks for a thousand."""


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    """An endpoint as a process."""
    with running_endpoint() as endpoint:
        yield endpoint


@pytest.mark.parametrize("seed", SEEDS)
def test_one_order_for_each_case_in_any_weather(running: Endpoint, seed: int) -> None:
    check(deliver(running, seed))
