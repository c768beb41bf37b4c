"""A vote in the hall as its pages show it: the ballot with what was marked, and a result by option and sector."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from web.http import live, pass_cookie
from web.http.live import LiveMark
from web.http.template_context import say
from workflow.base.errors import NotFound, NotReady
from workflow.base.i18n import _
from workflow.engine.hall_reader import KIND, options_of
from workflow.hall.casting import is_open, new_form
from workflow.hall.queries import MyPart, Progress, my_part, progress_of
from workflow.participation.passes import PassHolder
from workflow.rules.facts import Facts, Ref
from workflow.rules.hall import NO_SECTOR_IN_WORDS, HallMethod, HallOptionRow, stratum_in_words
from workflow.rules.permissions import HOSTS_OF_VOTES
from workflow.voting.counting.ballots import Choice
from workflow.voting.results.canonical import Content
from workflow.voting.results.hall_scores import placed
from workflow.voting.sealing import Receipt

LIMITS = {
    "max_choices": _("Options on a ballot, at most"), "points_total": _("Points of each person"),
    "points_each": _("Points for one option, at most"),
}  # fmt: skip


class HallPage(Struct, frozen=True):
    """What the page of a vote shows to somebody; `form` only to an elector who can vote now."""

    facts: Facts
    mark: LiveMark
    progress: Progress
    options: tuple[HallOptionRow, ...]
    holder: PassHolder | None
    mine: MyPart
    is_open: bool
    form: Receipt | None
    key_lost: bool

    @property
    def method(self) -> HallMethod:
        """How is voted."""
        return HallMethod(self.facts["method"])

    @property
    def most(self) -> int:
        """The most options on a ballot."""
        return 1 if self.method is HallMethod.AYES else self.facts["max_choices"] or len(self.options)

    @property
    def heading(self) -> str:
        """The question, without the projects that are listed below it."""
        return str(self.facts["question"]).partition("\n")[0]

    @property
    def listed(self) -> list[str]:
        """The projects that the question is about."""
        return str(self.facts["question"]).split("\n")[1:]

    @property
    def in_the_hall(self) -> bool:
        """Whether the reader has a pass of this conference, or works in the edition: they see an open ballot."""
        return self.holder is not None or bool(self.facts.rights.roles) or self.facts.rights.is_admin

    @property
    def is_host(self) -> bool:
        """Whether the reader opens and closes votes."""
        return not self.facts.rights.roles.isdisjoint(HOSTS_OF_VOTES)


class ShownProgress(Struct, frozen=True):
    """What the part of a page about the progress of a vote shows."""

    facts: Facts
    progress: Progress


def shown_progress(tx: Connection, facts: Facts) -> ShownProgress:
    """The progress of a vote that exists; two statements."""
    progress = progress_of(tx, facts.ref.id)
    if progress is None:
        raise NotFound
    return ShownProgress(facts, progress)


def hall_page(tx: Connection, facts: Facts, *, at: datetime) -> HallPage:
    """The vote with the reader's own part and, for an elector who has not voted, a new form; five statements."""
    mark = live.mark(tx, KIND, facts.ref.id)
    progress = shown_progress(tx, facts).progress
    holder = pass_cookie.holder(tx)
    if holder is not None and holder.conference_id != facts["conference_id"]:
        holder = None
    mine = my_part(tx, facts.ref.id, holder.registration_id, facts["rules"]) if holder else MyPart(is_elector=False)
    votes = is_open(facts.state or "", facts.due_at, at)
    form, key_lost = None, False
    if votes and facts["secret"] and mine.is_elector and not mine.voted:
        try:
            form = new_form(tx, facts.ref.id)
        except NotReady:
            key_lost = True
    return HallPage(facts, mark, progress, options_of(tx, facts.ref.id), holder, mine, votes, form, key_lost)


class OptionResult(Struct, frozen=True):
    """What an option received: score, share of the best one in per cent, place, and whether others share the place."""

    key: str
    label: str
    score: int
    share: int
    place: int
    tied: bool


def option_results(content: Content, options: Sequence[HallOptionRow]) -> list[OptionResult]:
    """The options, best first; those with the same score share a place."""
    labels = {option.key: option.label for option in options}
    scores = {key: int(Fraction(score)) for key, score in content["outcome"]["scores"].items()}
    in_order = {key: scores[key] for key in sorted(scores, key=[*labels].index)}
    best = max([1, *scores.values()])
    return [
        OptionResult(of.key, labels.get(of.key, of.key), of.score, of.score * 100 // best, of.place, of.tied)
        for of in placed(in_order)
    ]


def said(choice: Any, labels: Mapping[str, str]) -> str:
    """A choice of a ballot in words: labels in the order of the ballot, with points where it has them."""
    if isinstance(choice, dict):
        return ", ".join(f"{labels.get(key, key)}: {points}" for key, points in choice.items())
    return ", ".join(labels.get(key, key) for key in choice)


def marked(method: HallMethod, choice: Choice | None) -> dict[str, int]:
    """Option -> what a form shows in its field: 1, points, or a place from 1."""
    first = 1 if method is HallMethod.RANK else 0
    return {key: number + first for key, number in choice or ()}


def in_words(strata: Mapping[str, Mapping[str, int]]) -> dict[str, Mapping[str, int]]:
    """The figures of each stratum under the words that people read."""
    none = say(NO_SECTOR_IN_WORDS)
    return {stratum_in_words(name, none): scores for name, scores in strata.items()}


def limits_of(facts: Facts) -> list[tuple[str, int]]:
    """How much a ballot may hold, by what its form calls it; what is not limited is left out."""
    return [(say(label), facts[name]) for name, label in LIMITS.items() if facts[name] is not None]


def ref_of(poll_id: int) -> Ref:
    """The name of a vote in the hall."""
    return Ref(KIND, poll_id)
