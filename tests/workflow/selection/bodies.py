"""The committee of an edition before and in its meeting: what it declares, clears and votes on."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from tests.workflow.selection.test_meetings import MEMBERS, Session
from tests.world import World
from workflow.engine.conflicts_of_interest import binding, conflicts_of
from workflow.models import (
    GroupMember,
    Person,
    Poll,
    Proposal,
    Seat,
    SeatHolder,
)
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Ref
from workflow.rules.impartiality import text_in
from workflow.selection.conflict_queries import declarations_of
from workflow.selection.conflict_rules import digest_of
from workflow.selection.conflicts import Answered, clear, declare

TEXT = text_in("pl")


class Bodies(Session):
    """The committee of an edition before its meeting, with what it declares and clears."""

    def write(self, *statements: Any) -> None:
        with self.world.database.transaction() as tx:
            for statement in statements:
                tx.execute(statement)

    def read(self, query: Any) -> list[Any]:
        with self.world.database.reading() as tx:
            return list(tx.execute(query).all())

    def bound(self, project: Ref | None = None) -> dict[str, str]:
        """Who has a conflict about the project, and why."""
        with self.world.database.reading() as tx:
            people = binding(tx, self.edition.id).get((project or self.project).id, {})
        names = {self.world[name].id: name for name in (*MEMBERS, "participant", "secretary", "member")}
        return {names[person]: reason for person, reason in people.items()}

    def declare(self, who: str, answer: str = "impartial", reason: str = "") -> int:
        answers = {self.project.id: Answered(Answer(answer), reason)}
        with self.world.database.transaction() as tx:
            return declare(tx, self.edition.id, answers, TEXT, actor=self.world[who], at=self.world.now)

    def clear(self, of: str, who: str, *roles: str, reason: str = "Dawno i bez znaczenia.") -> None:
        person = self.world[of].id or 0
        with self.world.database.transaction() as tx:
            theirs = [conflict for conflict in conflicts_of(tx, self.edition.id) if conflict.person_id == person]
            clear(tx, self.edition.id, person, self.project.id, reason, seen=digest_of(theirs),
                  roles=frozenset(roles), actor=self.world[who], at=self.world.now)  # fmt: skip

    def is_due(self, who: str) -> bool:
        with self.world.database.reading() as tx:
            (line,) = declarations_of(tx, self.edition.id, at=self.world.now).of(self.world[who].id)
        return line.due

    def seat_of(self, who: str, *, function: str) -> int:
        """Give the seat of a member another function."""
        number = self.seats[who]
        self.write(update(Seat).where(Seat.id == number).values(function=function))
        return number

    def substitute(self, of: str, who: str) -> None:
        with self.world.database.transaction() as tx:
            since = tx.execute(select(Seat.from_on).where(Seat.id == self.seats[of])).scalar_one()
            tx.execute(insert(SeatHolder).values(
                seat_id=self.seats[of], person_id=self.world[who].id, capacity="substitute", rank=1, from_on=since,
                recorded_at=self.world.now,
            ))  # fmt: skip

    def works_in_group(self, who: str, *, left: bool = False, project: Ref | None = None) -> None:
        at = self.world.now
        self.write(insert(GroupMember).values(
            proposal_id=(project or self.project).id, person_id=self.world[who].id, added_at=at,
            left_at=at if left else None,
        ))  # fmt: skip

    def promise(self, partners: Any) -> None:
        sheet = {"places": ["Gąbin"], "partners": partners}
        self.write(update(Proposal).where(Proposal.id == self.project.id).values(sheet=sheet))

    def belongs_to(self, who: str, organisation: str) -> None:
        self.write(update(Person).where(Person.id == self.world[who].id).values(organisation=organisation))


class Committee(Bodies):
    """A committee of five, of whom one may be recused without losing the quorum."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        since = world.now.date() - timedelta(days=30)
        with world.database.transaction() as tx:
            for number, name in enumerate(("secretary", "partner"), 11):
                seat = {"edition_id": self.edition.id, "body": "committee", "number": number, "function": "member",
                        "sector": f"sektor {number}", "from_on": since}  # fmt: skip
                seat_id = tx.execute(insert(Seat).values(**seat).returning(Seat.id)).scalar_one()
                tx.execute(insert(SeatHolder).values(seat_id=seat_id, person_id=self.world[name].id, capacity="holder",
                                                     from_on=since, recorded_at=world.now))  # fmt: skip

    @property
    def seats(self) -> dict[str, int]:
        session = self.world.facts(self.meeting, "chair").session
        assert session is not None
        everybody = (*MEMBERS, "secretary", "partner")
        return {name: seat.id for name in everybody for seat in session.seats if seat.holder == self.world[name].id}

    def opened(self) -> Ref:
        self.begin(*MEMBERS, "secretary", "partner")
        return self.open_vote(self.move())

    def result(self, poll: Ref) -> dict[str, Any]:
        self.world.take(poll, "count", "chair")
        return dict(self.read(select(Poll.result).where(Poll.id == poll.id))[0][0])
