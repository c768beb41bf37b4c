"""Votes of a conference as pages show them: the list, progress, one's own part, and the electors for hosts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, func, select

from workflow.models import HallElector, HallNamedBallot, HallPoll, Person
from workflow.rules.states import PollState
from workflow.voting.counting.ballots import Choice
from workflow.voting.results.hall import choice_of


class ListedPoll(Struct, frozen=True):
    """A vote in the list of a conference."""

    id: int
    lifecycle: str
    lifecycle_version: int
    state: str
    question: str
    secret: bool
    opened_at: datetime | None


class Progress(Struct, frozen=True):
    """How far a vote is: its state and version, and how many of the electors have voted."""

    state: str
    version: int
    due_at: datetime | None
    voted: int
    electors: int

    @property
    def number(self) -> str:
        """What changes with every change of this."""
        return f"{self.version}-{self.voted}"


class MyPart(Struct, frozen=True):
    """The part of one person in a vote; the choice only of a vote by name."""

    is_elector: bool
    voted: bool = False
    card_issued: bool = False
    channel: str = ""
    choice: Choice | None = None


def polls_of(tx: Connection, conference_id: int, *, drafts: bool) -> Sequence[ListedPoll]:
    """The votes of a conference, the newest first, with those that are not open yet for hosts; one statement."""
    p = HallPoll
    query = select(p.id, p.lifecycle, p.lifecycle_version, p.state, p.question, p.secret, p.opened_at)
    query = query.where(p.conference_id == conference_id).order_by(p.id.desc())
    if not drafts:
        query = query.where(p.opened_at.is_not(None))
    return [ListedPoll(*row) for row in tx.execute(query)]


def open_poll_of(tx: Connection, conference_id: int) -> int | None:
    """The vote of a conference that was opened last and is open; one statement."""
    p = HallPoll
    query = select(p.id).where(p.conference_id == conference_id, p.state == PollState.OPEN)
    return tx.execute(query.order_by(p.opened_at.desc(), p.id.desc()).limit(1)).scalar()


def progress_of(tx: Connection, poll_id: int) -> Progress | None:
    """How far a vote is; two statements on an index."""
    p, e = HallPoll, HallElector
    row = tx.execute(select(p.state, p.version, p.due_at).where(p.id == poll_id)).one_or_none()
    if row is None:
        return None
    counted = tx.execute(select(e.voted, func.count()).where(e.poll_id == poll_id).group_by(e.voted)).all()
    counts = {bool(voted): int(count) for voted, count in counted}
    return Progress(row.state, row.version, row.due_at, counts.get(True, 0), sum(counts.values()))


def my_part(tx: Connection, poll_id: int, registration_id: int | None, rules: dict[str, Any]) -> MyPart:
    """Whether the holder of a pass votes and has voted; of a vote by name also how."""
    e, b = HallElector, HallNamedBallot
    query = select(e.voted, e.card_issued, e.channel, b.choice).outerjoin(
        b, (b.poll_id == e.poll_id) & (b.registration_id == e.registration_id)
    )
    row = tx.execute(query.where(e.poll_id == poll_id, e.registration_id == registration_id)).one_or_none()
    if row is None:
        return MyPart(is_elector=False)
    own = choice_of(rules, row.choice) if row.choice else None
    return MyPart(is_elector=True, voted=row.voted, card_issued=row.card_issued, channel=row.channel, choice=own)


class NamedElector(Struct, frozen=True):
    """An elector as the moderator's list shows it: name, tick and card; in a vote by name also the choice."""

    registration_id: int
    name: str
    sector: str
    voted: bool
    channel: str
    card_issued: bool
    choice: str | None


def electors_by_name(tx: Connection, poll_id: int) -> Sequence[NamedElector]:
    """The electors of a vote by name of the person, for its hosts; one statement."""
    e, b = HallElector, HallNamedBallot
    query = select(e.registration_id, Person.name, e.sector, e.voted, e.channel, e.card_issued, b.choice)
    query = query.join(Person, Person.id == e.person_id).outerjoin(
        b, (b.poll_id == e.poll_id) & (b.registration_id == e.registration_id)
    )
    return [
        NamedElector(*row) for row in tx.execute(query.where(e.poll_id == poll_id).order_by(Person.name, e.person_id))
    ]
