"""The columns and cards of the board in the reader's words."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import address, say
from web.views.subject import marks_of
from workflow.base import i18n
from workflow.base.calendar import days_between
from workflow.base.i18n import _
from workflow.overview.board import Board, Card, Column, InState
from workflow.overview.waiting import awaited, next_date
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role
from workflow.rules.states import RESTING

# A bar is as long as twice the median, or as the longest stay that its column shows.
MEDIANS = 2


class Reading(Struct, frozen=True):
    """Who looks at a board, and when: what they may know decides what a card says."""

    edition: Mapping[str, Any]
    inside: bool
    names_minors: bool
    roles: frozenset[str]
    at: datetime


class Age(Struct, frozen=True):
    """How long a project has been in its state, as words and as a bar with the median, both 0 to 100."""

    words: str
    share: int
    median: int
    median_words: str


class CardView(Struct, frozen=True):
    """One card; what outsiders do not read is empty."""

    number: int
    title: str
    url: str
    mark: Mapping[str, str]
    leader: str
    cost: str
    age: Age | None
    due: str
    late: bool
    awaited: str
    mine: bool
    has_late_milestone: bool


class ColumnView(Struct, frozen=True):
    """One phase with its cards and the address of the list that holds all of them."""

    key: str
    label: str
    count: int
    cost: str
    cards: list[CardView]
    more: str
    # Whether something in it waits for the reader; the first such column is open on a phone.
    mine: bool


def column_views(
    board: Board, labels: Mapping[str, str], reading: Reading, more: Mapping[str, str]
) -> list[ColumnView]:
    """The columns of a board; `more` says where the list of each phase is."""
    return [_column(column, labels[column.phase], reading, more[column.phase]) for column in board.columns]


def _column(column: Column, label: str, reading: Reading, more: str) -> ColumnView:
    states = {state.state: state for state in column.states}
    cards = list(_cards(column, states, reading))
    cost = i18n.format_money(column.cost, identity.language()) if column.cost else ""
    return ColumnView(
        column.phase, label, column.count, cost, cards, more if column.count > len(cards) else "",
        any(card.mine for card in cards),
    )  # fmt: skip


def _cards(column: Column, states: Mapping[str, InState], reading: Reading) -> Iterator[CardView]:
    stays = (_days(card.since, reading.at) for card in column.cards if states[card.state].median_since)
    longest = max(stays, default=0)
    before, language = address("proposals.show", proposal_id=0)[:-1], identity.language()
    for card, mark in zip(column.cards, marks_of(column.cards), strict=True):
        role = awaited(card.state, reading.edition["state"])
        due = next_date(
            card.state, reading.edition, due_at=card.due_at, submission_until=card.submission_until,
            report_due_at=card.report_due_at,
        ) if role or _has_term(card, reading) else None  # fmt: skip
        yield CardView(
            card.number, card.title, f"{before}{card.id}", mark, _leader(card, reading),
            "" if card.cost is None else i18n.format_money(card.cost, language),
            _age(card, states[card.state], longest, reading),
            i18n.format_date(due, language) if due and reading.inside else "", due is not None and due < reading.at,
            _awaited(card, role) if reading.inside else "", role is not None and role in reading.roles,
            reading.inside and card.has_late_milestone,
        )  # fmt: skip


def _has_term(card: Card, reading: Reading) -> bool:
    """Whether a term runs though it is nobody's turn: the office answers for what follows an end of the project."""
    return card.due_at is not None and reading.edition["state"] not in RESTING


def _leader(card: Card, reading: Reading) -> str:
    if not reading.inside:
        return ""
    if card.leader is None or card.leader_accepted_at is None:
        return say(_("no leader yet"))
    return say(_("a pupil")) if card.leader_is_minor and not reading.names_minors else card.leader


def _awaited(card: Card, role: Role | None) -> str:
    if role is None:
        return ""
    if role == Role.GROUP_LEADER and card.leader_accepted_at is None:
        return say(_("somebody who will lead it"))
    return say(TITLES[role])


def _age(card: Card, state: InState, longest: int, reading: Reading) -> Age | None:
    if not reading.inside or card.since is None or state.median_since is None:
        return None
    days, median = _days(card.since, reading.at), _days(state.median_since, reading.at)
    whole = max(longest, MEDIANS * median, 1)
    language = identity.language()
    return Age(
        i18n.format_days(days, language), min(100, 100 * days // whole), min(100, 100 * median // whole),
        i18n.format_days(median, language),
    )  # fmt: skip


def _days(since: datetime | None, at: datetime) -> int:
    return days_between(since, at) if since else 0
