"""The hall of a conference of a made-up edition: who came, a vote that is counted, and one that is open for whoever
tries the demo."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update

from workflow.base.calendar import at_hour, warsaw_date
from workflow.demo.people import Cast
from workflow.demo.registrations import NO_KEY
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.hall.casting import cast as cast_secretly
from workflow.hall.casting import cast_by_name, new_form
from workflow.hall.preparing import PollDraft, prepare
from workflow.models import Organisation
from workflow.participation.check_in import check_in
from workflow.participation.registrations import Attendee, Entry, register
from workflow.people.organisations import organisation_named
from workflow.rules.facts import Actor, Ref
from workflow.rules.hall import HallMethod
from workflow.rules.states import CheckInChannel, RegistrationSource

Book = Mapping[str, Any]
# Before the demo is loaded, but not on the day before.
OPENED, CLOSED = timedelta(minutes=40), timedelta(minutes=10)


def fill_hall(tx: Connection, book: Book, refs: Mapping[str, Ref], cast: Cast, *, at: datetime) -> None:
    """Check in the people of the book and let them vote; nothing for a book without a hall."""
    hall = book.get("hall")
    if hall is None:
        return
    host, conference = cast.actors[hall["host"]], refs[f"conference {hall['conference']}"]
    midnight = at_hour(warsaw_date(at), 0)
    opened, closed = max(midnight, at - OPENED), max(midnight, at - CLOSED)
    people = [number for party in hall["party"] for number in _arrive(tx, conference.id, party, host, at=opened)]
    for vote in hall["vote"]:
        poll = _open(tx, conference.id, vote, host, at=opened)
        _vote(tx, poll, vote, people, at=closed)
        if vote.get("closed"):
            machine.take(tx, StepCommand(poll, "count", actor=host, at=closed))


def _arrive(tx: Connection, conference_id: int, party: Book, host: Actor, *, at: datetime) -> Sequence[int]:
    """The people of one organisation come and are checked in; returns their registrations."""
    number = organisation_named(tx, party["organisation"], at=at)
    tx.execute(update(Organisation).where(Organisation.id == number).values(sector=party["sector"]))
    attendees = tuple(Attendee(name) for name in party["people"])
    entry = Entry(attendees, RegistrationSource.OFFICE, organisation=party["organisation"])
    numbers = register(tx, NO_KEY, conference_id, entry, by=host.id, at=at)
    for registration in numbers:
        check_in(tx, conference_id, registration, channel=CheckInChannel.NAME, actor=host, at=at)
    return numbers


def _open(tx: Connection, conference_id: int, vote: Book, host: Actor, *, at: datetime) -> Ref:
    texts = tuple(vote.get("options", ()))
    method = HallMethod.APPROVE if texts else HallMethod.AYES
    draft = PollDraft(vote["question"], method, texts=texts, max_choices=vote.get("most"),
                      secret=vote.get("secret", False))  # fmt: skip
    poll = prepare(tx, conference_id, draft, actor=host, at=at)
    machine.take(tx, StepCommand(poll, "open", actor=host, at=at))
    return poll


def _vote(tx: Connection, poll: Ref, vote: Book, people: Sequence[int], *, at: datetime) -> None:
    """Each in turn; an option is named by its place, or by its key where the vote has no options of its own."""
    choices = [ballot["choice"] for ballot in vote["ballots"] for _person in range(ballot["people"])]
    for registration, choice in zip(people, choices, strict=False):
        marks = [(f"T{of:02d}" if isinstance(of, int) else of, 1) for of in choice]
        if vote.get("secret"):
            cast_secretly(tx, poll.id, marks, new_form(tx, poll.id), registration_id=registration, at=at)
        else:
            cast_by_name(tx, poll.id, marks, registration_id=registration, at=at)
