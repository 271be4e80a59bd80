"""The simulation's short form: some schedules on each database, every mutant by a seed that is known to find it."""

from __future__ import annotations

import json

import pytest

from tests.simulation import run
from tests.simulation.mutants import MUTANTS

KNOWN_SEEDS: dict[str, int] = json.loads(run.KNOWN_SEEDS.read_text(encoding="utf-8"))
SCHEDULES = 200
FOLLOWING = 60
"""A change of the code changes what a seed plays; `make sim-mutants` then finds the seeds anew."""
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("database", DATABASES)
def test_no_schedule_ends_with_a_violation(database: str) -> None:
    with run.databases(database) as provided:
        found = list(run.simulate(provided.addresses[database], range(1, SCHEDULES + 1), workers=1))
    assert len(found) == SCHEDULES
    assert {one["seed"]: one["violations"] for one in found if one["violations"]} == {}


@pytest.mark.parametrize("database", DATABASES)
def test_a_seed_plays_the_same_each_time(database: str) -> None:
    with run.databases(database) as provided, run.bundled() as bundle:
        address = provided.addresses[database]
        first, second = (list(run.play(address, bundle, "", range(3, 9), "trace")) for _ in range(2))
    assert [one["trace"] for one in first] == [one["trace"] for one in second]
    assert all(one["trace"] for one in first)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_found_by_its_known_seed(name: str) -> None:
    seed = KNOWN_SEEDS[name]
    assert run.schedules_until_found("sqlite", MUTANTS[name], range(seed, seed + FOLLOWING)) is not None


def test_seeds_are_known_of_mutants_that_there_are() -> None:
    assert KNOWN_SEEDS.keys() == MUTANTS.keys()
