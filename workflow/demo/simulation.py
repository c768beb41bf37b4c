"""Plays a made-up edition of the demo up to today, each step as of the moment at which it would have happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from workflow.base.calendar import warsaw_date
from workflow.base.grouping import grouped
from workflow.conferences.reports import read_report
from workflow.demo.agreement import Signing
from workflow.demo.backdating import end_old_letters
from workflow.demo.books import read_book
from workflow.demo.comments import rehearse_talk
from workflow.demo.conflicts import declare_about_all, declare_about_appeal
from workflow.demo.groups import fill_groups
from workflow.demo.hall import fill_hall
from workflow.demo.meetings import CHAIR, SECRETARY, Item, List, convene_meeting, hold_meeting
from workflow.demo.people import Cast
from workflow.demo.plans import PARTS, parts_of, play_part
from workflow.demo.presentations import call, finish
from workflow.demo.registrations import register_people
from workflow.demo.scores import score_projects
from workflow.demo.script import EDITION, OFFICE, Act, Book, script
from workflow.demo.seats import name_secretary, seat_members
from workflow.demo.stages import ANIMATOR, APPEAL_MEETING, APPEALS, MEETING
from workflow.engine import machine, timers
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.publication import publish
from workflow.rules.bodies import Body
from workflow.rules.facts import SYSTEM, Ref
from workflow.rules.session import MotionKind

AGREEMENT = "agreement"
WORDING = "Rozstrzygnięcie o projekcie „{title}”."
APPEAL_WORDING = "Rozpatrzenie odwołania w sprawie projektu „{title}”."
# Letters about the last few days still go out, so that the mailbox has something to show.
FRESH_DAYS = 4
# Answers that are given as a number of days from the first day of this week.
DAYS = frozenset({"day", "due_on", "done_on", "implementation_day", "new_day", "starts_on", "period_to",
                  "reserve_day", "resume_on", "slot_on", "submission_until", "summary_day"})  # fmt: skip


@dataclass(slots=True)
class Rehearsal:
    """One edition being played: what its subjects are called in the script, and which they became."""

    tx: Connection
    cast: Cast
    monday: date
    refs: dict[str, Ref] = field(default_factory=dict)
    # The agreement on its way, where the edition has one.
    signing: Signing | None = None
    # When the last project was presented.
    presented_at: datetime | None = None
    # What the first meeting also votes on, in secret; empty where it does not.
    secret_motion: str = ""

    def play(self, act: Act, *, values: Mapping[str, Any] | None = None) -> None:
        """One step, by the right person, at its own time."""
        actor = SYSTEM if act.who == "system" else self.cast.actors[act.who]
        data = {name: self._answer(name, value) for name, value in act.data.items()}
        if act.step in PARTS:
            play_part(self.tx, self.refs[act.subject], act.step, data, actor=actor, at=act.at)
            return
        if act.creates:
            within = self.refs[EDITION].id if EDITION in self.refs else None
            moved = machine.create(
                self.tx, CreateCommand(
                    act.creates, act.step, actor=actor, at=act.at, edition_id=within, answers=data, columns=values
                )
            )  # fmt: skip
            self.refs[act.subject] = moved.ref
        else:
            ref = self.refs[act.subject]
            if ref.kind == "conference" and act.step == "approve_minutes":
                data["digest"] = read_report(self.tx, ref, actor=actor, at=act.at)
            machine.take(self.tx, StepCommand(ref, act.step, actor=actor, at=act.at, answers=data, note=act.note))

    def agree(self, act: Act, book: Book, at: datetime) -> None:
        """One act of the agreement: what its partners do, or a step of its own; `at` is today."""
        if act.creates:
            self.play(act)
            self.signing = Signing(self.tx, book, self.refs[act.subject], self.refs[EDITION], self.cast)
            self.signing.write("text", at=act.at)
        elif self.signing is None:
            raise LookupError("an agreement begins with its draft")
        elif act.step == "invite_partners":
            self.signing.invite(at=act.at)
            self.refs |= {str(ref): ref for ref in self.signing.partners}
        elif act.step == "answer":
            self.signing.answer(at=act.at)
        elif act.step == "amend_and_chase":
            self.signing.amend(at=act.at)
            self.signing.chase(at=at)
        else:
            digest = {"digest": self.signing.digest(at=act.at)} if act.step == "open_for_signature" else {}
            self.play(replace(act, data={**act.data, **digest}))

    def hold_committee_meeting(self, acts: Sequence[Act]) -> None:
        """A meeting about the projects of these acts, each by itself, since members have conflicts in some of them."""
        lists = [List(WORDING.format(title=act.data["title"]), [self._item(act)],
                      kind=act.data.get("kind", MotionKind.DECIDE)) for act in acts]  # fmt: skip
        if self.secret_motion:
            lists.append(List(self.secret_motion, (), kind=MotionKind.PROCEDURAL, secret=True))
            self.secret_motion = ""
        chair, at = self.cast.actors[acts[-1].who], acts[-1].at
        subjects = hold_meeting(
            self.tx, self.refs[EDITION], lists, chair=chair, secretary=self.cast.actors[SECRETARY], at=at
        )  # fmt: skip
        self.refs |= {str(ref): ref for ref in subjects}

    def hold_appeal_meeting(self, act: Act) -> None:
        """The appeal body votes about an appeal at a meeting of its own."""
        declare_about_appeal(self.tx, self.refs[EDITION], self.refs[act.subject].id, at=act.at)
        motion = List(APPEAL_WORDING.format(title=act.data["title"]), [self._item(act)], kind=MotionKind.APPEAL)
        subjects = hold_meeting(self.tx, self.refs[EDITION], [motion], chair=self.cast.actors[act.who], secretary=None,
                                at=act.at, body=Body.APPEAL)  # fmt: skip
        self.refs |= {str(ref): ref for ref in subjects}

    def call_project(self, book: Book, act: Act) -> None:
        """A project is called at the summary conference, before its presentation is noted."""
        call(self.tx, self.summary(book), self.refs[act.subject].id, office=self.cast.actors[OFFICE],
             host=self.cast.actors[ANIMATOR], at=act.at)  # fmt: skip
        self.presented_at = act.at

    def summary(self, book: Book) -> int:
        """The number of the summary conference."""
        number = next(one["number"] for one in book["conference"] if one.get("is_summary"))
        return self.refs[f"conference {number}"].id

    def end_presentations(self, book: Book) -> None:
        """The remote is put down where projects were presented."""
        if self.presented_at is not None:
            finish(self.tx, self.summary(book), host=self.cast.actors[ANIMATOR], at=self.presented_at)

    def _item(self, act: Act) -> Item:
        data = act.data
        return Item(self.refs[act.subject], data.get("outcome", ""), data["justification"], data.get("position"))

    def _answer(self, name: str, value: Any) -> Any:
        if name in DAYS:
            return self.monday + timedelta(days=value)
        if name == "person":
            return self.cast.actors[value].id
        return self.refs[value].id if name == "target" else value


def _committee_meetings(acts: Sequence[Act]) -> Mapping[date, Sequence[Act]]:
    """The acts by which the committee decides, by the day on which it meets."""
    return grouped((warsaw_date(act.at), act) for act in acts if act.step == MEETING)


def _on_its_day(conference: Book, today: date) -> Book:
    """A conference that is under way today, on the day of the week that this is."""
    return {**conference, "day": today.weekday()} if conference.get("today") else conference


def play_acts(rehearsal: Rehearsal, book: Book, acts: Sequence[Act], at: datetime) -> None:
    """Play the acts in their order, with what people do at the same occasion; `at` is today."""
    tx, refs, cast = rehearsal.tx, rehearsal.refs, rehearsal.cast
    meetings, partners = _committee_meetings(acts), read_book(AGREEMENT)
    for act in acts:
        if act.step == "open_selection":
            declare_about_all(tx, refs[EDITION], book, refs, cast, at=act.at)
        if act.step == "present":
            rehearsal.call_project(book, act)
        if act.step == APPEAL_MEETING:
            rehearsal.hold_appeal_meeting(act)
        elif act.subject == AGREEMENT:
            rehearsal.agree(act, partners, at)
        elif act.step != MEETING:
            rehearsal.play(act)
            if act.step == "appeal":
                # The others have no account in the demo, so what is left to do is up to the one who has.
                declare_about_appeal(tx, refs[EDITION], refs[act.subject].id, at=act.at, without=cast.actors[APPEALS])
        elif meetings[warsaw_date(act.at)][-1] is act:
            rehearsal.hold_committee_meeting(meetings[warsaw_date(act.at)])


def rehearse(tx: Connection, book: Book, cast: Cast, at: datetime) -> None:
    """Play an edition in the caller's transaction; days are counted from the Monday of the week of `at`.

    Reminders whose day has passed are dropped, and letters about what is older than a few days are not sent.
    """
    today = warsaw_date(at)
    rehearsal = Rehearsal(tx, cast, today - timedelta(days=today.weekday()))
    rehearsal.secret_motion = book.get("secret_motion", "")
    book = {**book, "conference": [_on_its_day(conference, today) for conference in book["conference"]]}
    first, *acts = script(book, rehearsal.monday)
    rehearsal.play(first, values={"voivodeship": book["voivodeship"]})
    clause = book["rules"]["clause_version"]
    cast.grant(tx, rehearsal.refs[EDITION].id, roles="roles", clause=clause, at=first.at)
    seat_members(tx, rehearsal.refs[EDITION].id, at=first.at)
    name_secretary(tx, rehearsal.refs[EDITION].id)
    play_acts(rehearsal, book, acts, at)
    rehearsal.end_presentations(book)
    fill_hall(tx, book, rehearsal.refs, cast, at=at)
    register_people(tx, book, rehearsal.refs, cast, at=at)
    fill_groups(tx, book.get("group", []), rehearsal.refs, cast, monday=rehearsal.monday, at=at)
    rehearse_talk(tx, book, cast, rehearsal.refs, at)
    if book.get("meeting"):
        convene_meeting(tx, rehearsal.refs[EDITION], cast, at=at)
    score_projects(tx, book, rehearsal.refs, cast, at=at)
    publish(tx, rehearsal.refs[EDITION].id, actor=cast.actors[CHAIR], at=at)
    refs = [*rehearsal.refs.values(), *parts_of(tx, rehearsal.refs[EDITION].id)]
    end_old_letters(tx, refs, before=at - timedelta(days=FRESH_DAYS))
    timers.skip_reminders(tx, refs, until=at)
