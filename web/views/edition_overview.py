"""An edition at one glance: which phase it is in, what blocks the next one, who is expected to act."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.open_steps import said
from web.views.subject import Subject, state_mark
from workflow.base.i18n import _
from workflow.conferences.queries import ConferenceLine
from workflow.conferences.timing import Timing
from workflow.editions.queries import holders_of
from workflow.engine.machine import OpenStep
from workflow.overview.waiting import TURN
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role
from workflow.rules.states import EditionState

PATH = (EditionState.ANNOUNCED, EditionState.CONFERENCES, EditionState.SUMMARY, EditionState.SELECTION,
        EditionState.APPEALS, EditionState.AGREEMENT, EditionState.IMPLEMENTATION, EditionState.CLOSING)  # fmt: skip
# The step that opens the next phase.
FORWARD: Mapping[str, str] = {
    EditionState.DRAFT: "announce", EditionState.ANNOUNCED: "open_conferences",
    EditionState.CONFERENCES: "open_summary", EditionState.SUMMARY: "open_selection",
    EditionState.SELECTION: "announce_results", EditionState.APPEALS: "close_appeals",
    EditionState.AGREEMENT: "conclude_agreement", EditionState.IMPLEMENTATION: "start_closing",
    EditionState.CLOSING: "close", EditionState.SUSPENDED: "resume",
}  # fmt: skip
# As many names as a line shows of the people who can remove an obstacle.
NAMES = 3


class Waiting(Struct, frozen=True):
    """Who is expected to act, and on how many things."""

    who: str
    what: str
    count: int
    href: str


class Overview(Struct, frozen=True):
    """The first screen of an edition for those who work in it."""

    phases: tuple[dict[str, str], ...]
    current: str
    # What the step into the next phase is called; empty where there is none.
    next_step: str
    # Who takes it: the first that the table names.
    next_by: str
    may_go_on: bool
    blocked_by: list[dict[str, Any]]
    waiting: tuple[Waiting, ...]


def overview(
    tx: Connection, subject: Subject, steps: Sequence[OpenStep], counts: Mapping[str, int],
    conferences: Sequence[ConferenceLine], labels: Mapping[str, str], at: datetime,
) -> Overview:  # fmt: skip
    """Everything of it from facts that were read already, but for the names of people: one statement more.

    `labels` says what the states of proposals are called.
    """
    state = str(subject.facts.state)
    forward = next((step for step in steps if step.step.name == FORWARD.get(state)), None)
    return Overview(
        tuple({"key": key, "label": state_mark(subject.lifecycle, key)["label"]} for key in PATH),
        str(subject.facts.previous_state) if state == EditionState.SUSPENDED else state,
        forward.step.label.say(identity.language()) if forward else "",
        say(TITLES[Role(forward.step.who[0])]) if forward else "",
        bool(forward and not forward.missing),
        _blocked(tx, subject, forward),
        (*_waiting_projects(subject, counts, labels), *_waiting_conferences(conferences, state, at)),
    )  # fmt: skip


def _blocked(tx: Connection, subject: Subject, forward: OpenStep | None) -> list[dict[str, Any]]:
    """What stands in the way of the next phase, each with the people who can mend it."""
    if forward is None or not forward.missing:
        return []
    roles = {role for unmet in forward.missing for role in unmet.who}
    holders = holders_of(tx, subject.ref.id, roles)
    lines = said(forward.missing, subject.facts)
    for line, unmet in zip(lines, forward.missing, strict=True):
        line["who"] = _named(line["who"], [name for role in unmet.who for name in holders.get(role, ())])
    return lines


def _named(titles: str, names: Iterable[str]) -> str:
    """The titles of those who can mend something, with names where few people hold them."""
    people = list(dict.fromkeys(names))
    return f"{titles} ({', '.join(people)})" if people and len(people) <= NAMES else titles


def _waiting_projects(subject: Subject, counts: Mapping[str, int], labels: Mapping[str, str]) -> Iterable[Waiting]:
    key = subject.facts["key"]
    for state, count in counts.items():
        if role := TURN.get(state):
            yield Waiting(say(TITLES[role]), labels[state], count, url_for("lists.show", edition_key=key, state=state))


def _waiting_conferences(conferences: Sequence[ConferenceLine], edition: str, at: datetime) -> Iterable[Waiting]:
    for line in conferences:
        timing = line.timing(edition, at)
        what = {
            Timing.UNNOTED: _("conference {number}: note that it was held", number=line.number),
            Timing.HELD: _("conference {number}: approve the report", number=line.number),
        }.get(timing)
        if what is not None:
            yield Waiting(say(TITLES[Role.STAFF]), say(what), 1, url_for("conferences.show", conference_id=line.id))
