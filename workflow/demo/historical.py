"""Enters an edition of the past from a published source: by legal steps, each with its sentence, nothing invented.

See docs/decisions/0003-historical-records.md for what the entries claim and what they do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.demo.backdating import end_old_letters
from workflow.demo.people import Cast
from workflow.engine import machine, timers
from workflow.engine.command import CreateCommand, StepCommand
from workflow.rules.facts import Actor, Ref

Book = Mapping[str, Any]
# The steps of a proposal on the way to each state that a source may state, with the sentence that each one rests on;
# those that are implied are marked.
WAYS: Mapping[str, tuple[tuple[str, str, bool], ...]] = {
    "submitted": (("form_group", "worked_out", True), ("submit", "submitted", False)),
    "selected": (
        ("form_group", "worked_out", True),
        ("submit", "submitted", True),
        ("admit", "presented", True),
        ("present", "presented", False),
        ("decide", "selected", False),
        ("select", "selected", False),
    ),
}
# The steps of an edition up to the phase that the source states, and the fact that each one rests on.
PHASES = (("announce", "context"), ("open_conferences", "attendance"), ("open_summary", "summary"),
          ("open_selection", "summary"))  # fmt: skip
LAST_STEP = {"conferences": 2, "selection": 4}
OFFICE = "pracownik"


@dataclass(slots=True)
class Chronicle:
    """One edition being entered: who keeps the record, when it is entered, and everything entered so far."""

    tx: Connection
    book: Book
    keeper: Actor
    at: datetime
    refs: list[Ref] = field(default_factory=list)

    def claim(self, sentence: str, *, assumed: tuple[str, ...]) -> dict[str, Any]:
        """What goes with every entry: the words of the source, and what had to be assumed besides."""
        return {"as_published": sentence, "assumed": list(assumed)}

    def note(self, sentence: str, *names: str, **params: Any) -> str:
        """The sentence of the source, and the keeper's own words."""
        said = {"sentence": sentence.rstrip("."), **params}
        return " ".join(self.book["notes"][name].format(**said) for name in ("source", *names, "time"))

    def begin(self, kind: str, step: str, sentence: str, *, note: str, values: Book | None = None, **data: Any) -> Ref:
        """A new subject of the edition, as published."""
        moved = machine.create(
            self.tx, CreateCommand(
                kind, step, self.keeper, self.at, self.refs[0].id, data | self.claim(sentence, assumed=("at",)), note,
                columns=values,
            )
        )  # fmt: skip
        self.refs.append(moved.ref)
        return moved.ref

    def publish(self, ref: Ref, step: str, sentence: str, *, implied: bool = False, **data: Any) -> None:
        """A step of a subject, as published; an implied one says so."""
        assumed = ("at", "step") if implied else ("at",)
        machine.take(
            self.tx, StepCommand(
                ref, step, self.keeper, self.at, answers=data | self.claim(sentence, assumed=assumed),
                note=self.note(sentence, *(("implied",) if implied else ())),
            )
        )  # fmt: skip


def enter_edition(tx: Connection, book: Book, cast: Cast, at: datetime) -> None:
    """An edition and everything that its source states about it, and then the archive; in the caller's transaction.

    A demonstration account may stand in for a leader whom the source does not name; the entry says so.
    """
    chronicle = Chronicle(tx, book, cast.actors["admin"], at)
    edition = _begin(chronicle)
    cast.grant(tx, edition.id, roles="historical", clause="", at=at)
    rules = {name: book[name] for name in ("initiators", "sectors", "areas") if book[name]}
    chronicle.publish(edition, "set_rules", book["facts"]["context"], **rules)
    _conferences(chronicle)
    steps = PHASES[: LAST_STEP[book["ends"]]]
    for step, fact in steps[:2]:
        chronicle.publish(edition, step, book["facts"][fact], implied=step == "announce")
    projects = [_project(chronicle, project, cast) for project in book["project"]]
    for step, fact in steps[2:]:
        chronicle.publish(edition, step, book["facts"][fact], implied=step == "open_selection")
    for ref in projects:
        _bring(chronicle, ref)
    if "agreement" in book:
        _agreement(chronicle)
    reason = {"reason": book["notes"]["archived"]}
    machine.take(tx, StepCommand(edition, "archive", actor=chronicle.keeper, at=at, answers=reason))
    end_old_letters(tx, chronicle.refs, before=None)
    timers.end_timers(tx, chronicle.refs)


def _begin(chronicle: Chronicle) -> Ref:
    """The edition itself, marked as historical, with its source and the source's words."""
    book = chronicle.book
    values = {"historical": True, **{name: book[name] for name in ("source", "facts", "voivodeship")}}
    data = {name: book[name] for name in ("key", "title", "county", "year")}
    moved = machine.create(
        chronicle.tx, CreateCommand(
            "edition", "create_edition", chronicle.keeper, chronicle.at, answers=data, columns=values,
            note=chronicle.note(book["facts"]["context"]),
        )
    )  # fmt: skip
    chronicle.refs.append(moved.ref)
    return moved.ref


def _conferences(chronicle: Chronicle) -> None:
    """Held, with the count that the source gives; the source names no day, place or theme."""
    record = chronicle.book["conferences"]
    for number in range(1, record["count"] + 1):
        is_summary = record["summary"] and number == record["count"]
        note = chronicle.note(record["sentence"], *(("summary_number",) if is_summary else ()))
        ref = chronicle.begin(
            "conference", "plan", record["sentence"], note=note, number=number, is_summary=is_summary
        )  # fmt: skip
        chronicle.publish(ref, "open", record["sentence"], implied=True)
        counted = {
            "participants": record["participants"],
            "qualifier": record["qualifier"],
            "source": record["sentence"],
        }
        chronicle.publish(ref, "hold", record["sentence"], **counted)


def _project(chronicle: Chronicle, project: Book, cast: Cast) -> Ref:
    """A project as the source prints it; it has neither author nor leader, because the source names none."""
    said = chronicle.book["projects"]["worked_out"]
    place = {"places": project["places"]} if "places" in project else {}
    ref = chronicle.begin(
        "proposal", "record_idea", said, title=project["title"], values={"source_key": project["key"]},
        note=chronicle.note(said, "printed", printed=project["printed"]), **place,
    )  # fmt: skip
    if "goals" in project:
        chronicle.publish(ref, "edit_sheet", said, goals=project["goals"])
    if "demonstration_leader" in project:
        _lend_leader(chronicle, ref, cast.actors[OFFICE], cast.actors[project["demonstration_leader"]])
    return ref


def _lend_leader(chronicle: Chronicle, ref: Ref, office: Actor, leader: Actor) -> None:
    """Let a demonstration account lead the project: the office names it, claims no source, and says what it is."""
    note = chronicle.book["notes"]["demonstration"]
    for step, actor, data in (("name_leader", office, {"person": leader.id}), ("accept_lead", leader, {})):
        machine.take(chronicle.tx, StepCommand(ref, step, actor=actor, at=chronicle.at, note=note, answers=data))


def _bring(chronicle: Chronicle, ref: Ref) -> None:
    """Take a project to the state that the source states; the decision is "as published", without votes."""
    said = chronicle.book["projects"]
    more: dict[str, dict[str, Any]] = {
        "present": {"presenter": said.get("presenter")},
        "decide": {"outcome": "select", "justification": said.get("selected")},
    }
    for step, sentence, implied in WAYS[said["state"]]:
        chronicle.publish(ref, step, said[sentence], implied=implied, **more.get(step, {}))


def _agreement(chronicle: Chronicle) -> None:
    """The agreement by itself: a count of partners with its source, tied to no project."""
    found = chronicle.book["agreement"]
    sentence = found["sentence"]
    ref = chronicle.begin(
        "agreement",
        "draft_agreement",
        sentence,
        title=found["title"],
        purpose=found["purpose"],
        note=chronicle.note(sentence),
    )
    chronicle.publish(ref, "open_for_signature", sentence, implied=True)
    chronicle.publish(ref, "count_signatures", sentence, signatures=found["partners"], source=sentence)
    chronicle.publish(ref, "conclude", sentence, source=sentence)
