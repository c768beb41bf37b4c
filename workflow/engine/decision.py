"""Whether a step may be taken and where it leads: pure, from table, facts, answers and time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple

from workflow.base.errors import Missing, NoSuchStep, NotAllowed, NotFound, NotReady, Stale
from workflow.base.i18n import _
from workflow.lifecycle.definition import PREVIOUS, Lifecycle, Step
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards import GUARDS, Guard
from workflow.rules.guards.base import missing
from workflow.rules.permissions import OVER, RULES, may_see, may_see_private
from workflow.rules.registry import lifecycle_of

ARCHIVIST = "archivist"
Rule = Callable[[Facts], bool]
# States of an edition in which nothing of it moves.
RESTING = OVER | {"suspended"}


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One step of a subject, as its page shows it."""

    step: Step
    # May this person ever take it here?
    permitted: bool
    missing: tuple[Missing, ...]

    @property
    def allowed(self) -> bool:
        """Whether it can be taken now, by this person."""
        return self.permitted and not self.missing


class Decision(NamedTuple):
    """A move that may be made: the row, the role used, the state it leads to."""

    step: Step
    role: str
    target: str


class Way(NamedTuple):
    """A row that stands alone for its state and name: what each rule would decide, and what has to hold."""

    rules: tuple[tuple[Rule, Decision], ...]
    guards: tuple[Guard, ...]


@cache
def _ways(lifecycle: Lifecycle) -> dict[tuple[str | None, str], Way]:
    """The rows that are told apart by state and name and lead to one state only."""
    ways = {}
    for key, (row, *more) in lifecycle.compiled.items():
        if not more and not row.came_from and row.target != PREVIOUS:
            target = row.target or key[0] or ""
            rules = tuple((may, Decision(row, name, target)) for name, may in _rules(row.who))
            ways[key] = Way(rules, _guards(row.guards))
    return ways


def decide(lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, *, version: int | None = None) -> Decision:
    """Whether the actor of these facts may take a step with these answers, and where it leads; pure.

    Raises NotFound, NotAllowed, Stale, NoSuchStep or NotReady, in this order of precedence.
    """
    # What nearly always happens needs one look-up; whatever is refused goes the long way, which says why.
    way = _ways(lifecycle).get((facts.state, name))
    if way and attempt.paper_on is None and (version is None or version == facts.version) and may_see(facts):
        for may, decision in way.rules:
            if may(facts):
                if _all_hold(way.guards, facts, attempt) and not resting(facts):
                    return decision
                break
    row, role = admit(lifecycle, facts, name, attempt, version=version)
    if missing_ := lacking(row, facts, attempt, role):
        raise NotReady(missing_)
    return Decision(row, role, target_of(row, facts))


def admit(lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, *, version: int | None) -> tuple[Step, str]:
    """The row of the table and the role by which the actor may take it, before any guard is asked; pure.

    Raises NotFound, NotAllowed, Stale or NoSuchStep, in this order of precedence.
    """
    if not may_see(facts):
        raise NotFound
    # The day of a paper counts for terms, so nobody but the office may say which day it was.
    if attempt.paper_on is not None and not _office(facts):
        raise NotAllowed(sentence=_("Only the programme office enters what was handed in on paper."))
    fresh = version is None or version == facts.version
    rows = lifecycle.rows(facts.state, name)
    row = fitting(rows, facts) if rows else None
    # What nearly always happens is decided at once; anything else takes its turn in the order of refusals.
    role = _role(row, facts, attempt) if row else None
    if row and role and fresh:
        return row, role
    everywhere = lifecycle.rows_named(name)
    if everywhere and not any(_role(one, facts, attempt) for one in everywhere):
        raise NotAllowed([_not_yours(everywhere)])
    if not fresh:
        raise Stale(facts.version)
    if row is None:
        raise NoSuchStep(name, facts.state)
    raise NotAllowed([_not_yours([row])])


def open_steps(facts: Facts, *, at: datetime) -> tuple[OpenStep, ...]:
    """Every step and record that the table has from the subject's state, in its order; pure.

    Each says whether this person may take it now, and if not, everything that is missing. Of rows that share a name
    the one that fits is shown. Facts need their totals, see `facts_of`.
    """
    lifecycle, attempt, facts = lifecycle_of(facts), Attempt(at), under_embargo(facts)
    found = []
    for name in dict.fromkeys(row.name for row in lifecycle.steps_from(facts.state)):
        row = fitting(lifecycle.rows(facts.state, name), facts)
        role = _role(row, facts, attempt) or (ARCHIVIST if row.paper and _office(facts) else None)
        barred = [] if role else [_not_yours([row])]
        found.append(OpenStep(row, role is not None, tuple(barred + lacking(row, facts, attempt, role or ""))))
    return tuple(found)


def under_embargo(facts: Facts) -> Facts:
    """The facts as the actor may know them: drafts and decisions not yet announced are not there for outsiders.

    Otherwise what is missing for somebody else's step would tell what the committee has decided.
    """
    if may_see_private(facts) or not facts.recorded:
        return facts
    hidden = {record.name for record in lifecycle_of(facts).records if record.private}
    return replace(facts, recorded={name: entry for name, entry in facts.recorded.items() if name not in hidden})


def fitting(rows: Sequence[Step], facts: Facts) -> Step:
    """Of rows that share state and name, the one for the remembered state; the checks allow one at most."""
    if len(rows) == 1:
        return rows[0]
    return next((row for row in rows if not row.came_from or facts.previous_state in row.came_from), rows[0])


def target_of(row: Step, facts: Facts) -> str:
    """The state that a row leads to: its own, the remembered one, or for a record the present one."""
    if row.target is None:
        return facts.state or ""
    return (facts.previous_state or "") if row.target == PREVIOUS else row.target


def _office(facts: Facts) -> bool:
    return "staff" in facts.rights.roles


def _role(row: Step, facts: Facts, attempt: Attempt) -> str | None:
    """The first rule of the row that the actor meets. Staff may enter a leader's paper; a past edition has a keeper."""
    for name, may in _rules(row.who):
        if may(facts):
            return name
    if row.paper and attempt.paper_on is not None and _office(facts):
        return "staff"
    if _as_published(facts, attempt) and (_office(facts) or facts.rights.is_admin):
        return ARCHIVIST
    return None


@cache
def _rules(who: tuple[str, ...]) -> tuple[tuple[str, Rule], ...]:
    return tuple((name, RULES[name]) for name in who)


@cache
def _guards(names: tuple[str, ...]) -> tuple[Guard, ...]:
    return tuple(GUARDS[name] for name in names)


def _as_published(facts: Facts, attempt: Attempt) -> bool:
    """A step of a historical edition, entered from a source that is named as its justification.

    What the source does not state cannot be asked for, so guards are excused; only an edition that was created as
    historical knows this, and it can never become one.
    """
    return bool(facts.edition.get("historical")) and bool((attempt.data or {}).get("as_published"))


def _all_hold(guards: tuple[Guard, ...], facts: Facts, attempt: Attempt) -> bool:
    for ask in guards:  # noqa: SIM110 - a generator would take longer than the guards
        if ask(facts, attempt):
            return False
    return True


def lacking(row: Step, facts: Facts, attempt: Attempt, role: str) -> list[Missing]:
    """Everything that stands in the way of a row: all guards are asked, not only the first that fails."""
    if row.came_from and facts.previous_state not in row.came_from:
        return [missing("other_origin", _("This step does not fit what went before."))]
    if rests := resting(facts):
        return [rests]
    if role == ARCHIVIST and _as_published(facts, attempt):
        return []
    return [lack for ask in _guards(row.guards) if (lack := ask(facts, attempt))]


def resting(facts: Facts) -> Missing | None:
    """Why nothing of an edition can move now, the edition itself aside; None where it can."""
    if not facts.edition or (state := facts.edition["state"]) not in RESTING or facts.ref.kind == "edition":
        return None
    if state in OVER:
        return missing("edition_over", _("The edition is closed; nothing of it can be changed any more."))
    text = _("The edition is suspended; everything rests until it is resumed.")
    return missing("edition_suspended", text, "staff")


def _not_yours(rows: Iterable[Step]) -> Missing:
    who = tuple(dict.fromkeys(name for row in rows for name in row.who))
    return missing("not_allowed", _("This is for somebody else to do."), *who)
