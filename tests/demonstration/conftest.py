"""Two districts for the tests that only look at them."""

import pytest

from fieldapp.demonstration.district import District, make_district
from fieldapp.demonstration.network import Network


@pytest.fixture(scope="session")
def district() -> District:
    return make_district(1)


@pytest.fixture(scope="session")
def second_district() -> District:
    return make_district(2)


@pytest.fixture(scope="session")
def both_districts(district: District, second_district: District) -> tuple[District, District]:
    return district, second_district


@pytest.fixture(scope="session")
def network(district: District) -> Network:
    return Network.of(district)
