"""What is read quickly is what the fields of its schema would have read, and what they refuse is never read quickly."""

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.infra.schemas import CommandSchema, QuickSchema, ValidationError
from fieldapp.observations.schemas import RecordObservationSchema
from fieldapp.rounds.schemas import AddSegmentSchema
from fieldapp.sync.schemas import OperationSchema

ROUND, PLACE, PHOTO = (str(uuid.UUID(int=number)) for number in (1, 2, 3))
SHA256 = "0123456789abcdef" * 4
RECORD: dict[str, Any] = {
    "round": ROUND,
    "category": "SK01",
    "place": PLACE,
    "place_source": "chosen",
    "floor": None,
    "position": {"lat": 57.75, "lon": 11.98, "accuracy_m": 6.5, "at": 1_790_000_000_000},
    "severity": 3,
    "note": "Klotter vid porten\nigen",
    "note_confirmed": False,
    "photos": [{"id": PHOTO, "slot": 1, "sha256": SHA256}],
}
SEGMENT: dict[str, Any] = {
    "round": ROUND,
    "part": 0,
    "carried": 1,
    "t0": 1_790_000_000_000,
    "lat0": 57_750_000,
    "lon0": 11_980_000,
    "dt": [0, 5000, 5000],
    "dlat": [0, 40, -40],
    "dlon": [0, -10, 0],
    "acc": [65, None, 80],
}
OPERATION: dict[str, Any] = {
    "id": ROUND,
    "n": 7,
    "by": PLACE,
    "type": "observation.record",
    "entity": PHOTO,
    "base": None,
    "at": 1_790_000_000_000,
    "mono": 1000,
    "tz": 120,
    "v": 1,
    "data": {"any": ["thing"]},
    "blobs": [{"sha256": SHA256, "size": 204_800, "mime": "image/jpeg"}],
}
SCHEMAS: dict[str, tuple[QuickSchema, dict[str, Any]]] = {
    "a record": (RecordObservationSchema(), RECORD),
    "a segment": (AddSegmentSchema(), SEGMENT),
    "an envelope": (OperationSchema(), OPERATION),
}
REFUSED = "refused"

odd_numbers = st.sampled_from(
    [
        -1,
        0,
        1,
        4,
        5,
        90,
        91,
        181,
        360_000_001,
        2**31,
        4_102_444_800_001,
        10**400,
        0.5,
        1e308,
        float("nan"),
        float("inf"),
    ]
)
odd_texts = st.sampled_from(
    [
        "",
        " ",
        "x" * 501,
        "å" * 250,
        "a\u030a",
        "\x00",
        "\ud800",
        "\t\n\r",
        "\x85",
        "PO06",
        "SK01\n",
        "sk01",
        ROUND.upper(),
        ROUND.replace("-", ""),
        f"{{{ROUND}}}",
        SHA256.upper(),
        SHA256 + "\n",
        "none",
        "chosen",
        "image/jpeg\n",
        "Image/jpeg",
    ]
)
odd_values = st.one_of(
    st.none(), st.booleans(), st.integers(), odd_numbers, odd_texts, st.text(max_size=8), st.just([]), st.just({})
)


def fields_alone(schema: QuickSchema, given_data: Any) -> Any:
    """Read as the fields read, without the short way."""
    try:
        return CommandSchema.load(schema, given_data)
    except ValidationError:
        return REFUSED


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where something stands in JSON, the whole left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, part in inner for place in [(*path, name), *places_in(part, (*path, name))]]


@st.composite
def spoiled(draw: st.DrawFn, ordinary: dict[str, Any]) -> dict[str, Any]:
    """Change, remove or add up to three things in something ordinary."""
    data = copy.deepcopy(ordinary)
    for _time in range(draw(st.integers(0, 3))):
        *path, last = draw(st.sampled_from(places_in(data)))
        inner: Any = data
        for step in path:
            inner = inner[step]
        change = draw(st.sampled_from(["set", "remove", "add"]))
        if change == "set":
            inner[last] = draw(odd_values)
        elif change == "remove":
            del inner[last]
        elif isinstance(inner, dict):
            inner["surplus"] = draw(odd_values)
        else:
            inner.append(draw(odd_values))
        if not places_in(data):
            break
    return data


@pytest.mark.parametrize("what", sorted(SCHEMAS))
@given(choice=st.data())
def test_the_short_way_reads_what_the_fields_read(what: str, choice: st.DataObject) -> None:
    schema, ordinary = SCHEMAS[what]
    data = choice.draw(spoiled(ordinary))
    quickly = schema.quick(copy.deepcopy(data))
    if quickly is not None:
        assert quickly == fields_alone(schema, data)


@given(note=st.text(max_size=510), severity=st.integers(-1, 6), lat=st.floats() | st.integers(-200, 200))
def test_any_note_and_position_is_read_alike(note: str, severity: int, lat: float) -> None:
    position = {**RECORD["position"], "lat": lat}
    data = {**RECORD, "note": note, "severity": severity, "position": position}
    schema = SCHEMAS["a record"][0]
    quickly = schema.quick(data)
    if quickly is not None:
        assert quickly == fields_alone(schema, data)


@given(
    steps=st.lists(st.integers(-400_000_000, 400_000_000), min_size=1, max_size=5),
    start=st.integers(-91_000_000, 91_000_000),
    accuracies=st.lists(st.none() | st.integers(-1, 10_000_001), min_size=1, max_size=5),
)
def test_any_track_is_read_alike(steps: list[int], start: int, accuracies: list[int | None]) -> None:
    data = {**SEGMENT, "carried": 0, "lat0": start, "dt": steps, "dlat": steps, "dlon": steps, "acc": accuracies}
    schema = SCHEMAS["a segment"][0]
    quickly = schema.quick(data)
    if quickly is not None:
        assert quickly == fields_alone(schema, data)


@pytest.mark.parametrize("what", sorted(SCHEMAS))
def test_the_ordinary_goes_the_short_way(what: str) -> None:
    schema, ordinary = SCHEMAS[what]
    quickly = schema.quick(ordinary)
    assert quickly is not None
    assert quickly == fields_alone(schema, ordinary) == schema.load(ordinary)
