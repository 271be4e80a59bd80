"""What becomes of a case: by rule when damage arrives and changes, by people after that. Every step is kept and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.damage import events
from fieldapp.damage.clocks import set_clocks
from fieldapp.damage.commands import ListCases, ReviewCases, SetClocks, StepCase
from fieldapp.damage.facts import CASES_CHANGED, CaseFacts
from fieldapp.damage.models import Case
from fieldapp.damage.queries import case_in_tenant, case_page, count_cases, filter_of
from fieldapp.damage.steps import StepRefused, review_cases, take_step_by_rule
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Invalid
from tests.damage.conftest import Cases
from tests.make.world import World

PHONE_NUMBER = "Ring 070-123 45 67"


def history(cases: Cases, case: Case) -> list[tuple[str, str, str]]:
    return [(event.from_status, event.to_status, event.rule or event.by_role) for event in cases.history(case)]


def test_grave_damage_with_a_clean_text_is_reviewed_by_rule_and_recorded_so(cases: Cases) -> None:
    case = cases.log(severity=3)
    assert case.status == "granskad"
    assert history(cases, case) == [("ny", "granskad", "direct")]
    assert case.due_at == case.opened_at + timedelta(hours=24)


@pytest.mark.parametrize(
    "data", [{"note": PHONE_NUMBER}, {"note": PHONE_NUMBER, "note_confirmed": True}, {"category": "RE01"}]
)
def test_what_the_scanner_found_and_what_is_not_direct_waits_for_a_person(
    cases: Cases, data: dict[str, object]
) -> None:
    case = cases.log(**data)
    assert case.status == "ny"
    assert history(cases, case) == []


def test_a_case_goes_all_the_way_and_keeps_when(cases: Cases) -> None:
    case = cases.log(category="RE01", severity=2)
    assert case.due_at is None
    for hours, (to, role) in enumerate(
        [("granskad", Role.SUPERVISOR), ("bekraftad", Role.MAINTENANCE), ("pagar", Role.MAINTENANCE),
         ("atgardad", Role.MAINTENANCE), ("kontrollerad", Role.SUPERVISOR), ("stangd", Role.SUPERVISOR)]
    ):  # fmt: skip
        cases.world.clock.advance(timedelta(hours=1))
        assert cases.step(case, to, role=role), hours
    done = cases.now(case)
    assert (done.status, done.mend_minutes) == ("stangd", 240)
    assert done.verified_at == done.opened_at + timedelta(hours=5)
    assert done.closed_at == done.opened_at + timedelta(hours=6)
    assert [who for _from, _to, who in history(cases, case)] == [
        "supervisor", "maintenance", "maintenance", "maintenance", "supervisor", "supervisor",
    ]  # fmt: skip


def test_a_step_asked_for_twice_is_confirmed_and_kept_once(cases: Cases) -> None:
    case = cases.log()
    assert cases.step(case, "pagar")
    assert not cases.step(case, "pagar")
    assert len(history(cases, case)) == 2


def test_a_step_back_is_refused(cases: Cases) -> None:
    case = cases.log()
    cases.step(case, "pagar")
    with pytest.raises(StepRefused) as refused:
        cases.step(case, "bekraftad")
    assert refused.value.details == {"status": "pagar", "to": "bekraftad"}


@pytest.mark.parametrize("reason", ["", PHONE_NUMBER])
def test_nobody_rejects_without_a_reason_or_with_personal_data_in_it(cases: Cases, reason: str) -> None:
    case = cases.log()
    with pytest.raises(Invalid):
        cases.step(case, "avvisad", reason)
    assert cases.now(case).status == "granskad"


def test_the_hosts_phone_hears_of_every_step(cases: Cases) -> None:
    case = cases.log()
    cases.phone.pull()
    cases.step(case, "atgardad")
    [row] = [row for row in cases.phone.pull() if row["kind"] == "observation"]
    assert row["body"]["case"] == {"case_no": case.case_no, "status": "atgardad"}


def test_steps_are_audited(cases: Cases, world: World) -> None:
    case = cases.log()
    cases.step(case, "pagar")
    with world.as_home():
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "case:step")).all()
    assert [(event.subject_id, event.facts) for event in found] == [
        (case.id, {"case_no": case.case_no, "status": "pagar"})
    ]


def test_a_withdrawn_record_rejects_its_case_and_nothing_is_deleted(cases: Cases) -> None:
    case = cases.log()
    cases.withdraw(case)
    after = cases.now(case)
    assert (after.status, after.status_reason, after.revision) == ("avvisad", "återtagen", 2)
    assert history(cases, case)[-1] == ("granskad", "avvisad", "withdrawn")
    with pytest.raises(StepRefused):
        cases.step(case, "ny")


def test_what_was_mended_stays_mended_when_its_record_is_withdrawn(cases: Cases) -> None:
    case = cases.log()
    cases.step(case, "atgardad")
    cases.withdraw(case)
    assert cases.now(case).status == "atgardad"


def test_a_correction_after_review_is_a_new_revision(cases: Cases) -> None:
    case = cases.log()
    cases.correct(case, severity=2, floor="2")
    after = cases.now(case)
    assert (after.status, after.revision, after.severity, after.due_at) == ("granskad", 2, 2, None)
    event = cases.history(case)[-1]
    assert (event.rule, event.revision, event.from_status, event.to_status) == ("corrected", 2, "granskad", "granskad")


def test_a_correction_that_cleans_the_text_lets_the_rule_review(cases: Cases) -> None:
    case = cases.log(note=PHONE_NUMBER)
    cases.correct(case, note="På dörren")
    assert cases.now(case).status == "granskad"
    assert history(cases, case) == [("ny", "ny", "corrected"), ("ny", "granskad", "direct")]


def test_a_duplicate_names_the_case_that_goes_on(cases: Cases) -> None:
    first, second = cases.log(), cases.log()
    assert cases.merge(second, first.case_no).id == first.id
    after = cases.now(second)
    assert (after.status, after.duplicate_of_id) == ("dubblett", first.id)
    cases.step(second, "ny")
    assert cases.now(second).duplicate_of_id is None


def test_a_case_is_no_duplicate_of_itself_of_nothing_or_of_what_is_set_aside(cases: Cases) -> None:
    first, second, third = cases.log(), cases.log(), cases.log()
    cases.merge(second, first.case_no)
    for number in (third.case_no, 999, second.case_no):
        with pytest.raises(Invalid):
            cases.merge(third, number)


def test_a_case_opened_again_goes_on_as_a_new_one_that_names_the_first(cases: Cases) -> None:
    first = cases.log()
    cases.step(first, "atgardad")
    cases.world.clock.advance(timedelta(days=2))
    made = cases.reopen(first)
    assert (made.status, made.reopens_id, made.case_no) == ("granskad", first.id, first.case_no + 1)
    assert made.due_at == made.opened_at + timedelta(hours=24)
    assert cases.now(first).status == "ateroppnad"
    assert cases.of(str(first.observation_id)).id == made.id
    with pytest.raises(StepRefused):
        cases.reopen(first)
    cases.withdraw(made)
    assert cases.now(made).status == "avvisad"


def test_clocks_are_the_organisations_and_hold_for_what_comes_after(cases: Cases, world: World) -> None:
    before = cases.log()
    with world.as_home(write=True):
        set_clocks(world.home.actor(Role.SUPERVISOR), SetClocks({1: None, 2: 72, 3: 8, 4: None}), clock=world.clock)
    assert cases.now(before).due_at == before.opened_at + timedelta(hours=24)
    assert [cases.log(severity=severity).due_at for severity in (1, 4)] == [None, None]
    graffiti = cases.log(severity=3)
    assert graffiti.due_at == graffiti.opened_at + timedelta(hours=8)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[CaseFacts]:
    """What is announced of cases."""
    found: list[CaseFacts] = []
    monkeypatch.setattr(changes, "_reactions", {**changes._reactions, CASES_CHANGED: [found.extend]})
    return found


def test_every_line_of_the_history_is_announced_with_the_revision_a_receiver_is_to_have(
    cases: Cases, told: list[CaseFacts]
) -> None:
    case = cases.log()
    cases.correct(case, floor="2")
    cases.step(case, "avvisad", "Redan gjort")
    cases.step(case, "ny")
    cases.step(case, "granskad")
    assert [(facts.from_status, facts.status, facts.rule, facts.revision) for facts in told] == [
        ("", "granskad", "direct", 1),
        ("granskad", "granskad", "corrected", 2),
        ("granskad", "avvisad", "", 3),
        ("avvisad", "ny", "", 4),
        ("ny", "granskad", "", 4),
    ]
    assert {facts.case_id for facts in told} == {case.id}


def test_a_receivers_word_is_a_step_by_rule_with_its_text_masked(cases: Cases, world: World) -> None:
    case = cases.log()
    world.clock.advance(timedelta(hours=3))
    for to, rule, said in (
        ("skickad", events.SENT, ""),
        ("pagar", events.RECEIVER, PHONE_NUMBER),
        ("atgardad", events.RECEIVER, ""),
    ):
        with world.as_home(write=True):
            opened = case_in_tenant(case.id)
            assert opened
            assert take_step_by_rule(opened, StepCase(to, said), rule, at=world.clock.now() - timedelta(hours=1))
    assert history(cases, case)[1:] == [
        ("granskad", "skickad", "sent"),
        ("skickad", "pagar", "receiver"),
        ("pagar", "atgardad", "receiver"),
    ]
    assert "070" not in cases.history(case)[-2].reason
    assert cases.now(case).mend_minutes == 120


def test_the_clock_of_a_case_opened_again_is_not_set_back_by_a_correction(cases: Cases, world: World) -> None:
    first = cases.log()
    cases.step(first, "atgardad")
    world.clock.advance(timedelta(days=2))
    made = cases.reopen(first)
    cases.correct(made, severity=4)
    assert cases.now(made).due_at == made.opened_at + timedelta(hours=24)


def test_several_are_reviewed_at_once_and_those_that_cannot_stay(cases: Cases, world: World) -> None:
    waiting = [cases.log(category="RE01") for _ in range(3)]
    done = cases.log()
    cases.step(done, "atgardad")
    command = ReviewCases(tuple(case.id for case in (*waiting, done)), "granskad")
    with world.as_home(write=True):
        assert review_cases(world.home.actor(Role.SUPERVISOR), command, clock=world.clock) == 3
    assert [cases.now(case).status for case in (*waiting, done)] == ["granskad"] * 3 + ["atgardad"]


def test_the_overdue_filter_and_the_count_say_the_same(cases: Cases, world: World) -> None:
    late, mended, planned = cases.log(), cases.log(), cases.log(severity=1)
    cases.step(mended, "atgardad")
    world.clock.advance(timedelta(hours=25))
    now = world.clock.now()
    with world.as_home():
        asked = filter_of(ListCases(overdue=True), "Europe/Stockholm", now, {}, None)
        assert [case.id for case in case_page(asked, None, 10)[0]] == [late.id]
        everything = filter_of(ListCases(status="all"), "Europe/Stockholm", now, {}, None)
        assert count_cases(everything, now).overdue == 1
        assert {case.id for case in case_page(everything, None, 10)[0]} == {late.id, mended.id, planned.id}
