"""A hall: a conference at which people were checked in, votes of it, and the ballots and receipts of its voters."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from tests.workflow.selection.secrecy import with_keys
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.db.database import Database
from workflow.engine.hall_reader import electors_of, hall_result_file
from workflow.hall import cards
from workflow.hall.casting import CastBallot, cast, cast_by_name, exchange, new_form
from workflow.hall.preparing import PollDraft, prepare
from workflow.models import HallBallot, HallBox, HallCardScan, HallReceipt, Organisation, Person, Presence, Registration
from workflow.rules.cards import CardMove
from workflow.rules.facts import Ref
from workflow.rules.hall import HallElectorRow, HallMethod
from workflow.voting.counting.ballots import Mark
from workflow.voting.sealing import Receipt

SECTORS = ("publiczny", "społeczny", "gospodarczy")
COLOURS = ("Czerwony", "Zielony", "Niebieski")


def code_of(number: int) -> str:
    """A code that the desk reads, for the person with this place among those who came."""
    return "HAPA" + str(number + 2222).translate(str.maketrans("01", "XY"))


class Hall:
    """A conference of today with so many people of each sector; those without a sector come alone."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        people: Sequence[str] = SECTORS * 8,
        *,
        world: World | None = None,
        checked_in: bool = True,
    ) -> None:
        database = with_keys(database, folder)
        self.world = world or World(database)
        self.edition = self.world.edition("conferences")
        self.conference = self.world.create(
            "conference",
            "plan",
            "staff",
            edition=self.edition,
            number=9,
            purpose="Wybór",
            day=warsaw_date(self.world.at),
        )
        self.world.take(self.conference, "open", "staff")
        self.registrations: list[int] = []
        self.organisations: dict[str, int] = {}
        for sector in people:
            self.arrive(sector, checked_in=checked_in)
        self.ballots: dict[int, CastBallot] = {}

    def arrive(self, sector: str = "", *, checked_in: bool = True) -> int:
        """One more person is registered and, unless said otherwise, there; returns the number of the registration."""
        world, number = self.world, len(self.registrations)
        with world.database.transaction() as tx:
            organisation = self._organisation(tx, sector) if sector else None
            person = tx.execute(insert(Person).values(
                email=f"sala{number}@example.org", name=f"Osoba {number:03d}", created_at=world.at,
            ).returning(Person.id)).scalar_one()  # fmt: skip
            registration = tx.execute(insert(Registration).values(
                conference_id=self.conference.id, person_id=person, organisation_id=organisation, state="registered",
                source="office", code=code_of(number), registered_at=world.at,
            ).returning(Registration.id)).scalar_one()  # fmt: skip
            if checked_in:
                tx.execute(insert(Presence).values(
                    conference_id=self.conference.id, registration_id=registration, person_id=person,
                    arrived_at=world.at, channel="code", checked_in_by_id=world["staff"].id,
                ))  # fmt: skip
        self.registrations.append(registration)
        return int(registration)

    def _organisation(self, tx: Any, sector: str) -> int:
        if sector not in self.organisations:
            query = select(Organisation.id).where(Organisation.sector == sector).limit(1)
            self.organisations[sector] = tx.execute(query).scalar() or tx.execute(insert(Organisation).values(
                name=f"Organizacja ({sector})", search=f"organizacja {sector}", sector=sector,
                created_at=self.world.at,
            ).returning(Organisation.id)).scalar_one()  # fmt: skip
        return self.organisations[sector]

    def prepare(self, method: HallMethod = HallMethod.APPROVE, **more: Any) -> Ref:
        given = {"question": "Który kolor?", "texts": () if method is HallMethod.AYES else COLOURS, **more}
        with self.world.database.transaction() as tx:
            return prepare(tx, self.conference.id, PollDraft(method=method, **given), actor=self.world["animator"],
                           at=self.world.at)  # fmt: skip

    def opened(self, method: HallMethod = HallMethod.APPROVE, **more: Any) -> Ref:
        poll = self.prepare(method, **more)
        self.world.take(poll, "open", "animator")
        return poll

    def form(self, poll: Ref) -> Receipt:
        with self.world.database.reading() as tx:
            return new_form(tx, poll.id)

    def cast(self, poll: Ref, voter: int, *marks: Mark, receipt: Receipt | None = None, later: int = 0) -> CastBallot:
        """The ballot of somebody, by the place among those who came."""
        given, registration = receipt or self.form(poll), self.registrations[voter]
        at = self.world.at + timedelta(minutes=later)
        with self.world.database.transaction(queued=True) as tx:
            self.ballots[voter] = cast(tx, poll.id, marks, given, registration_id=registration, at=at)
        return self.ballots[voter]

    def exchange(self, poll: Ref, receipt: Receipt, *marks: Mark, revision: int | None = None) -> CastBallot:
        with self.world.database.transaction(queued=True) as tx:
            return exchange(tx, poll.id, marks, receipt, revision=revision, at=self.world.at)

    def cast_by_name(self, poll: Ref, voter: int, *marks: Mark) -> None:
        with self.world.database.transaction(queued=True) as tx:
            cast_by_name(tx, poll.id, marks, registration_id=self.registrations[voter], at=self.world.at)

    def move_card(self, poll: Ref, voter: int, move: CardMove) -> None:
        with self.world.database.transaction() as tx:
            cards.move_card(tx, poll.id, self.registrations[voter], move, at=self.world.at)

    def drop_card(self, poll: Ref, voter: int) -> None:
        self.move_card(poll, voter, CardMove.ISSUE)
        self.move_card(poll, voter, CardMove.DROP)

    def type_cards(self, poll: Ref, who: str, lines: dict[int, Sequence[Mark]], *, spoiled: int = 0) -> None:
        with self.world.database.transaction() as tx:
            cards.type_cards(tx, poll.id, lines, spoiled=spoiled, actor=self.world[who], at=self.world.at)

    def scan(self, poll: Ref) -> None:
        """A scan of the cards, as if it had been sent."""
        values = {
            "name": "karty.pdf",
            "media_type": "application/pdf",
            "size": 9,
            "sha256": "0" * 64,
            "file_key": f"{poll.id:040}",
            "attached_by_id": self.world["staff"].id,
            "attached_at": self.world.at,
        }
        with self.world.database.transaction() as tx:
            tx.execute(insert(HallCardScan).values(poll_id=poll.id, **values))

    def annul(self, poll: Ref, reason: str = "Złe pytanie.") -> None:
        """One proposes it and another one confirms."""
        self.world.take(poll, "propose_annulment", "animator", reason=reason)
        self.world.take(poll, "annul", "chair", reason=reason)

    def electors(self, poll: Ref) -> tuple[HallElectorRow, ...]:
        with self.world.database.reading() as tx:
            return electors_of(tx, poll.id)

    def file(self, poll: Ref) -> bytes:
        with self.world.database.reading() as tx:
            return hall_result_file(tx, poll.id)

    def box(self) -> dict[str, int]:
        with self.world.database.reading() as tx:
            return {row.number: row.revision for row in tx.execute(select(HallBox.number, HallBox.revision))}

    def laid_out(self) -> dict[str, str]:
        with self.world.database.reading() as tx:
            return {row.code: row.choice for row in tx.execute(select(HallBallot.code, HallBallot.choice))}

    def receipts(self) -> set[str]:
        with self.world.database.reading() as tx:
            return set(tx.execute(select(HallReceipt.number)).scalars())

    def key(self, poll: Ref) -> Path:
        folder = self.world.database.poll_keys
        if folder is None:
            raise AssertionError("no folder of keys")
        return folder / f"hall-{poll.id}.key"
