"""Two weeks of evenings: who walked when, what was calm, what was seen – and places where the same thing comes back.

Hosts are numbers from 1; whoever loads the rounds gives them accounts. Category codes are the default set's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from fieldapp.demonstration.district import District, Place
from fieldapp.demonstration.habits import DAMAGE, HABITS, HOT_SPOTS, SEVERITY, SLIPS, UNDERWAY
from fieldapp.demonstration.network import Network
from fieldapp.demonstration.notes import CORRECTED_NOTE, notes_for
from fieldapp.demonstration.walks import Fix, How, Visit, Walk, walk_round
from fieldapp.observations.rules import takes_photos

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EVENINGS = 14
HOSTS = 6
STARTS = (time(15, 20), time(17, 25), time(19, 30), time(21, 20))
DURATION_S = (2900, 4400)
LAST_DURATION_S = (2600, 3600)  # The latest round is back before eleven.
NEAR_FIX_S = 20.0
UPSTAIRS = ("BE02", "SK01", "SK05", "OR05", "RE01", "NA02")  # Seen on a landing, so that the floor matters.
PHONE_AWAY = ("hidden", "locked_or_killed", "user_pause")

EndReason = Literal["done", "weather", "called_away"]
PlaceSource = Literal["suggested", "chosen", "none"]


@dataclass(frozen=True, slots=True)
class Correction:
    """What a host set right afterwards; None leaves a field as it was."""

    at: datetime
    category_code: str | None = None
    severity: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A record taken back."""

    at: datetime
    reason: Literal["mistake", "duplicate", "other"]


@dataclass(frozen=True, slots=True)
class DemoCheck:
    """A place found calm."""

    external_id: str
    at: datetime
    place_id: str
    how: How
    fix: Fix | None


@dataclass(frozen=True, slots=True)
class DemoObservation:
    """Something seen, or a damage; `photo`: it deserves a picture; `fix`: where the phone was, if it knew."""

    external_id: str
    at: datetime
    place_id: str | None
    place_source: PlaceSource
    floor: str | None
    fix: Fix | None
    category_code: str
    severity: int
    note: str | None
    photo: bool
    correction: Correction | None = None
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class DemoRound:
    """A round of one evening. `hosts` are 2 or 3 numbers from 1 to HOSTS; the first carries the phone."""

    external_id: str
    zone_code: str
    hosts: tuple[int, ...]
    started_at: datetime
    ended_at: datetime
    end_reason: EndReason
    walk: Walk
    checks: tuple[DemoCheck, ...]
    observations: tuple[DemoObservation, ...]


@dataclass(frozen=True, slots=True)
class _HotSpot:
    place_id: str
    category_code: str


def two_weeks(district: District, ends_on: date, seed: int) -> tuple[DemoRound, ...]:
    """Make the rounds of the fourteen evenings up to and including `ends_on`; on one of them nobody walked."""
    rng = Random(f"weeks-{seed}")
    network = Network.of(district)
    places = {place.external_id: place for place in district.places}
    hot_spots = _hot_spots(rng, district)
    idle_evening = rng.randrange(4, 11)
    rounds: list[DemoRound] = []
    for evening in range(EVENINGS):
        if evening == idle_evening:
            continue
        day = ends_on - timedelta(days=EVENINGS - 1 - evening)
        for number, (starts, zone_code) in enumerate(_plan_evening(rng, district, evening), start=1):
            started_at = datetime.combine(day, starts, STOCKHOLM) + timedelta(seconds=rng.randrange(0, 900))
            round_id = f"NB-R-{day:%Y%m%d}-{number}"
            in_zone = [spot.place_id for spot in hot_spots if places[spot.place_id].zone_code == zone_code]
            usual = [place_id for place_id in in_zone if rng.random() < 0.75]
            duration_s = rng.uniform(*(LAST_DURATION_S if starts == STARTS[-1] else DURATION_S))
            walk_seed = f"{seed}-{round_id}"
            walk = walk_round(district, zone_code, started_at, duration_s, walk_seed, network=network, must_visit=usual)
            rounds.append(_tell_round(rng, round_id, walk, places, hot_spots))
    return tuple(rounds)


def _plan_evening(rng: Random, district: District, evening: int) -> list[tuple[time, str]]:
    """Draw two to four starts; zones take turns, so that none is always walked at the same hour."""
    starts = sorted(rng.sample(STARTS, rng.choice((2, 3, 3, 4))))
    codes = [zone.code for zone in district.zones]
    return [(start, codes[(evening + number) % len(codes)]) for number, start in enumerate(starts)]


def _hot_spots(rng: Random, district: District) -> list[_HotSpot]:
    """Choose the places where the same thing happens again and again."""
    spots: list[_HotSpot] = []
    for zone in district.zones:
        for kind, code in HOT_SPOTS[zone.code]:
            taken = {spot.place_id for spot in spots}
            candidates = [p.external_id for p in district.places if p.zone_code == zone.code and p.kind == kind]
            spots.append(_HotSpot(rng.choice([p for p in candidates if p not in taken]), code))
    return spots


def _tell_round(
    rng: Random, round_id: str, walk: Walk, places: dict[str, Place], hot_spots: list[_HotSpot]
) -> DemoRound:
    checks: list[DemoCheck] = []
    seen: list[DemoObservation] = []
    for visit in walk.visits:
        codes = _codes_at(rng, places[visit.place_id], visit, hot_spots)
        for k, code in enumerate(codes):
            at = visit.at + (visit.left_at - visit.at) * k / len(codes)
            if phone_is_out(walk, at):
                seen.append(_observe(rng, walk, at, code, places[visit.place_id]))
        if all(code[:2] == "PO" for code in codes) and rng.random() < 0.85:
            check_id = f"{round_id}-L{len(checks) + 1:02}"
            checks.append(DemoCheck(check_id, visit.at, visit.place_id, visit.how, _fix_near(walk, visit.at)))
    seen += _underway(rng, walk)
    seen.sort(key=lambda observation: observation.at)
    numbered = [replace(one, external_id=f"{round_id}-O{k:02}") for k, one in enumerate(seen, start=1)]
    hosts = tuple(rng.sample(range(1, HOSTS + 1), rng.choice((2, 2, 3))))
    end_reason: EndReason = rng.choices(("done", "weather", "called_away"), (92, 4, 4))[0]
    return DemoRound(
        external_id=round_id,
        zone_code=walk.zone_code,
        hosts=hosts,
        started_at=walk.started_at,
        ended_at=walk.ended_at,
        end_reason=end_reason,
        walk=walk,
        checks=tuple(checks),
        observations=tuple(_afterthought(rng, walk, one) for one in numbered),
    )


def _codes_at(rng: Random, place: Place, visit: Visit, hot_spots: list[_HotSpot]) -> list[str]:
    codes = [spot.category_code for spot in hot_spots if spot.place_id == place.external_id and rng.random() < 0.7]
    is_late = visit.at.astimezone(STOCKHOLM).hour >= 20
    for code, chance in HABITS[place.kind]:
        busier = 1.6 if is_late and code[:2] in ("OR", "NA", "TR") else 0.6 if is_late and code[:2] == "PO" else 1.0
        if code not in codes and rng.random() < chance * busier:
            codes.append(code)
    return codes


def _underway(rng: Random, walk: Walk) -> Iterator[DemoObservation]:
    """Tell what was seen between places: it has a position and no place."""
    for code, chance in UNDERWAY:
        if rng.random() < chance:
            fix = rng.choice(walk.fixes)
            yield _observe(rng, walk, fix.at, code, None)


def _observe(rng: Random, walk: Walk, at: datetime, code: str, place: Place | None) -> DemoObservation:
    usual = SEVERITY[code]
    severity = 4 if usual == 4 else max(1, usual + rng.choices((-1, 0, 1), (6, 90, 4))[0])
    is_upstairs = place is not None and place.kind == "Stairwell" and code in UPSTAIRS
    photo_chance = 0.8 if code in DAMAGE else 0.15 if code[:2] != "PO" else 0.0
    fix = _fix_near(walk, at)
    return DemoObservation(
        external_id="",
        at=at,
        place_id=place.external_id if place else None,
        place_source="none" if place is None else "suggested" if fix and rng.random() < 0.75 else "chosen",
        floor=f"plan {rng.randint(1, 3)}" if is_upstairs and rng.random() < 0.6 else None,
        fix=fix,
        category_code=code,
        severity=severity,
        note=rng.choice(notes_for(code, place.kind if place else None)) if rng.random() < 0.6 else None,
        photo=takes_photos(code) and rng.random() < photo_chance,
    )


def _afterthought(rng: Random, walk: Walk, observation: DemoObservation) -> DemoObservation:
    """Let some records be corrected or taken back, while the round still lasts."""
    at = min(walk.ended_at, observation.at + timedelta(seconds=rng.randint(15, 300)))
    chance = rng.random()
    if chance < 0.035:
        return replace(observation, withdrawal=Withdrawal(at, rng.choice(("mistake", "mistake", "duplicate", "other"))))
    if chance < 0.06 and observation.category_code in SLIPS:
        return replace(observation, correction=Correction(at, category_code=SLIPS[observation.category_code]))
    if chance < 0.09 and observation.severity < 3 and observation.category_code[:2] != "PO":
        return replace(observation, correction=Correction(at, severity=observation.severity + 1, note=CORRECTED_NOTE))
    return observation


def phone_is_out(walk: Walk, at: datetime) -> bool:
    """Tell whether a host could have logged something: without a fix, yes; with the phone pocketed or paused, no."""
    return not any(gap.from_at <= at < gap.to_at for gap in walk.gaps if gap.reason in PHONE_AWAY)


def _fix_near(walk: Walk, at: datetime) -> Fix | None:
    nearest = min(walk.fixes, key=lambda fix: abs(fix.at - at))
    return nearest if abs((nearest.at - at).total_seconds()) <= NEAR_FIX_S else None
