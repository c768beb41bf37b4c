"""Reads votes in the hall: what a step looks at, and what the result file is made of."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from workflow.base.errors import found
from workflow.models import (
    Conference,
    HallBallot,
    HallCardCount,
    HallCardLine,
    HallCardScan,
    HallElector,
    HallNamedBallot,
    HallOption,
    HallPoll,
    HallReceipt,
    Organisation,
    Person,
    Presence,
    Registration,
)
from workflow.rules.cards import CardBatch, CardsTyped
from workflow.rules.facts import Facts, Ref
from workflow.rules.hall import Attendee, HallElectorRow, HallLaidOut, HallOptionRow, HallVoting
from workflow.rules.states import PollState
from workflow.voting.results.hall import CountedHall, hall_file

KIND = "hall_poll"


def with_hall(tx: Connection, facts: Facts, answers: Mapping[str, Any], *, at: datetime | None) -> Facts:
    """The facts of a vote in the hall with what its guards and effects look at; of any other kind as they are.

    One that does not exist yet is of the conference that its answers name, if that is one of the same edition. `at` is
    the moment of a step; without one nothing is locked.
    """
    if facts.ref.kind != KIND:
        return facts
    c, number = Conference, facts.own.get("conference_id") or answers.get("conference")
    query = select(c.id, c.state, c.starts_at).where(c.id == number, c.edition_id == facts.edition.get("id"))
    row = tx.execute(query.with_for_update(read=True) if at else query).one_or_none()
    if row is None:
        return replace(facts, hall=HallVoting())
    hall = HallVoting(row.state, row.starts_at)
    if facts.ref.id and facts.state == PollState.DRAFTED:
        hall = replace(hall, options=options_of(tx, facts.ref.id), present=_present(tx, row.id))
    elif facts.ref.id:
        hall = replace(hall, options=options_of(tx, facts.ref.id), electors=electors_of(tx, facts.ref.id),
                       cards=cards_in_hall(tx, facts.ref.id))  # fmt: skip
    return replace(facts, hall=hall)


def options_of(tx: Connection, poll_id: int) -> tuple[HallOptionRow, ...]:
    """The options of a vote as they stand on the ballot; one statement."""
    o = HallOption
    query = select(o.key, o.label, o.details, o.proposal_id, o.cost).where(o.poll_id == poll_id).order_by(o.place)
    return tuple(HallOptionRow(*row) for row in tx.execute(query))


def electors_of(tx: Connection, poll_id: int) -> tuple[HallElectorRow, ...]:
    """The electors of a vote; one statement."""
    e = HallElector
    query = select(e.registration_id, e.person_id, e.sector, e.stratum, e.voted, e.channel, e.card_issued)
    return tuple(HallElectorRow(*row) for row in tx.execute(query.where(e.poll_id == poll_id)))


def _present(tx: Connection, conference_id: int) -> tuple[Attendee, ...]:
    sector = func.coalesce(Organisation.sector, "")
    query = (
        select(Presence.registration_id, Presence.person_id, sector)
        .join(Registration, Registration.id == Presence.registration_id)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Presence.conference_id == conference_id)
        .order_by(Presence.registration_id)
    )
    return tuple(Attendee(*row) for row in tx.execute(query))


def cards_in_hall(tx: Connection, poll_id: int) -> CardBatch:
    """What two people typed of the cards of a vote, and the name of their scan; three statements."""
    c, line = HallCardCount, HallCardLine
    lines: dict[int, dict[int, str]] = defaultdict(dict)
    for clerk, card, choice in tx.execute(
        select(line.clerk, line.card, line.choice).where(line.poll_id == poll_id)
    ):  # fmt: skip
        lines[clerk][card] = choice
    query = select(c.clerk, c.person_id, Person.name, c.in_box, c.spoiled).join(Person, Person.id == c.person_id)
    typed = (
        CardsTyped(row.person_id, row.name, row.in_box, row.spoiled, lines[row.clerk])
        for row in tx.execute(query.where(c.poll_id == poll_id).order_by(c.clerk))
    )
    scan = tx.execute(select(HallCardScan.name).where(HallCardScan.poll_id == poll_id)).scalar()
    return CardBatch(1, tuple(typed), scan or "")


def ballots_laid_out(tx: Connection, poll_id: int) -> HallLaidOut:
    """The ballots and receipts of a closed secret vote; two statements."""
    b, r = HallBallot, HallReceipt
    ballots = tx.execute(select(b.code, b.choice, b.stratum).where(b.poll_id == poll_id).order_by(b.code))
    numbers = tx.execute(select(r.number).where(r.poll_id == poll_id).order_by(r.number)).scalars()
    return HallLaidOut(tuple((code, choice, stratum) for code, choice, stratum in ballots), tuple(numbers))


def named_choices(tx: Connection, poll_id: int) -> tuple[tuple[str, str], ...]:
    """Choice and stratum of every vote by name, without the name; one statement."""
    b, e = HallNamedBallot, HallElector
    query = select(b.choice, e.stratum).join(
        e, (e.poll_id == b.poll_id) & (e.registration_id == b.registration_id)
    )  # fmt: skip
    return tuple((choice, stratum) for choice, stratum in tx.execute(query.where(b.poll_id == poll_id)))


def counted_hall(tx: Connection, poll_id: int) -> CountedHall:
    """A counted vote as its rows give it; NotFound where it was not counted."""
    p = HallPoll
    row = found(tx.execute(select(p).where(p.id == poll_id, p.result.is_not(None))).mappings().one_or_none())
    own = dict(row)
    named = () if own["secret"] else named_choices(tx, poll_id)
    return CountedHall(
        own=own, options=options_of(tx, poll_id), electors=electors_of(tx, poll_id),
        laid_out=ballots_laid_out(tx, poll_id) if own["secret"] else None, named=named, result=own["result"],
        closed_at=own["closed_at"],
    )  # fmt: skip


def hall_result_file(tx: Connection, poll_id: int) -> bytes:
    """The result file of a counted vote; raises NotFound, or ResultDiffers where its rows were changed since."""
    return hall_file(counted_hall(tx, poll_id))


def ref_of(poll_id: int) -> Ref:
    """The name of a vote in the hall."""
    return Ref(KIND, poll_id)
