"""The agreement of a demonstration edition: 73 made-up organisations are invited, most sign, some do not."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from workflow.agreements.actions import read_text, remind_all
from workflow.base.calendar import warsaw_date
from workflow.base.collation import fold
from workflow.demo.people import Cast
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.models import Affiliation, Document, Organisation
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Actor, Ref

# How many organisations there are, and how many of them had answered in which way when the agreement was concluded.
ALL, SIGNED, REFUSED, MANDATED = 73, 60, 5, 3
KIND = "agreement_partner"
# Whose account signs for the last of those whose mandate is known.
SIGNATORY, OFFICE = "partner", "pracownik"
REMINDED = timedelta(days=3)


class Invitee(Struct, frozen=True):
    """A made-up organisation, and who signs for it."""

    name: str
    kind: str
    sector: str
    commune: str
    signatory: str
    function: str
    mandate: str


def organisations(book: Mapping[str, Any]) -> Iterator[Invitee]:
    """The first ALL organisations of the book, commune after commune; pure."""
    names = [f"{first} {last}" for first, last in product(book["forenames"], book["surnames"])]
    pairs = list(product(book["communes"], book["pattern"]))[:ALL]
    for number, ((commune, within), pattern) in enumerate(pairs):
        yield Invitee(
            pattern["name"].format_map({"commune": commune, "in": within}), pattern["kind"], pattern["sector"], commune,
            names[number * 7 % len(names)], pattern["function"], pattern["mandate"],
        )  # fmt: skip


class Signing:
    """One agreement on its way: its organisations and partners; everything in the caller's transaction."""

    def __init__(self, tx: Connection, book: Mapping[str, Any], agreement: Ref, edition: Ref, cast: Cast) -> None:
        self.tx, self.book, self.agreement, self.edition = tx, book, agreement, edition
        self.office, self.signatory = cast.actors[OFFICE], cast.actors[SIGNATORY]
        self.invitees = list(organisations(book))
        self.partners: list[Ref] = []

    def write(self, text: str, *, at: datetime) -> None:
        """Write a version of the text with its annex."""
        annexes = [{"annex": self.book["annex"], "annex_text": self.book["annex_text"]}]
        self._take(self.agreement, "write_text", at, agreement_text=self.book[text], annexes=annexes)

    def digest(self, *, at: datetime) -> str:
        """The control code of the newest text, which the office opens."""
        d = Document
        mine = select(d.id, d.data_digest).where(d.kind == DocumentKind.AGREEMENT, d.subject_id == self.agreement.id)
        row = self.tx.execute(mine.order_by(d.version.desc()).limit(1)).one()
        read_text(self.tx, row.id, actor=self.office, at=at)
        return str(row.data_digest)

    def invite(self, *, at: datetime) -> None:
        """Enter the organisations, and invite them one after another."""
        for number, invitee in enumerate(self.invitees):
            person = self.signatory.id if number == SIGNED + REFUSED + MANDATED - 1 else None
            organisation = self._organisation(invitee, person, at)
            answers = {"organisation": organisation, **({"person": person} if person else {})}
            command = CreateCommand(KIND, "invite_partner", actor=self.office, at=at + timedelta(minutes=number),
                                    edition_id=self.edition.id, answers=answers)  # fmt: skip
            self.partners.append(machine.create(self.tx, command).ref)

    def answer(self, *, at: datetime) -> None:
        """Mandates arrive and partners sign on paper over a week; some refuse, a few only send a mandate."""
        for number, partner in enumerate(self.partners[: SIGNED + REFUSED + MANDATED]):
            moment = at + timedelta(days=number % 5, minutes=number)
            if SIGNED <= number < SIGNED + REFUSED:
                reasons = self.book["refusals"]
                self._take(partner, "refuse", moment, reason=reasons[number % len(reasons)])
                continue
            self._mandate(number, moment)
            if number < SIGNED:
                self._take(partner, "sign_on_paper", moment + timedelta(hours=1), day=warsaw_date(moment),
                           paper_in_office=True)  # fmt: skip

    def amend(self, *, at: datetime) -> None:
        """One partner joins later, one leaves, and the text is amended."""
        late = SIGNED + REFUSED
        self._take(self.partners[late], "sign_on_paper", at, day=warsaw_date(at), paper_in_office=True)
        self._take(self.partners[11], "withdraw", at + timedelta(days=20), reason=self.book["exit"])
        at += timedelta(days=40)
        self.write("amended", at=at)
        self._take(self.agreement, "amend", at + timedelta(hours=1), reason=self.book["amendment"],
                   digest=self.digest(at=at))  # fmt: skip

    def chase(self, *, at: datetime) -> None:
        """The office reminds whoever has not answered; the letters still wait to be looked through."""
        remind_all(self.tx, self.agreement, [ref.id for ref in self.partners], actor=self.office, at=at - REMINDED)

    def _mandate(self, number: int, at: datetime) -> None:
        invitee, data = self.invitees[number], dict[str, Any]()
        if number == SIGNED + REFUSED + MANDATED - 1:
            data = {"person": self.signatory.id}
        name = self.signatory.name if data else invitee.signatory
        self._take(self.partners[number], "receive_mandate", at, signatory_name=name,
                   signatory_function=invitee.function, mandate=invitee.mandate, **data)  # fmt: skip

    def _organisation(self, invitee: Invitee, person: int | None, at: datetime) -> int:
        values = {"name": invitee.name, "search": fold(invitee.name), "kind": invitee.kind, "sector": invitee.sector,
                  "commune": invitee.commune, "created_at": at}  # fmt: skip
        number = int(self.tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one())
        if person:
            self.tx.execute(insert(Affiliation).values(person_id=person, organisation_id=number))
        return number

    def _take(self, ref: Ref, step: str, at: datetime, **answers: Any) -> None:
        actor: Actor = self.office
        machine.take(self.tx, StepCommand(ref, step, actor=actor, at=at, answers=answers))
