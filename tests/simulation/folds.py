"""What records must look like, from the operations that took effect on them: a second, plainer telling of the rules."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.simulation.poison import WORD

if TYPE_CHECKING:
    from tests.simulation.oracle import Tables

Row = dict[str, Any]
ROUND_STATES = {"round.start": "open", "round.pause": "paused", "round.resume": "open", "round.end": "ended"}
FIELDS = ("category", "place", "floor", "severity", "note")
BAD_CATEGORY = "ZZ99"


def is_poison(entry: Row) -> bool:
    """Tell whether an operation was made to be held: unknown category, failing handler, a field out of bounds."""
    body = entry["body"] or {}
    data = body.get("data") or {}
    fields = data.get("set", data)
    photos = fields.get("photos") or []
    return bool(
        fields.get("category") == BAD_CATEGORY
        or WORD in str(fields.get("note"))
        or fields.get("severity") == 9
        or "unheard" in data
        # A photo where the record has become one of persons, or has all its slots taken.
        or (photos and entry["type"] == "observation.correct")
    )


def faults(tables: Tables, told: Mapping[str, Row]) -> Iterator[str]:
    """Return where the domain is not what the operations that took effect make of it."""
    applied = sorted((row for row in tables.ledger if row["outcome"] == "applied"), key=lambda row: row["seq"])
    by_entity: dict[UUID, list[Row]] = defaultdict(list)
    for entry in applied:
        by_entity[entry["entity_id"]].append(entry)
    yield from _round_faults(tables, by_entity)
    yield from _once(tables.segments, applied, "track.segment")
    yield from _once(tables.gaps, applied, "gap.record")
    yield from _observation_faults(tables, by_entity)
    yield from _consequences(tables, by_entity)
    yield from _segment_faults(tables, told, applied)


def _once(rows: list[Row], applied: list[Row], kind: str) -> Iterator[str]:
    wanted = {entry["entity_id"] for entry in applied if entry["type"] == kind}
    found = {row["id"] for row in rows}
    if wanted != found:
        yield f"{kind}: {len(wanted - found)} that took effect are not there, {len(found - wanted)} come from nowhere"


def _segment_faults(tables: Tables, told: Mapping[str, Row], applied: list[Row]) -> Iterator[str]:
    """The ledger keeps no bodies of segments: their columns are compared with what the phone said."""
    stored = {row["id"]: row for row in tables.segments}
    for entry in applied:
        operation = told.get(str(entry["id"]))
        row = stored.get(entry["entity_id"])
        if entry["type"] != "track.segment" or operation is None or row is None:
            continue
        kept = row["columns"]
        if kept is not None and any(kept[name] != operation["data"][name] for name in kept):
            yield f"the segment n {entry['n']} is stored with other positions"
        if row["fix_count"] != len(operation["data"]["dt"]):
            yield f"the segment n {entry['n']} is stored with another number of positions"


def _round_faults(tables: Tables, by_entity: Mapping[UUID, list[Row]]) -> Iterator[str]:
    rows = {row["id"]: row for row in tables.rounds}
    for entity, entries in by_entity.items():
        if not entries[0]["type"].startswith("round."):
            continue
        row = rows.pop(entity, None)
        if row is None or entries[0]["type"] != "round.start":
            yield f"round {str(entity)[-6:]} took effect and is not there"
            continue
        state, rev = "open", 1
        for entry in entries[1:]:
            if entry["type"] == "round.start":
                rev += 1
            elif ROUND_STATES[entry["type"]] != state:
                state, rev = ROUND_STATES[entry["type"]], rev + 1
        party = [entry for entry in entries if entry["type"] == "round.start"][-1]["body"]["data"]["party_size"]
        if (row["state"], row["rev"], row["party_size"]) != (state, rev, party):
            found = (row["state"], row["rev"], row["party_size"])
            yield f"round {str(entity)[-6:]} is {found} and should be {(state, rev, party)}"
    if rows:
        yield f"{len(rows)} rounds come from nowhere"


def _observation_faults(tables: Tables, by_entity: Mapping[UUID, list[Row]]) -> Iterator[str]:
    rows = {row["id"]: row for row in tables.observations}
    edits: dict[UUID, dict[int, Row]] = defaultdict(dict)
    for edit in tables.edits:
        edits[edit["observation_id"]][edit["rev"]] = edit
    for entity, entries in by_entity.items():
        if not entries[0]["type"].startswith(("observation.", "visit.")):
            continue
        row, name = rows.pop(entity, None), f"record {str(entity)[-6:]}"
        if row is None or entries[0]["type"] not in {"observation.record", "visit.check"}:
            yield f"{name} took effect and is not there"
            continue
        if sorted(edits[entity]) != list(range(2, row["rev"] + 1)):
            yield f"{name} has revision {row['rev']} and edits {sorted(edits[entity])}"
        yield from _folded(name, row, entries, edits[entity])
    if rows:
        yield f"{len(rows)} records come from nowhere"


def _folded(name: str, row: Row, entries: list[Row], edits: Mapping[int, Row]) -> Iterator[str]:
    fields = _first_fields(entries[0])
    rev, state = 1, "recorded"
    slots: dict[int, str] = {photo["slot"]: photo["sha256"] for photo in _photos_of(entries[0])}
    for entry in entries[1:]:
        while entry["rev"] > rev and rev + 1 in edits and edits[rev + 1]["kind"] == "recategorise":
            rev += 1
            fields["category"] = edits[rev]["changes"]["category"][1]
        wanted, photos = _set_fields(entry), _photos_of(entry)
        added = {photo["slot"]: photo["sha256"] for photo in photos if photo["slot"] not in slots}
        is_withdrawn = entry["type"] == "observation.withdraw" and state == "recorded"
        if is_withdrawn:
            state = "withdrawn"
        if is_withdrawn or added or any(fields[field] != value for field, value in wanted.items()):
            rev += 1
        fields |= wanted
        slots |= added
        if entry["rev"] != rev:
            yield f"{name}: n {entry['n']} made revision {entry['rev']} and should have made {rev}"
    for later in range(rev + 1, row["rev"] + 1):
        if edits[later]["kind"] == "recategorise":
            rev, fields["category"] = later, edits[later]["changes"]["category"][1]
    found = {"category": row["category_code"], "place": row["place_id"] and str(row["place_id"])}
    found |= {"floor": row["floor"] or None, "severity": row["severity"], "note": row["note"] or None}
    if (found, row["state"], row["rev"]) != (fields, state, rev):
        yield f"{name} is {found} {row['state']} {row['rev']} and should be {fields} {state} {rev}"


def _first_fields(entry: Row) -> Row:
    data = entry["body"]["data"]
    if entry["type"] == "visit.check":
        return {"category": "PO06", "place": data["place"], "floor": None, "severity": 1, "note": None}
    return {field: data[field] for field in FIELDS}


def _set_fields(entry: Row) -> Row:
    data = entry["body"]["data"]
    if entry["type"] == "observation.withdraw":
        return {}
    if entry["type"] == "visit.check":
        return _first_fields(entry)
    fields = data.get("set", data)
    return {field: fields[field] for field in FIELDS if field in fields}


def _photos_of(entry: Row) -> list[Row]:
    data = entry["body"]["data"]
    photos: list[Row] = data.get("set", data).get("photos") or []
    return photos


def _consequences(tables: Tables, by_entity: Mapping[UUID, list[Row]]) -> Iterator[str]:
    """One case for each damage, one more on a place's count for each record: what a second application would show."""
    cases = Counter(row["observation_id"] for row in tables.cases)
    if any(count > 1 for count in cases.values()):
        yield "a record has two cases"
    damage = {row["id"] for row in tables.observations if row["kind"] == "D" and row["state"] == "recorded"}
    if not damage <= set(cases):
        yield f"{len(damage - set(cases))} damages have no case"
    numbers = sorted(row["case_no"] for row in tables.cases)
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the case numbers are {numbers}"
    first = [entries[0] for entries in by_entity.values()]
    seen = Counter(
        _first_fields(entry)["place"] for entry in first if entry["type"] in {"observation.record", "visit.check"}
    )
    # A clock that counts no record is of a place that somebody passed: its fixes tell of it, not a record.
    counted = {str(row["place_id"]): row["seen_count"] for row in tables.clocks if row["seen_count"]}
    wanted = {place: count for place, count in seen.items() if place is not None}
    if counted != wanted:
        yield f"the places were seen {counted} times and should have been {wanted}"
