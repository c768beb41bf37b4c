"""What members of the committee declare about projects in the demonstration editions."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from workflow.demo.people import Cast
from workflow.demo.script import Book
from workflow.models import Proposal, Seat, SeatHolder
from workflow.rules.bodies import Body
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Actor, Ref
from workflow.rules.impartiality import text_in
from workflow.rules.states import ProposalState
from workflow.selection.conflicts import Answered, declare


def declare_about_all(
    tx: Connection, edition: Ref, book: Book, refs: Mapping[str, Ref], cast: Cast, *, at: datetime
) -> None:
    """Everybody who sits in the committee declares about every presented project, in the caller's transaction.

    The conflicts are those that the script names beside its proposals; found ones are left to whoever clears them.
    """
    conflicts = {(conflict["who"], refs[proposal["slug"]].id): conflict["reason"]
                 for proposal in book["proposal"] if (conflict := proposal.get("conflict"))}  # fmt: skip
    presented = tx.execute(select(Proposal.id).where(
        Proposal.edition_id == edition.id, Proposal.state == ProposalState.PRESENTED
    )).scalars().all()  # fmt: skip
    members = _members(tx, edition, Body.COMMITTEE)
    for name, actor in sorted(cast.actors.items()):
        if actor.id in members:
            answers = {
                number: Answered(Answer.CONFLICTED, reason) if (reason := conflicts.get((name, number)))
                else Answered(Answer.IMPARTIAL) for number in presented
            }  # fmt: skip
            declare(tx, edition.id, answers, text_in("pl"), actor=actor, at=at)


def declare_about_appeal(
    tx: Connection, edition: Ref, proposal_id: int, *, at: datetime, without: Actor | None = None
) -> None:  # fmt: skip
    """Whoever sits in the appeal body, but for one, declares to be impartial; in the caller's transaction."""
    answers = {proposal_id: Answered(Answer.IMPARTIAL)}
    for person in sorted(_members(tx, edition, Body.APPEAL) - {without.id if without else None}):
        declare(tx, edition.id, answers, text_in("pl"), actor=Actor(person), at=at)


def _members(tx: Connection, edition: Ref, body: Body) -> set[int]:
    sits = select(SeatHolder.person_id).join(Seat, Seat.id == SeatHolder.seat_id)
    return set(tx.execute(sits.where(Seat.edition_id == edition.id, Seat.body == body)).scalars())
