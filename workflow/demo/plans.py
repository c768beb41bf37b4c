"""The plans of made-up projects: milestones that are planned and done, changes that are asked for and decided."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.implementation import parts
from workflow.implementation.parts import begin_part
from workflow.models import ChangeRequest, Milestone, Organisation
from workflow.rules.facts import Actor, Ref

Book = Mapping[str, Any]
# What is done with a part of the plan instead of by a step of the project.
PLAN, FINISH, ASK, DECIDE = "(plan a milestone)", "(finish a milestone)", "(ask for a change)", "(decide a change)"
PARTS = frozenset({PLAN, FINISH, ASK, DECIDE})
# A milestone with an odd number is done some days early, one with an even number late.
EARLY, LATE = -3, 12


def planned(p: Book) -> Iterator[Mapping[str, Any]]:
    """The milestones of a project in their order: each begins when the one before it ends."""
    before: int | None = None
    for number, (title, due, *organisation) in enumerate(p["milestones"], start=1):
        earlier: Mapping[str, Any] = {} if before is None else {"starts_on": before, "after": [number - 1]}
        who = {"organisation": organisation[0]} if organisation else {}
        yield {"title": title, "due_on": due, **who, **earlier}
        before = due


def finished(p: Book, first: int, last: int) -> Iterator[Mapping[str, Any]]:
    """The milestones from one number to another as they were done."""
    for number in range(first, last + 1):
        title, due, *_organisation = p["milestones"][number - 1]
        yield {
            "number": number,
            "outcome_text": f"{title}: zrobione.",
            "done_on": due + (EARLY if number % 2 else LATE),
        }


def promises(p: Book) -> Iterator[Mapping[str, Any]]:
    """What the partners of the sheet promise, where it has them in rows."""
    rows = p["sheet"].get("partners")
    for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
        yield {"partner": row["partner"], "promise": row.get("promise") or row["partner"], "sheet_row": number}


def play_part(tx: Connection, project: Ref, act: str, data: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """One act about a part of the plan of a project, in the caller's transaction."""
    given = dict(data)
    if act == PLAN:
        if "organisation" in given:
            given["organisation"] = _organisation(tx, given["organisation"])
        begin_part(tx, project.id, parts.MILESTONE, parts.PLAN, given, actor=actor, at=at)
    elif act == ASK:
        begin_part(tx, project.id, parts.CHANGE, parts.REQUEST, given, actor=actor, at=at)
    else:
        model, step = (Milestone, "finish") if act == FINISH else (ChangeRequest, given.pop("decision"))
        ref = Ref(model.__tablename__, _numbered(tx, model, project.id, given.pop("number")))
        machine.take(tx, StepCommand(ref, step, actor=actor, at=at, answers=given))


def parts_of(tx: Connection, edition_id: int) -> list[Ref]:
    """The milestones and change requests of an edition; one statement a kind."""
    return [
        Ref(model.__tablename__, number)
        for model in (Milestone, ChangeRequest)
        for number in tx.execute(select(model.id).where(model.edition_id == edition_id)).scalars()
    ]


def _organisation(tx: Connection, name: str) -> int:
    return tx.execute(select(Organisation.id).where(Organisation.name == name)).scalars().first() or 0


def _numbered(tx: Connection, model: type[Milestone] | type[ChangeRequest], project: int, number: int) -> int:
    return tx.execute(select(model.id).where(model.proposal_id == project, model.number == number)).scalar_one()
