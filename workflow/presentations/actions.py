"""Writes of an agenda: generated from the admitted projects, ordered, timed, frozen and published by the office.

Each locks the row of the agenda, refuses a form that was filled in for an older version, and counts both its version
and that of the screen, so that every page that shows it asks again. No row of a project or of the edition is written.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, delete, insert, select, update

from workflow.base.errors import BadInput, Stale, found, not_ready
from workflow.base.i18n import _
from workflow.models import Agenda, AgendaChange, AgendaSlot, Conference, Edition, Person, Proposal, Screen
from workflow.presentations.agenda import AgendaView, by_draw, by_theme, moved
from workflow.presentations.queries import read_agenda
from workflow.rules.facts import Actor, Ref
from workflow.rules.settings_catalogue import value
from workflow.rules.states import OrderedBy, ProposalState, SlotKind
from workflow.voting.counting.draw import commitment

MOST_SLOTS = 200


class Done(StrEnum):
    """What is written down about an agenda."""

    GENERATED = "generated"
    DRAWN = "drawn"
    BY_THEME = "by_theme"
    BY_HAND = "by_hand"
    SLOTS = "slots"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


def generate(tx: Connection, conference_id: int, *, actor: Actor, at: datetime) -> int:
    """Put every admitted project that has no slot behind the others; returns how many. The first call makes the agenda.

    It commits to the seed of the draw at the same time: nobody sees it before the order is drawn, and there is one.
    """
    query = select(Conference.edition_id, Edition.settings).join(Edition, Edition.id == Conference.edition_id)
    row = found(tx.execute(query.where(Conference.id == conference_id)).one_or_none())
    agenda = _locked(tx, conference_id) or _made(tx, conference_id)
    minutes = value({"settings": row.settings}, "presentation_minutes")
    there = {slot.proposal_id for slot in agenda.slots}
    admitted = [project for project in _admitted(tx, row.edition_id) if project.id not in there]
    place = max((slot.place for slot in agenda.slots), default=0)
    for offset, project in enumerate(admitted, 1):
        tx.execute(insert(AgendaSlot).values(
            conference_id=conference_id, place=place + offset, kind=SlotKind.PROJECT, proposal_id=project.id,
            minutes=minutes, presenter="" if project.is_minor else project.name or "",
        ))  # fmt: skip
    if admitted:
        _note(tx, conference_id, Done.GENERATED, actor=actor, at=at)
        _count(tx, conference_id)
    return len(admitted)


def _made(tx: Connection, conference_id: int) -> AgendaView:
    seed = secrets.token_hex(32)
    committed = commitment(seed, str(Ref("conference", conference_id)))
    tx.execute(insert(Agenda).values(
        conference_id=conference_id, commitment=committed, seed=seed, ordered_by=OrderedBy.NUMBER,
    ))  # fmt: skip
    tx.execute(insert(Screen).values(conference_id=conference_id))
    return found(read_agenda(tx, conference_id))


def _admitted(tx: Connection, edition_id: int) -> Sequence[Any]:
    p, leader = Proposal, Person
    query = (
        select(p.id, leader.name, leader.is_minor)
        .outerjoin(leader, leader.id == p.leader_id)
        .where(p.edition_id == edition_id, p.state == ProposalState.ADMITTED)
        .order_by(p.number)
    )
    return tx.execute(query).all()


def add_slot(
    tx: Connection, conference_id: int, given: Mapping[str, Any], *, version: int, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Put a break or another item behind the others: `kind`, `title`, `minutes`; a reason after the freeze."""
    agenda = _changeable(tx, conference_id, given, version=version, actor=actor, at=at)
    if len(agenda.slots) >= MOST_SLOTS:
        raise BadInput({"title": _("An agenda has at most {most} items.", most=MOST_SLOTS)})
    if given["kind"] == SlotKind.OTHER and not given.get("title"):
        raise BadInput({"title": _("Write what the item is about.")})
    place = max((slot.place for slot in agenda.slots), default=0) + 1
    tx.execute(insert(AgendaSlot).values(
        conference_id=conference_id, place=place, kind=given["kind"], title=given.get("title") or "",
        minutes=given["minutes"],
    ))  # fmt: skip


def change_slot(tx: Connection, conference_id: int, slot_id: int, given: Mapping[str, Any], *, version: int) -> None:
    """Change the minutes, the presenter, or the title of an item that is no project; the order stays as it is."""
    slot = _slot(_fresh(tx, conference_id, version), slot_id)
    values = {"minutes": given["minutes"], "presenter": given.get("presenter") or ""}
    if not slot.is_project:
        values["title"] = given.get("title") or ""
    tx.execute(update(AgendaSlot).where(AgendaSlot.id == slot_id).values(**values))
    _count(tx, conference_id)


def remove_slot(
    tx: Connection, conference_id: int, slot_id: int, given: Mapping[str, Any], *, version: int, actor: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Take an item that waits off the agenda. Raises NotReady for one that was called."""
    agenda = _changeable(tx, conference_id, given, version=version, actor=actor, at=at)
    if not _slot(agenda, slot_id).is_waiting:
        raise not_ready("slot_called", _("This item was called already, so it stays on the agenda."))
    tx.execute(delete(AgendaSlot).where(AgendaSlot.id == slot_id))


def move_slot(
    tx: Connection, conference_id: int, slot_id: int, by: int, given: Mapping[str, Any], *, version: int,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Move an item so many places down, or up below zero."""
    agenda = _changeable(tx, conference_id, given, version=version, actor=actor, at=at, kind=Done.BY_HAND)
    _slot(agenda, slot_id)
    _place(tx, conference_id, moved(agenda.slots, slot_id, by), OrderedBy.HAND)


def order_by_theme(
    tx: Connection, conference_id: int, given: Mapping[str, Any], *, version: int, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Order the waiting projects by sector, then by number."""
    agenda = _changeable(tx, conference_id, given, version=version, actor=actor, at=at, kind=Done.BY_THEME)
    _place(tx, conference_id, by_theme(agenda.slots), OrderedBy.THEME)


def draw_order(
    tx: Connection, conference_id: int, given: Mapping[str, Any], *, version: int, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Draw the order of the waiting projects by the committed seed and the word said aloud, and show the seed.

    Once: raises NotReady for a second draw, which would let somebody draw until the order suits.
    """
    agenda = _changeable(tx, conference_id, given, version=version, actor=actor, at=at, kind=Done.DRAWN)
    if agenda.drawn_at:
        raise not_ready("drawn", _("The order was drawn already. There is one draw for a conference."))
    seed = tx.execute(select(Agenda.seed).where(Agenda.conference_id == conference_id)).scalar_one()
    word = given.get("word") or ""
    tx.execute(update(Agenda).where(Agenda.conference_id == conference_id).values(word=word, drawn_at=at))
    _place(tx, conference_id, by_draw(agenda.slots, seed=seed, word=word), OrderedBy.DRAW)


def set_times(tx: Connection, conference_id: int, given: Mapping[str, Any], *, version: int) -> None:
    """Say when the first item begins and from when the order is frozen; None: with the conference, and never."""
    _fresh(tx, conference_id, version)
    values = {"starts_at": given.get("starts_at"), "frozen_from": given.get("frozen_from")}
    tx.execute(update(Agenda).where(Agenda.conference_id == conference_id).values(**values))
    _count(tx, conference_id)


def publish(tx: Connection, conference_id: int, *, is_public: bool, version: int, actor: Actor, at: datetime) -> None:
    """Let everybody see the agenda, the screen and the audience's page, or nobody but the hosts any more."""
    agenda = _fresh(tx, conference_id, version)
    if is_public and not agenda.projects:
        raise not_ready("no_projects", _("There is no project on the agenda yet."))
    own = Agenda.conference_id == conference_id
    tx.execute(update(Agenda).where(own).values(published_at=at if is_public else None))
    _note(tx, conference_id, Done.PUBLISHED if is_public else Done.WITHDRAWN, actor=actor, at=at)
    _count(tx, conference_id)


def _locked(tx: Connection, conference_id: int) -> AgendaView | None:
    tx.execute(select(Agenda.conference_id).where(Agenda.conference_id == conference_id).with_for_update())
    return read_agenda(tx, conference_id)


def _fresh(tx: Connection, conference_id: int, version: int) -> AgendaView:
    """The locked agenda; NotFound where there is none, Stale where the form was filled in for another version."""
    agenda = found(_locked(tx, conference_id))
    if agenda.version != version:
        raise Stale(agenda.version)
    return agenda


def _changeable(
    tx: Connection, conference_id: int, given: Mapping[str, Any], *, version: int, actor: Actor, at: datetime,
    kind: Done = Done.SLOTS,
) -> AgendaView:  # fmt: skip
    """The locked agenda whose order is about to change; after its freeze with the reason, which is written down."""
    agenda = _fresh(tx, conference_id, version)
    reason = given.get("reason") or ""
    if agenda.is_frozen(at) and not reason:
        raise BadInput({"reason": _("The order is frozen. Write why it changes.")})
    if reason or kind is not Done.SLOTS:
        _note(tx, conference_id, kind, reason, actor=actor, at=at)
    _count(tx, conference_id)
    return agenda


def _slot(agenda: AgendaView, slot_id: int) -> Any:
    return found(next((slot for slot in agenda.slots if slot.id == slot_id), None))


def _place(tx: Connection, conference_id: int, order: Sequence[int], by: OrderedBy) -> None:
    places = case({slot_id: place for place, slot_id in enumerate(order, 1)}, value=AgendaSlot.id)
    tx.execute(update(AgendaSlot).where(AgendaSlot.conference_id == conference_id).values(place=places))
    tx.execute(update(Agenda).where(Agenda.conference_id == conference_id).values(ordered_by=by))


def _count(tx: Connection, conference_id: int) -> None:
    for table in (Agenda, Screen):
        tx.execute(update(table).where(table.conference_id == conference_id).values(version=table.version + 1))


def _note(
    tx: Connection, conference_id: int, kind: Done, reason: str = "", *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    row = {"conference_id": conference_id, "kind": kind, "reason": reason, "by_id": actor.id, "at": at}
    tx.execute(insert(AgendaChange).values(row))
