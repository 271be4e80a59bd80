"""Reads of what comes back, for the page of a receiver's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from fieldapp.damage.models import Case
from fieldapp.export.models import Receiver
from fieldapp.export.status_models import InboundSecret, ReceivedStatus, ReceiverPoll, StatusWord
from fieldapp.export.status_rules import DEFAULTS, MAPPABLE, NOTHING
from fieldapp.export.status_words import MEANINGS, UNKNOWN, meaning_word
from fieldapp.infra.db import db

PAGE_ROWS = 50
WORDS_MAX = 300


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report, with its case's number where it has a case."""

    report: ReceivedStatus
    number: int | None


@dataclass(frozen=True, slots=True)
class StatusesView:
    """What the page of a receiver's words shows. `older`: before which report the next page begins, if there is one."""

    receiver: Receiver
    words: Sequence[StatusWord]
    reports: Sequence[ReportLine]
    older: UUID | None
    poll: ReceiverPoll | None
    inbound_address: str

    @property
    def unknown_count(self) -> int:
        """Return how many words mean nothing yet."""
        return sum(not _is_known(word) for word in self.words)

    @staticmethod
    def meanings(word: StatusWord) -> list[tuple[str, str]]:
        """Return what a word may be made to mean; "" leaves it to its standard, or to nobody."""
        usual = str(UNKNOWN)
        if word.word in DEFAULTS:
            usual = _("%(meaning)s, som ordet brukar betyda", meaning=meaning_word(word.word, None))
        return [("", usual), *((status, str(MEANINGS[status])) for status in (*MAPPABLE, NOTHING))]


def _is_known(word: StatusWord) -> bool:
    return word.status is not None or word.word in DEFAULTS


def statuses_view(receiver: Receiver, before: UUID | None, address_of: str) -> StatusesView:
    """Read the page in five queries. `address_of` is where calls come to, before the receiver's own part of it."""
    query = select(StatusWord).where(StatusWord.receiver_id == receiver.id)
    words = db.session.scalars(query.order_by(StatusWord.status.is_not(None), StatusWord.word).limit(WORDS_MAX)).all()
    secret = db.session.get(InboundSecret, (receiver.tenant_id, receiver.id))
    lines = _reports(receiver, before)
    return StatusesView(
        receiver,
        sorted(words, key=lambda word: (_is_known(word), word.word)),
        lines[:PAGE_ROWS],
        lines[PAGE_ROWS - 1].report.id if len(lines) > PAGE_ROWS else None,
        db.session.get(ReceiverPoll, (receiver.tenant_id, receiver.id)),
        address_of + secret.address if secret else "",
    )


def _reports(receiver: Receiver, before: UUID | None) -> list[ReportLine]:
    """Read a page and one more, the newest first: ids are in the order in which reports came."""
    query = (
        select(ReceivedStatus, Case.case_no)
        .outerjoin(Case, Case.id == ReceivedStatus.case_id)
        .where(ReceivedStatus.receiver_id == receiver.id)
        .order_by(ReceivedStatus.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if before is not None:
        query = query.where(ReceivedStatus.id < before)
    return [ReportLine(row[0], row[1]) for row in db.session.execute(query)]
