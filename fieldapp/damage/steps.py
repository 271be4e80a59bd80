"""The writer of what people do with cases: review, mend, set aside, open again. Each step is kept, audited and told to the host."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.damage import events, rules
from fieldapp.damage.clocks import read_clocks
from fieldapp.damage.commands import MergeCase, ReopenCase, ReviewCases, StepCase
from fieldapp.damage.events import By
from fieldapp.damage.models import Case
from fieldapp.damage.queries import OpenedCase, cases_by_id
from fieldapp.damage.service import take_numbers
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Conflict, Invalid
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.observations.models import Observation
from fieldapp.observations.rules import judge_note

KIND = "case"
REASON_CHARS_MAX = 500
MERGED_MIN = 2


class StepRefused(Conflict):
    """The case cannot go there from where it stands; `details` say both."""

    code = "illegal_transition"


def take_step(actor: Actor, opened: OpenedCase, command: StepCase, *, clock: Clock) -> bool:
    """Take a case to another status. Return whether that changed anything: a step asked for twice is confirmed.

    Raises:
        StepRefused: the case cannot go there.
        Invalid: the reason is missing, or holds personal data.
    """
    _check_reason(command.to, command.reason)
    return _step(actor, opened.case, opened.observation, command, clock.now())


def take_step_by_rule(opened: OpenedCase, command: StepCase, rule: str, *, at: datetime) -> bool:
    """Take a step that no person here asks for. Return whether that changed anything.

    `rule`: a receiver took the order (`events.SENT`), or says how mending goes (`events.RECEIVER`). `at`: when it happened, as
    far as that is believed. A receiver's text is kept masked, and not at all where it may hold special categories of data.

    Raises:
        StepRefused: the case cannot go there.
    """
    reason = _masked(command.reason)
    if command.to in rules.REASON_NEEDED and not reason:
        reason = rules.BY_RECEIVER
    by = By.of_rule(rule)
    return _step(by, opened.case, opened.observation, StepCase(command.to, reason), at)


def _masked(text: str) -> str:
    judged = judge_note(text, is_confirmed=True)
    return "" if judged.state == "sensitive" else judged.masked[:REASON_CHARS_MAX]


def complete_case(case: Case, rule: str, *, at: datetime) -> None:
    """Give a case a new revision: what came late, as photos do, is for whoever has received it already."""
    case.revision += 1
    case.updated_at = at
    events.tell(case, By.of_rule(rule), case.status, at)


def review_cases(actor: Actor, command: ReviewCases, *, clock: Clock) -> int:
    """Take several cases to another status, those that can go there. Return how many did; the others stay as they are.

    Raises:
        Invalid: as `take_step`.
    """
    _check_reason(command.to, command.reason)
    now, count = clock.now(), 0
    for case, observation in cases_by_id(command.cases):
        if rules.judge_step(case.status, command.to) is rules.Verdict.CHANGE and _may_be_damage(
            case, observation, command.to
        ):
            count += _step(actor, case, observation, StepCase(command.to, command.reason), now)
    return count


def merge_case(actor: Actor, opened: OpenedCase, command: MergeCase, *, clock: Clock) -> Case:
    """Say that a case is the same damage as another, which goes on for both. Return the other.

    Raises:
        StepRefused: the case cannot be set aside any more.
        Invalid: there is no other case of that number that goes on.
    """
    other = db.session.scalar(select(Case).where(Case.case_no == command.duplicate_of))
    if other is None or other.id == opened.case.id:
        raise Invalid("no such case", errors={"duplicate_of": ["unknown"]})
    if not rules.is_open(other.status) and other.status not in rules.MENDED_STATUSES:
        raise Invalid("the other case does not go on", errors={"duplicate_of": ["set_aside"]})
    if opened.case.status == "dubblett" and opened.case.duplicate_of_id != other.id:
        raise StepRefused(status="dubblett", to="dubblett")
    _set_duplicate(actor, opened.case, opened.observation, other, clock.now())
    return other


def _set_duplicate(actor: Actor, case: Case, observation: Observation, other: Case, now: datetime) -> bool:
    if rules.judge_step(case.status, "dubblett") is rules.Verdict.CHANGE:
        case.duplicate_of_id = other.id
    return _step(actor, case, observation, StepCase("dubblett", ""), now, duplicate_of=other.case_no)


def merge_cases(actor: Actor, command: ReviewCases, *, clock: Clock) -> tuple[Case, int]:
    """Say that several cases are the same damage: that of the lowest number goes on for all. Return it, and how many others.

    Raises:
        Invalid: they are not of one category, or fewer than two of them are open.
    """
    found = [(case, record) for case, record in cases_by_id(command.cases) if rules.is_open(case.status)]
    if len(found) < MERGED_MIN or len({case.category_code for case, _record in found}) > 1:
        raise Invalid("not the same damage", errors={"cases": ["not_alike"]})
    now, first = clock.now(), found[0][0]
    return first, sum(_set_duplicate(actor, case, record, first, now) for case, record in found[1:])


def reopen_case(actor: Actor, opened: OpenedCase, command: ReopenCase, *, clock: Clock) -> Case:
    """Open a case anew, under a number of its own, for damage that was told to be mended and is not. It names the first.

    Raises:
        StepRefused: the case was not mended.
        Invalid: as `take_step`.
    """
    _check_reason("ateroppnad", command.reason)
    now, first = clock.now(), opened.case
    if rules.judge_step(first.status, "ateroppnad") is not rules.Verdict.CHANGE:
        raise StepRefused(status=first.status, to="ateroppnad")
    _step(actor, first, opened.observation, StepCase("ateroppnad", command.reason), now)
    [number] = take_numbers(actor.tenant_id, 1)
    made = _made_again(first, number, now)
    db.session.add(made)
    db.session.flush()
    made.status = "granskad"
    events.tell(made, By.person(actor), "ny", now, command.reason)
    return made


def _made_again(first: Case, number: int, now: datetime) -> Case:
    """Return the case that goes on where the first was thought to be done. Its clock begins anew."""
    return Case(
        id=uuid7(now),
        tenant_id=first.tenant_id,
        observation_id=first.observation_id,
        zone_id=first.zone_id,
        category_code=first.category_code,
        severity=first.severity,
        case_no=number,
        public_id=uuid.uuid4(),
        revision=1,
        status="ny",
        status_reason="",
        reopens_id=first.id,
        opened_at=now,
        due_at=read_clocks(first.tenant_id).due_at(first.severity, now),
        updated_at=now,
    )


def _check_reason(to: str, reason: str) -> None:
    if to in rules.REASON_NEEDED and not reason:
        raise Invalid("a reason is needed", errors={"reason": ["missing"]})
    if judge_note(reason, is_confirmed=False).state != "clean":
        raise Invalid("the text holds personal data", errors={"reason": ["personal_data"]})


def _may_be_damage(case: Case, observation: Observation, to: str) -> bool:
    """Tell whether a case may be taken up again: not when its host took the damage back, or it is none."""
    return to != "ny" or (observation.state == "recorded" and observation.kind == "D")


def _step(
    who: Actor | By, case: Case, observation: Observation, command: StepCase, now: datetime, **facts: Any
) -> bool:
    verdict = rules.judge_step(case.status, command.to)
    if verdict is rules.Verdict.CONFIRMED:
        return False
    if verdict is rules.Verdict.REFUSED or not _may_be_damage(case, observation, command.to):
        raise StepRefused(status=case.status, to=command.to)
    before = case.status
    case.status, case.status_reason, case.updated_at = command.to, _kept_reason(command), now
    case.revision += rules.is_new_to_receivers(before, command.to)
    _set_times(case, observation, now)
    events.tell(case, who if isinstance(who, By) else By.person(who), before, now, command.reason)
    changes.note(case.tenant_id, "observation", observation.id, at=now, audience=(observation.author_id,))
    if isinstance(who, Actor):
        told = {"case_no": case.case_no, "status": command.to, **facts}
        audit.write(case.tenant_id, "case:step", at=now, actor=who, subject=(KIND, case.id), **told)
    return True


def _kept_reason(command: StepCase) -> str:
    """Return what stays with the status: why it was set aside. A note of who mended it is in the history."""
    return command.reason if command.to in rules.REASON_NEEDED else ""


def _set_times(case: Case, observation: Observation, now: datetime) -> None:
    if case.status == "atgardad":
        since = case.opened_at if case.reopens_id else observation.occurred_at
        case.mended_at = now
        case.mend_minutes = max(0, int((now - since).total_seconds() // 60))
        case.mend_bucket_h = rules.mend_bucket_h(case.mend_minutes)
    elif case.status == "kontrollerad":
        case.verified_at = now
    elif case.status == "ny":
        case.closed_at, case.duplicate_of_id = None, None
    if case.status in {"stangd", "ateroppnad", *rules.SET_ASIDE_STATUSES}:
        case.closed_at = now
