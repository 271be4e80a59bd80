"""Pull: each change once, in commit order, only what the user may see."""

import threading
import uuid

import pytest
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.infra import changes
from fieldapp.infra.changes import EVERYBODY, FeedRow
from fieldapp.infra.db import as_tenant, db
from tests.make.world import World


def test_a_new_phone_gets_everything_in_scope(any_world: World) -> None:
    rows = any_world.phone().pull()
    kinds = [row["kind"] for row in rows]
    assert kinds.count("category") == 43
    assert kinds.count("zone") == 1
    assert kinds.count("place") == 3
    assert kinds.count("organisation") == 1
    assert [row["seq"] for row in rows] == sorted({row["seq"] for row in rows})


def test_only_what_changed_comes_again_each_entity_once(any_world: World) -> None:
    phone = any_world.phone()
    phone.pull()
    record = phone.record()
    phone.acks(record)
    phone.acks(phone.operation("observation.correct", record["entity"], {"set": {"severity": 1}}, base=1))
    rows = phone.pull()
    assert [(row["kind"], row["id"], row["body"]["severity"]) for row in rows] == [("observation", record["entity"], 1)]
    assert phone.pull() == []


def test_reading_in_small_pages_gives_the_same_rows(world: World) -> None:
    phone = world.phone()
    whole = phone.pull()
    cursor, rows = None, []
    while True:
        query = {"limit": 7} | ({"cursor": cursor} if cursor else {})
        answer = phone.http.get("/api/v1/sync/pull", query_string=query, headers=phone.headers).json
        rows += answer["rows"]
        cursor = answer["cursor"]
        if not answer["more"]:
            break
    assert rows == whole


def test_hosts_get_their_own_records_and_nobody_elses(any_world: World) -> None:
    mine, colleague, stranger = (
        any_world.phone(),
        any_world.phone(role=Role.SUPERVISOR),
        any_world.phone(any_world.foreign),
    )
    record = mine.record(mine.start_round())
    mine.acks(record)
    assert set(mine.pulled("observation")) == {record["entity"]}
    for other in (colleague, stranger):
        seen = {row["id"] for row in other.pull(anew=True)}
        assert record["entity"] not in seen
        assert record["data"]["round"] not in seen


@pytest.mark.parametrize(
    ("cursor", "status", "code"),
    [("nonsense", 422, "bad_cursor"), ("a.b.c", 422, "bad_cursor"), ("eother.scope.5", 409, "epoch_changed")],
)
def test_a_cursor_that_does_not_fit_is_answered_exactly(world: World, cursor: str, status: int, code: str) -> None:
    phone = world.phone()
    answer = phone.http.get("/api/v1/sync/pull", query_string={"cursor": cursor}, headers=phone.headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_cursor_of_another_scope_starts_anew(world: World) -> None:
    phone = world.phone()
    phone.pull()
    epoch, _scope, seq = (phone.cursor or "").split(".")
    answer = phone.http.get("/api/v1/sync/pull", query_string={"cursor": f"{epoch}.other.{seq}"}, headers=phone.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "scope_changed")


def test_seqs_of_one_tenant_have_no_hole_that_fills_later(any_world: World) -> None:
    """A writer that is slow to commit keeps others from taking numbers: a reader never passes a number that comes later."""
    tenant_id, app, clock = any_world.home.id, any_world.app, any_world.clock
    is_holding, may_commit = threading.Event(), threading.Event()
    seen: list[list[int]] = []

    def write(*, slowly: bool) -> None:
        with app.app_context(), as_tenant(tenant_id, write=True):
            changes.note(tenant_id, "zone", uuid.uuid4(), at=clock.now())
            if slowly:
                is_holding.set()
                may_commit.wait(10)

    def read() -> None:
        with app.app_context(), as_tenant(tenant_id, write=False):
            seen.append(sorted(db.session.scalars(select(FeedRow.seq).where(FeedRow.audience == EVERYBODY))))

    slow = threading.Thread(target=write, kwargs={"slowly": True})
    slow.start()
    assert is_holding.wait(10)
    fast = threading.Thread(target=write, kwargs={"slowly": False})
    fast.start()
    fast.join(0.5)
    read()
    may_commit.set()
    slow.join(20)
    fast.join(20)
    read()
    before, after = seen
    assert after[: len(before)] == before
    assert len(after) == len(before) + 2


def test_documents_have_versions(world: World) -> None:
    phone = world.phone()
    address = f"/api/v1/sync/docs/tonight/{world.home.zone.id}"
    first = phone.http.get(address, headers=phone.headers)
    assert len(first.json["places"]) == 2
    same = phone.http.get(address, headers={**phone.headers, "If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
    phone.acks(phone.record(severity=4))
    changed = phone.http.get(address, headers={**phone.headers, "If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json["places"][-1] == {
        "place": str(world.home.places["cellar"].id),
        "last_seen_at": phone.record()["at"],
    }
    assert set(changed.json["handover"][0]) == {"category", "place", "severity", "on"}


def test_an_unknown_document_or_a_foreign_zone_is_not_found(world: World) -> None:
    phone = world.phone()
    for address in (f"tonight/{world.foreign.zone.id}", f"tonight/{uuid.uuid4()}", f"other/{world.home.zone.id}"):
        assert phone.http.get(f"/api/v1/sync/docs/{address}", headers=phone.headers).status_code == 404
