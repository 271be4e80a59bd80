"""Two weeks look like two weeks: evenings, repeats, second thoughts, and no word about anybody."""

import hashlib
import time as stopwatch
from collections import Counter
from datetime import date, time, timedelta
from itertools import pairwise

import pytest

from fieldapp.demonstration.district import District
from fieldapp.demonstration.habits import HABITS, HOT_SPOTS, SLIPS, UNDERWAY
from fieldapp.demonstration.happenings import (
    EVENINGS,
    HOSTS,
    PHONE_AWAY,
    STOCKHOLM,
    DemoCheck,
    DemoObservation,
    DemoRound,
    phone_is_out,
    two_weeks,
)
from fieldapp.demonstration.notes import CORRECTED_NOTE, NOTES
from fieldapp.demonstration.walks import MANNERS
from fieldapp.kernel.personal_data import scan
from fieldapp.observations.default_categories import DEFAULT_CATEGORIES
from fieldapp.observations.rules import NOTE_CHARS_MAX, takes_photos

ENDS_ON = date(2026, 11, 22)
CODES = {category.code: category for category in DEFAULT_CATEGORIES}


@pytest.fixture(scope="module")
def rounds(district: District) -> tuple[DemoRound, ...]:
    return two_weeks(district, ENDS_ON, 1)


@pytest.fixture(scope="module")
def other_rounds(district: District) -> tuple[DemoRound, ...]:
    return two_weeks(district, ENDS_ON, 2)


@pytest.fixture(scope="module")
def observations(rounds: tuple[DemoRound, ...]) -> list[DemoObservation]:
    return [observation for one in rounds for observation in one.observations]


def records_of(one: DemoRound) -> list[DemoCheck | DemoObservation]:
    return [*one.checks, *one.observations]


def digest_of(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def test_a_seed_tells_the_same_two_weeks_again_within_seconds(
    district: District, rounds: tuple[DemoRound, ...]
) -> None:
    started = stopwatch.process_time()
    again = two_weeks(district, ENDS_ON, 1)
    assert stopwatch.process_time() - started < 5.0
    assert digest_of(again) == digest_of(rounds)


def test_another_seed_tells_others(rounds: tuple[DemoRound, ...], other_rounds: tuple[DemoRound, ...]) -> None:
    assert digest_of(other_rounds) != digest_of(rounds)


def test_rounds_are_walked_in_the_evening_and_never_two_at_once(rounds: tuple[DemoRound, ...]) -> None:
    for one in rounds:
        started, ended = one.started_at.astimezone(STOCKHOLM), one.ended_at.astimezone(STOCKHOLM)
        assert time(15) <= started.time() < ended.time() <= time(23)
        assert started.date() == ended.date()
    assert all(one.ended_at < following.started_at for one, following in pairwise(rounds))


def test_two_to_four_rounds_an_evening_and_one_evening_without(
    rounds: tuple[DemoRound, ...], other_rounds: tuple[DemoRound, ...]
) -> None:
    for weeks in (rounds, other_rounds):
        days = Counter(one.started_at.astimezone(STOCKHOLM).date() for one in weeks)
        assert set(days.values()) <= {2, 3, 4}
        assert len(days) == EVENINGS - 1
        assert min(days) == ENDS_ON - timedelta(days=EVENINGS - 1)
        assert max(days) == ENDS_ON


def test_every_zone_is_walked_again_and_again(district: District, rounds: tuple[DemoRound, ...]) -> None:
    walked = Counter(one.zone_code for one in rounds)
    assert all(walked[zone.code] >= 8 for zone in district.zones)


def test_hosts_walk_two_or_three_together(rounds: tuple[DemoRound, ...]) -> None:
    for one in rounds:
        assert len(one.hosts) == len(set(one.hosts))
        assert len(one.hosts) in (2, 3)
        assert set(one.hosts) <= set(range(1, HOSTS + 1))


def test_identities_are_unique(rounds: tuple[DemoRound, ...]) -> None:
    ids = [one.external_id for one in rounds]
    ids += [record.external_id for one in rounds for record in records_of(one)]
    assert len(set(ids)) == len(ids)


def test_records_are_made_on_the_round_while_the_phone_is_out(rounds: tuple[DemoRound, ...]) -> None:
    for one in rounds:
        away = [gap for gap in one.walk.gaps if gap.reason in PHONE_AWAY]
        for record in records_of(one):
            assert one.started_at <= record.at <= one.ended_at
            assert not any(gap.from_at <= record.at < gap.to_at for gap in away), record


def test_a_phone_is_out_without_a_fix_but_not_while_it_is_pocketed(rounds: tuple[DemoRound, ...]) -> None:
    found: dict[str, bool] = {}
    for one in rounds:
        for gap in one.walk.gaps:
            found[gap.reason] = phone_is_out(one.walk, gap.from_at + (gap.to_at - gap.from_at) / 2)
    assert found["no_fix"]
    assert not found["hidden"]
    assert not found["user_pause"]
    assert not found["locked_or_killed"]


def test_places_of_records_were_visited(rounds: tuple[DemoRound, ...]) -> None:
    for one in rounds:
        visited = {visit.place_id for visit in one.walk.visits}
        assert {record.place_id for record in records_of(one) if record.place_id} <= visited


def test_a_place_is_calm_or_something_was_seen_there(rounds: tuple[DemoRound, ...]) -> None:
    for one in rounds:
        calm = {check.place_id for check in one.checks}
        assert not any(o.place_id in calm and o.category_code[:2] != "PO" for o in one.observations)


def test_calm_is_the_usual_report(rounds: tuple[DemoRound, ...], observations: list[DemoObservation]) -> None:
    assert sum(len(one.checks) for one in rounds) > len(observations) > 100


def test_positions_are_those_of_the_moment_or_missing(
    rounds: tuple[DemoRound, ...], observations: list[DemoObservation]
) -> None:
    for one in rounds:
        for record in records_of(one):
            assert record.fix is None or abs((record.fix.at - record.at).total_seconds()) <= 20.0
    assert any(observation.fix is None for observation in observations)


def test_only_records_with_a_place_say_how_it_was_found(observations: list[DemoObservation]) -> None:
    for observation in observations:
        assert (observation.place_id is None) == (observation.place_source == "none")
        assert observation.place_source != "suggested" or observation.fix is not None


def test_every_code_is_of_the_default_set() -> None:
    used = {code for chances in HABITS.values() for code, _ in chances} | {code for code, _ in UNDERWAY}
    used |= {code for spots in HOT_SPOTS.values() for _, code in spots} | set(SLIPS) | set(SLIPS.values())
    assert used <= set(CODES)
    assert used - set(SLIPS.values()) <= set(NOTES)


def test_every_kind_of_place_that_is_visited_has_its_habits() -> None:
    assert set(HABITS) == set(MANNERS)


def test_severities_are_near_the_usual_ones(observations: list[DemoObservation]) -> None:
    for observation in observations:
        usual = CODES[observation.category_code].severity
        assert 1 <= observation.severity <= 4
        assert abs(observation.severity - usual) <= 1
        assert usual < 4 or observation.severity == 4


def test_photos_are_wanted_of_damage_and_never_where_a_person_is_the_matter(
    observations: list[DemoObservation],
) -> None:
    assert all(takes_photos(observation.category_code) for observation in observations if observation.photo)
    damages = [observation for observation in observations if CODES[observation.category_code].kind == "D"]
    assert sum(damage.photo for damage in damages) > 0.6 * len(damages)


def test_some_places_have_the_same_thing_again_and_again(
    rounds: tuple[DemoRound, ...], other_rounds: tuple[DemoRound, ...]
) -> None:
    for weeks in (rounds, other_rounds):
        seen = Counter(
            (observation.place_id, observation.category_code)
            for one in weeks
            for observation in one.observations
            if observation.place_id and observation.withdrawal is None
        )
        assert sum(count >= 3 for count in seen.values()) >= 3


def test_some_records_are_corrected_and_some_taken_back_on_the_same_round(
    rounds: tuple[DemoRound, ...], observations: list[DemoObservation]
) -> None:
    assert any(observation.correction for observation in observations)
    assert any(observation.withdrawal for observation in observations)
    for one in rounds:
        for observation in one.observations:
            for afterthought in (observation.correction, observation.withdrawal):
                assert afterthought is None or observation.at <= afterthought.at <= one.ended_at


def test_a_correction_never_leads_photos_to_a_code_that_takes_none() -> None:
    assert all(takes_photos(after) or not takes_photos(before) for before, after in SLIPS.items())


def test_no_note_says_anything_about_a_person() -> None:
    notes = sorted({note for notes in NOTES.values() for note in notes} | {CORRECTED_NOTE})
    assert [note for note in notes if scan(note)] == []
    assert max(len(note) for note in notes) <= NOTE_CHARS_MAX


def test_no_name_of_a_place_is_taken_for_a_person(district: District) -> None:
    assert [place.name for place in district.places if scan(place.name)] == []
