"""A committee that scores a presented project: its seats, criteria and cards, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.demo.seats import seat_members
from workflow.models import Criterion, Proposal, ScoreCard, Seat, SeatHolder
from workflow.rules.bodies import Capacity
from workflow.selection.criteria import add_criterion
from workflow.selection.score_cards import GivenCard, open_scores, save_card
from workflow.selection.score_queries import scoring_of
from workflow.selection.score_rules import ProjectLine, Scoring

MEMBERS = ("chair", "committee1", "committee2")
ASKED = {"name_pl": "Diagnoza", "name_en": "Diagnosis", "weight": 1, "scale_min": 0, "scale_max": 5, "step": 1,
         "required": True, "minimum": None}  # fmt: skip


class Committee:
    """Three seats and three criteria with the weights 2, 1, 1."""

    def __init__(self, world: World, weights: tuple[int, ...] = (2, 1, 1)) -> None:
        self.world = world
        self.project = world.proposal_in("presented")
        self.edition_ref = world.edition_of(self.project)
        self.edition: dict[str, Any] = {"id": self.edition_ref.id, "settings": {"min_cards": 2}}
        with world.writing() as tx:
            seat_members(tx, self.edition_ref.id, at=world.now - timedelta(days=30))
        self.criteria: list[int] = []
        self.weigh(*weights)

    def weigh(self, *weights: int) -> None:
        """Other criteria instead of the present ones."""
        with self.world.writing() as tx:
            tx.execute(delete(Criterion))
        self.criteria = [self.ask(name_pl=f"Kryterium {number}", weight=weight)
                         for number, weight in enumerate(weights, 1)]  # fmt: skip

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written within is taken back."""
        world, criteria = self.world, self.criteria
        at, phases = world.at, dict(world.phases)
        with world.database.engine.connect() as tx:
            tx.info["writes"] = True
            transaction = tx.begin()
            with world.within(tx):
                yield
            transaction.rollback()
            tx.info["writes"] = False
        self.criteria, world.at, world.phases = criteria, at, phases

    def ask(self, **given: Any) -> int:
        with self.world.writing() as tx:
            return add_criterion(tx, self.edition_ref.id, {**ASKED, **given}, actor=self.world["chair"],
                                 at=self.world.at)  # fmt: skip

    def save(self, who: str, *points: object, hand_in: bool = True, revision: int = 0, comment: str = "") -> int:
        typed = {criterion: str(number) for criterion, number in zip(self.criteria, points, strict=False)}
        with self.world.writing() as tx:
            return save_card(tx, self.edition, self.project.id, GivenCard(typed, comment, revision), hand_in=hand_in,
                             actor=self.world[who], at=self.world.at)  # fmt: skip

    def open(self, who: str) -> int:
        roles = frozenset({"committee_chair"} if who == "chair" else {"committee_member"})
        with self.world.writing() as tx:
            return open_scores(tx, self.edition, roles=roles, actor=self.world[who], at=self.world.at)

    def scoring(self) -> Scoring:
        with self.world.writing() as tx:
            return scoring_of(tx, self.edition, at=self.world.at)

    @property
    def line(self) -> ProjectLine:
        return self.scoring().projects[self.project.id]

    def declare(self, who: str) -> None:
        self.world.declare_conflict(self.project, who, "Mój brat jest w grupie.")

    def substitute(self, of: str, who: str) -> None:
        """Let a person substitute in the seat of a member."""
        with self.world.writing() as tx:
            held = select(SeatHolder.seat_id).where(SeatHolder.person_id == self.world[of].id)
            seat = tx.execute(held).scalars().one()
            tx.execute(insert(SeatHolder).values(
                seat_id=seat, person_id=self.world[who].id, capacity=Capacity.SUBSTITUTE, rank=1,
                from_on=warsaw_date(self.world.now - timedelta(days=5)), recorded_at=self.world.now,
            ))  # fmt: skip

    def states(self) -> list[str]:
        with self.world.writing() as tx:
            return list(tx.execute(select(ScoreCard.state).order_by(ScoreCard.id)).scalars())

    def put_in(self, state: str) -> None:
        with self.world.writing() as tx:
            tx.execute(update(Proposal).where(Proposal.id == self.project.id).values(state=state))

    def give_function(self, who: str, function: str) -> None:
        with self.world.writing() as tx:
            held = select(SeatHolder.seat_id).where(SeatHolder.person_id == self.world[who].id)
            tx.execute(update(Seat).where(Seat.id.in_(held)).values(function=function))
