"""Meetings of the committee in demonstration editions: one that is convened, and those at which it decided."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.base.calendar import WARSAW, warsaw_date
from workflow.demo.people import Cast
from workflow.documents.store import note_reading
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.models import Elector, Proposal, SeatHolder
from workflow.rules.bodies import Body
from workflow.rules.facts import Actor, Ref
from workflow.rules.session import RESOLVED, Choice, MotionKind
from workflow.selection import secret_ballots
from workflow.selection.ballots import enter

CHAIR, SECRETARY = "przewodniczacy", "protokolant"
AGENDA = ("Otwarcie i stwierdzenie kworum", "Deklaracje bezstronności", "Wybór projektów", "Sprawy różne")
APPEALS = "Rozpatrzenie odwołań"
VENUE = "Starostwo, sala 12"
# How long before the demo is loaded the meeting was convened that begins then.
CONVENED = timedelta(days=7)


def convene_meeting(tx: Connection, edition: Ref, cast: Cast, *, at: datetime) -> None:
    """Prepare a meeting that can begin at once, give it an agenda and convene it, in the caller's transaction."""
    actor, then = cast.actors[CHAIR], at - CONVENED
    meeting = _prepare(tx, edition, Body.COMMITTEE, actor=actor, at=then, begins=at)
    for item in AGENDA:
        machine.take(tx, StepCommand(meeting, "add_agenda_item", actor=actor, at=then, answers={"item": item}))
    machine.take(tx, StepCommand(meeting, "convene", actor=actor, at=then))


def _prepare(tx: Connection, edition: Ref, body: Body, *, actor: Actor, at: datetime, begins: datetime) -> Ref:
    hour = f"{begins.astimezone(WARSAW):%H}:00"
    answers = {"body": body, "form": "room", "day": warsaw_date(begins).isoformat(), "hour": hour, "venue": VENUE}
    command = CreateCommand("meeting", "prepare_meeting", actor=actor, at=at, edition_id=edition.id, answers=answers)
    return machine.create(tx, command).ref


class Item(Struct, frozen=True):
    """What a motion proposes about one project."""

    ref: Ref
    outcome: str
    justification: str
    position: int | None = None
    departure: str = ""


class List(Struct, frozen=True):
    """A motion about one or several projects."""

    wording: str
    items: Sequence[Item]
    kind: str = MotionKind.DECIDE
    # How everybody votes; of a secret vote one member votes otherwise, since a unanimous one would tell each vote.
    choice: Choice = Choice.FOR
    secret: bool = False


def hold_meeting(
    tx: Connection, edition: Ref, lists: Sequence[List], *, chair: Actor, secretary: Actor | None, at: datetime,
    body: Body = Body.COMMITTEE,
) -> list[Ref]:  # fmt: skip
    """A meeting at which all seats are taken and whoever is not recused votes for each list; the meeting and its votes.

    Every list that all vote for is adopted as a resolution, by the steps that a real meeting takes, in the caller's
    transaction. With a minute-taker its minutes are generated, read by both, signed and approved.
    """
    meeting = _prepare(tx, edition, body, actor=chair, at=at, begins=at)

    def take(ref: Ref, step: str, **answers: Any) -> None:
        machine.take(tx, StepCommand(ref, step, actor=chair, at=at, answers=answers))

    take(meeting, "add_agenda_item", item=AGENDA[2] if body is Body.COMMITTEE else APPEALS)
    take(meeting, "convene")
    for seat_id, person_id in _holders(tx, meeting, chair):
        take(meeting, "note_arrival", seat=seat_id, person=person_id)
    take(meeting, "begin")
    polls = []
    for number, motion in enumerate(lists, 1):
        rows = [_row(tx, item) for item in motion.items]
        asked = {"motion_kind": str(motion.kind), "wording": motion.wording, "secret": motion.secret}
        take(meeting, "put_motion", **asked, decisions=rows)
        polls.append(_vote(tx, edition, meeting, number, motion, chair=chair, at=at))
        if motion.choice == Choice.FOR and motion.kind in RESOLVED:
            take(meeting, "adopt", motion=number)
    take(meeting, "end")
    if secretary is not None:
        approve_minutes(tx, meeting, chair=chair, secretary=secretary, at=at)
    return [meeting, *polls]


def approve_minutes(tx: Connection, meeting: Ref, *, chair: Actor, secretary: Actor, at: datetime) -> None:
    """Generate the minutes of a meeting that has ended; both read them, the minute-taker signs, the chair approves."""
    machine.take(tx, StepCommand(meeting, "generate_minutes", actor=secretary, at=at))
    session = machine.facts_of(tx, [meeting], actor=secretary)[meeting].session
    document = session.minutes.document if session and session.minutes else None
    if document is None:
        raise LookupError(f"no minutes were generated of {meeting}")
    for actor, step in ((secretary, "sign_minutes"), (chair, "approve_minutes")):
        note_reading(tx, document.id, actor.id or 0, at=at)
        machine.take(tx, StepCommand(meeting, step, actor=actor, at=at, answers={"digest": document.digest}))


def _holders(tx: Connection, meeting: Ref, chair: Actor) -> list[tuple[int, int]]:
    session = machine.facts_of(tx, [meeting], actor=chair)[meeting].session
    seats = [seat.id for seat in session.seats] if session else []
    query = select(SeatHolder.seat_id, SeatHolder.person_id).where(SeatHolder.seat_id.in_(seats))
    return [(row.seat_id, row.person_id) for row in tx.execute(query.order_by(SeatHolder.seat_id))]


def _row(tx: Connection, item: Item) -> dict[str, Any]:
    number = tx.execute(select(Proposal.number).where(Proposal.id == item.ref.id)).scalar_one()
    row = {"project": number, "justification": item.justification}
    rest = {"outcome": item.outcome, "position": item.position, "departure": item.departure}
    return row | {name: given for name, given in rest.items() if given}


def _vote(tx: Connection, edition: Ref, meeting: Ref, number: int, motion: List, *, chair: Actor, at: datetime) -> Ref:
    """Open the vote on a motion, enter how everybody voted or put their ballots into the box, and count."""
    answers = {"meeting": meeting.id, "motion": number}
    poll = machine.create(
        tx, CreateCommand("poll", "prepare_poll", actor=chair, at=at, edition_id=edition.id, answers=answers)
    ).ref
    machine.take(tx, StepCommand(poll, "open", actor=chair, at=at))
    e = Elector
    voters = select(e.seat_id, e.person_id).where(e.poll_id == poll.id, e.recused.is_(False)).order_by(e.seat_id)
    for place, (seat_id, person_id) in enumerate(tx.execute(voters).all()):
        if motion.secret:
            choice = Choice.AGAINST if place == 0 else motion.choice
            form = secret_ballots.new_form(tx, poll.id)
            secret_ballots.cast(tx, poll.id, choice, form, actor=Actor(person_id), at=at)
        else:
            enter(tx, poll.id, seat_id, motion.choice, actor=chair, at=at)
    machine.take(tx, StepCommand(poll, "count", actor=chair, at=at))
    return poll
