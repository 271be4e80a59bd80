"""The only writer of what comes back: each report is kept once, judged, and takes its case a step where the flow allows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.damage import events, steps
from fieldapp.damage.commands import StepCase
from fieldapp.damage.models import Case
from fieldapp.damage.queries import OpenedCase, cases_by_id
from fieldapp.export import status_rules as rules
from fieldapp.export.models import Delivery, Receiver
from fieldapp.export.status_models import ReceivedStatus, StatusWord
from fieldapp.export.status_rules import Outcome, StatusReport
from fieldapp.infra.db import db
from fieldapp.kernel.errors import Invalid
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.observations.rules import judge_note

DECIDED = (Outcome.APPLIED, Outcome.SAME)
UNDECIDED = (Outcome.UNKNOWN, Outcome.STRAY)
STRAYS_MAX = 10_000


def take_reports(
    receiver: Receiver, reports: Iterable[StatusReport], *, source: str, clock: Clock, keep_strays: bool = True
) -> Counter[Outcome]:
    """Keep what a receiver says, in a transaction of the caller's; what was said before is passed over.

    A receiver speaks of what it received, and of nothing else: a report of another case is a stray. Return how many of the new
    reports came to which outcome.
    """
    now = clock.now()
    new = _new_ones(receiver, reports)
    found = _cases_told_of(receiver, new)
    rows = [_row(receiver, report, found.get(report.key), source, now) for report in new]
    kept = [row for row in rows if row.case_id is not None or keep_strays]
    db.session.add_all(kept)
    _count_words(receiver, kept, now)
    db.session.flush()
    return _judge(receiver, kept)


def judge_again(receiver: Receiver, of: Sequence[Outcome] = UNDECIDED) -> Counter[Outcome]:
    """Judge once more what nobody could judge: its word has a meaning now, or its order is known by now."""
    query = select(ReceivedStatus).where(ReceivedStatus.receiver_id == receiver.id, ReceivedStatus.outcome.in_(of))
    waiting = list(db.session.scalars(query.order_by(ReceivedStatus.at).limit(STRAYS_MAX)))
    strays = {row.key: row for row in waiting if row.case_id is None}
    if strays:
        asked = [StatusReport(row.key, row.external_id, row.case_no, row.word, row.at, "") for row in strays.values()]
        for key, case_id in _cases_told_of(receiver, asked).items():
            strays[key].case_id = case_id
    return _judge(receiver, [row for row in waiting if row.case_id is not None])


def map_words(
    actor: Actor, receiver: Receiver, meanings: Mapping[str, str | None], *, clock: Clock
) -> Counter[Outcome]:
    """Say what a receiver's words mean, and do what was told with those that meant nothing until now.

    Raises:
        Invalid: a word is to mean something that no receiver can say.
    """
    if any(status not in (None, rules.NOTHING, *rules.MAPPABLE) for status in meanings.values()):
        raise Invalid("no such meaning", errors={"status": ["unknown"]})
    now = clock.now()
    known = {row.word: row for row in _words_of(receiver)}
    changed = {}
    for given, status in meanings.items():
        word = rules.plain_word(given)
        if not word or (word in known and known[word].status == status):
            continue
        if word in known:
            known[word].status = status
        else:
            db.session.add(StatusWord(**_word_row(receiver, word, now), status=status))
        changed[word] = status
    db.session.flush()
    if not changed:
        return Counter()
    told = ", ".join(f"{word}: {status or '?'}" for word, status in sorted(changed.items()))
    audit.write(
        actor.tenant_id, "receiver:map_statuses", at=now, actor=actor, subject=("receiver", receiver.id), words=told
    )
    return judge_again(receiver)


def _new_ones(receiver: Receiver, reports: Iterable[StatusReport]) -> list[StatusReport]:
    given = {report.key: report for report in reports}
    query = select(ReceivedStatus.key).where(ReceivedStatus.receiver_id == receiver.id, ReceivedStatus.key.in_(given))
    known = set(db.session.scalars(query)) if given else set()
    return [report for key, report in given.items() if key not in known]


def _cases_told_of(receiver: Receiver, reports: Sequence[StatusReport]) -> dict[str, UUID]:
    """Return which case each report is about, by key: one that was handed to this receiver."""
    ids = {report.external_id for report in reports if report.external_id}
    numbers = {report.case_no for report in reports if report.case_no is not None}
    query = (
        select(Delivery.external_id, Case.case_no, Case.id)
        .join(Case, Case.id == Delivery.case_id)
        .where(
            Delivery.receiver_id == receiver.id,
            Delivery.tries > 0,
            Delivery.external_id.in_(ids) | Case.case_no.in_(numbers),
        )
    )
    by_id: dict[str, UUID] = {}
    by_number: dict[int, UUID] = {}
    for external_id, number, case_id in db.session.execute(query) if ids or numbers else ():
        by_number[number] = case_id
        if external_id:
            by_id[external_id] = case_id
    found = {report.key: by_id.get(report.external_id) or by_number.get(report.case_no or -1) for report in reports}
    return {key: case_id for key, case_id in found.items() if case_id is not None}


def _row(receiver: Receiver, report: StatusReport, case_id: UUID | None, source: str, now: datetime) -> ReceivedStatus:
    judged = judge_note(report.note, is_confirmed=True)
    return ReceivedStatus(
        id=uuid7(now),
        tenant_id=receiver.tenant_id,
        receiver_id=receiver.id,
        key=report.key,
        case_id=case_id,
        external_id=report.external_id,
        case_no=report.case_no,
        word=report.word,
        note="" if judged.state == "sensitive" else judged.masked,
        at=rules.believed_at(report.told_at, now),
        received_at=now,
        source=source,
        outcome=Outcome.STRAY,
    )


def _words_of(receiver: Receiver) -> Sequence[StatusWord]:
    return db.session.scalars(select(StatusWord).where(StatusWord.receiver_id == receiver.id)).all()


def _word_row(receiver: Receiver, word: str, now: datetime) -> dict[str, object]:
    return {
        "tenant_id": receiver.tenant_id,
        "receiver_id": receiver.id,
        "word": word,
        "first_at": now,
        "last_at": now,
        "count": 0,
    }


def _count_words(receiver: Receiver, rows: Sequence[ReceivedStatus], now: datetime) -> None:
    known = {row.word: row for row in _words_of(receiver)} if rows else {}
    for word, count in Counter(row.word for row in rows).items():
        if word not in known:
            known[word] = StatusWord(**_word_row(receiver, word, now))
            db.session.add(known[word])
        known[word].count += count
        known[word].last_at = now


def _judge(receiver: Receiver, rows: Sequence[ReceivedStatus]) -> Counter[Outcome]:
    """Judge reports, oldest first, so that a heap of them ends where the newest says."""
    table = {row.word: row.status for row in _words_of(receiver) if row.status is not None} if rows else {}
    asked = {row.case_id for row in rows if row.case_id}
    cases = {case.id: OpenedCase(case, record, "") for case, record in cases_by_id(asked)} if asked else {}
    newest = _newest_decided(receiver, cases)
    for row in sorted(rows, key=lambda row: (row.at, row.received_at)):
        opened = cases.get(row.case_id) if row.case_id else None
        if opened is None:
            continue
        row.outcome = _apply(row, opened, rules.meaning_of(row.word, table), newest.get(opened.case.id))
        if row.outcome in DECIDED:
            newest[opened.case.id] = row.at
    db.session.flush()
    return Counter(Outcome(row.outcome) for row in rows)


def _newest_decided(receiver: Receiver, case_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    wanted = list(case_ids)
    if not wanted:
        return {}
    query = (
        select(ReceivedStatus.case_id, func.max(ReceivedStatus.at))
        .where(
            ReceivedStatus.receiver_id == receiver.id,
            ReceivedStatus.case_id.in_(wanted),
            ReceivedStatus.outcome.in_(DECIDED),
        )
        .group_by(ReceivedStatus.case_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0] is not None}


def _apply(row: ReceivedStatus, opened: OpenedCase, meaning: str | None, newest_at: datetime | None) -> Outcome:
    outcome = rules.judge_report(meaning, opened.case.status, row.at, newest_at)
    if outcome is not Outcome.APPLIED or meaning is None:
        return outcome
    try:
        steps.take_step_by_rule(opened, StepCase(meaning, row.note), events.RECEIVER, at=row.at)
    except steps.StepRefused:
        return Outcome.REFUSED
    return Outcome.APPLIED
