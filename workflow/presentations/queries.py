"""Reads the agenda of a conference with its slots and its screen; two statements."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from workflow.db.statements import Query, slot
from workflow.files.slides import SLIDES
from workflow.models import Agenda, AgendaChange, AgendaSlot, Conference, Person, Proposal, ProposalFile, Screen
from workflow.models.base import table_of
from workflow.presentations.agenda import AgendaView, ScreenLine, Slot, timed
from workflow.rules.states import OrderedBy, SlotKind, SlotState

_a, _s, _p, _screen, _f = Agenda, AgendaSlot, Proposal, Screen, ProposalFile
# How many pages the slides of a project have that are there.
_slides = (
    select(func.coalesce(func.sum(_f.pages), 0))
    .where(_f.proposal_id == _s.proposal_id, _f.kind == SLIDES, _f.removed_at.is_(None))
    .scalar_subquery()
)


# Constants, because each press of a button of the remote control asks them.
_CONFERENCE = slot("conference", _a.conference_id)
_AGENDA = Query(
    select(
        *table_of(_a).c, Conference.starts_at.label("conference_starts_at"),
        _screen.version.label("screen_version"), _screen.slot_id, _screen.started_at, _screen.paused_at,
        _screen.extra_seconds, _screen.slide, _screen.moderator_id, Person.name.label("moderator"),
    )
    .join(Conference, Conference.id == _a.conference_id)
    .join(_screen, _screen.conference_id == _a.conference_id)
    .outerjoin(Person, Person.id == _screen.moderator_id)
    .where(_a.conference_id == _CONFERENCE)
)  # fmt: skip
_SLOTS = Query(
    select(*table_of(_s).c, _p.number, _p.title.label("project_title"), _p.summary, _p.sector, _p.area, _p.cost,
           _p.state.label("project_state"), _slides.label("slides"))
    .outerjoin(_p, _p.id == _s.proposal_id)
    .where(_s.conference_id == _CONFERENCE)
    .order_by(_s.place, _s.id)
)  # fmt: skip


def read_agenda(tx: Connection, conference_id: int) -> AgendaView | None:
    """The agenda of a conference; None where there is none. The seed is left out before the draw."""
    row = _AGENDA.first(tx, {"conference": conference_id})
    return _agenda(row, _slots(tx, conference_id)) if row else None


def _agenda(row: Any, slots: list[Slot]) -> AgendaView:
    starts_at: datetime | None = row.starts_at or row.conference_starts_at
    screen = ScreenLine(row.screen_version, row.slot_id, row.started_at, row.paused_at, row.extra_seconds,
                        row.slide, row.moderator_id, row.moderator or "")  # fmt: skip
    return AgendaView(
        row.conference_id, row.version, starts_at, OrderedBy(row.ordered_by), row.commitment,
        row.seed if row.drawn_at else "", row.word, row.drawn_at, row.frozen_from, row.published_at,
        timed(slots, starts_at), screen,
    )  # fmt: skip


def _slots(tx: Connection, conference_id: int) -> list[Slot]:
    return [
        Slot(
            row.id, row.place, SlotKind(row.kind), row.project_title or row.title, row.minutes, row.presenter,
            SlotState(row.state), row.began_at, row.ended_at, row.proposal_id, row.number, row.summary or "",
            row.sector or "", row.area or "", row.cost, row.project_state, slides=row.slides,
        )
        for row in _SLOTS.all(tx, {"conference": conference_id})
    ]  # fmt: skip


def is_published(tx: Connection, conference_id: int) -> bool:
    """Whether the agenda of a conference is public."""
    query = select(_a.conference_id).where(_a.conference_id == conference_id, _a.published_at.is_not(None))
    return tx.execute(query).first() is not None


def changes_of(tx: Connection, conference_id: int) -> list[Any]:
    """What was done to the agenda, the newest first: kind, reason, at and by whom."""
    c = AgendaChange
    query = (
        select(c.kind, c.reason, c.at, Person.name.label("by"))
        .join(Person, Person.id == c.by_id)
        .where(c.conference_id == conference_id)
        .order_by(c.id.desc())
        .limit(50)
    )
    return list(tx.execute(query))
