"""What the page of the announcement shows: moves, letters with their texts, sums, and what is missing."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.template_context import say
from web.views.open_steps import said
from web.views.subject import Subject, state_mark, subject
from workflow.engine.preview import PreviewedMove
from workflow.notifications.previewed_letters import Draft, PreviewedLetter, letters_of
from workflow.rules.choices import OUTCOMES
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.registry import lifecycle_of
from workflow.rules.states import ProposalState
from workflow.rules.topics import Topic
from workflow.selection.announcement import Plan, Waiting, may_announce, two_people

# The state that each outcome leads to.
STATE_OF: Mapping[str, str] = {
    "select": ProposalState.SELECTED, "place_on_reserve": ProposalState.RESERVE, "reject": ProposalState.NOT_SELECTED,
}  # fmt: skip


class Row(Struct, frozen=True):
    """A project with what was decided about it; an undecided one has no outcome."""

    ref: Ref
    number: int
    title: str
    url: str
    cost: int
    outcome: str = ""
    state: Mapping[str, Any] | None = None
    position: int | None = None
    resolution: str = ""
    votes: tuple[int, int, int] | None = None
    note: str = ""


class AnnouncementView(Struct, frozen=True):
    """Everything on the page."""

    edition: Subject
    rows: tuple[Row, ...]
    letters: tuple[PreviewedLetter, ...]
    letters_of_edition: int
    people: int
    messages: int
    counts: tuple[tuple[str, int], ...]
    places: int
    money: int
    missing: list[dict[str, Any]]
    digest: str
    asked: Waiting | None
    # What the reader may do.
    may_announce: bool
    two_people: bool
    asked_by_me: bool

    @property
    def undecided(self) -> int:
        """How many projects have no decision yet."""
        return sum(not row.outcome for row in self.rows)


def announcement_view(tx: Connection, plan: Plan, asked: Waiting | None, *, actor: Actor) -> AnnouncementView:
    """The page from the plan of an announcement; one statement for the letters' people beside a few for audiences."""
    notes = asked.notes if asked else {}
    decided, undecided = ([_row(of, notes) for of in facts] for facts in (plan.decided, plan.undecided))
    outcomes = Counter(row.outcome for row in decided)
    preview = plan.preview
    drafts = [_draft(move, plan, actor) for move in preview.moves if move.topic and move.recipients]
    return AnnouncementView(
        edition=subject(plan.edition), rows=(*decided, *undecided),
        letters=tuple(letters_of(tx, drafts, identity.language())),
        letters_of_edition=sum(len(move.recipients) for move in preview.moves if move.command.ref == plan.edition.ref),
        people=len(preview.letters), messages=sum(len(move.recipients) for move in preview.moves),
        counts=tuple((say(label), outcomes[key]) for key, label in OUTCOMES.items() if outcomes[key]),
        places=preview.places, money=preview.money, missing=said(plan.missing, plan.edition),
        digest=plan.digest, asked=asked,
        may_announce=may_announce(plan.edition), two_people=two_people(plan.edition),
        asked_by_me=asked is not None and asked.requester.id == actor.id,
    )  # fmt: skip


def _row(of: Facts, notes: Mapping[int, str]) -> Row:
    shown, decision = subject(of), of.decision
    row = Row(of.ref, of["number"], of["title"], shown.url, of["cost"] or 0)
    if decision is None:
        return row
    mark = state_mark(lifecycle_of(of), STATE_OF[decision["outcome"]])
    votes = decision["votes_for"], decision["votes_against"], decision["votes_abstain"]
    return Row(of.ref, row.number, row.title, row.url, row.cost, decision["outcome"], mark, decision["position"],
               decision["resolution"], votes, notes.get(of.ref.id, ""))  # fmt: skip


def _draft(move: PreviewedMove, plan: Plan, actor: Actor) -> Draft:
    ref, edition = move.command.ref, plan.edition
    project = next((of for of in plan.decided if of.ref == ref), None)
    title, number = (project["title"], project["number"]) if project else (edition["title"], edition["year"])
    return Draft(
        Topic(move.topic or ""), ref, move.command.at, move.recipients, move.recorded, title=title, number=number,
        edition=edition.edition, actor=actor.name, note=move.command.note,
    )  # fmt: skip
