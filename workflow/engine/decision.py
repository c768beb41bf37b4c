"""Whether a step may be taken and where it leads: pure, from table, facts, answers and time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from workflow.base.errors import BadInput, Missing, NoSuchStep, NotAllowed, NotFound, NotReady, Stale
from workflow.base.i18n import _
from workflow.engine.command import Versions, is_fresh
from workflow.engine.state_machine import possible_steps, row_for, state_after
from workflow.lifecycle.definition import Lifecycle, Step
from workflow.rules.counted_people import counted
from workflow.rules.effects.base import OVERWRITING
from workflow.rules.facts import Attempt, Facts
from workflow.rules.field_types import read
from workflow.rules.fields import asked
from workflow.rules.guards import GUARDS, Guard
from workflow.rules.guards.base import missing
from workflow.rules.permissions import RULES, may_see, may_see_private
from workflow.rules.registry import lifecycle_of, private_records
from workflow.rules.roles import Role
from workflow.rules.states import OVER, RESTING

Rule = Callable[[Facts], bool]


class OpenStep(Struct, frozen=True):
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
    """A step that may be taken: the row, the role used, the state it leads to, the answers as they were read."""

    step: Step
    role: str
    target: str
    attempt: Attempt


def decide(lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, *, version: Versions = None) -> Decision:
    """Whether the actor of these facts may take a step with these answers, and where it leads; pure.

    While somebody only looks (`attempt.data` is None) no answers are asked for. Raises NotFound, NotAllowed, Stale,
    NoSuchStep, BadInput or NotReady, in this order of precedence.
    """
    answers, source = _split_source(facts, attempt)
    row, role = admit(lifecycle, facts, name, attempt.answered(source), version=version)
    if answers is not None:
        attempt = attempt.answered(_read_answers(row, facts, role, attempt, answers, source))
    if unmet := unmet_conditions(row, facts, attempt, role):
        raise NotReady(unmet)
    return Decision(row, role, state_after(lifecycle, name, facts.state, facts.previous_state), attempt)


def _split_source(facts: Facts, attempt: Attempt) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The answers, and what a record of the past names beside them: its source, and what was assumed."""
    if attempt.data is None:
        return None, None
    names = ("as_published", "assumed") if facts.edition.get("historical") else ()
    answers = dict(attempt.data)
    source = {name: answers.pop(name) for name in names if name in answers}
    return answers, source or None


def _read_answers(
    row: Step, facts: Facts, role: str, attempt: Attempt, answers: Mapping[str, Any], source: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The answers in their types; BadInput names every field that is wrong and every guard that is unmet besides."""
    specs = asked(row)
    if source:
        # What a source does not state cannot be asked for.
        specs = tuple(replace(spec, required=False) for spec in specs)
    try:
        found = read(specs, answers, empties=not OVERWRITING.isdisjoint(row.effects))
    except BadInput as bad:
        raise BadInput(bad.fields, unmet_conditions(row, facts, attempt.answered(None), role)) from None
    return {**counted(row, facts, found), **(source or {})}


def admit(lifecycle: Lifecycle, facts: Facts, name: str, attempt: Attempt, *, version: Versions) -> tuple[Step, str]:
    """The row of the table and the role by which the actor may take it, before any guard is asked; pure.

    Raises NotFound, NotAllowed, Stale or NoSuchStep, in this order of precedence.
    """
    if not may_see(facts):
        raise NotFound
    # The day of a paper counts for terms, so nobody but the office may say which day it was.
    if attempt.paper_on is not None and not _office(facts):
        raise NotAllowed(sentence=_("Only the programme office enters what was handed in on paper."))
    fresh = is_fresh(version, facts.version)
    row = row_for(lifecycle, name, facts.state, facts.previous_state)
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


def open_steps(facts: Facts, *, at: datetime, names: Collection[str] | None = None) -> tuple[OpenStep, ...]:
    """Every step and record that leaves the subject's state, in the order of its table; pure.

    Each says whether this person may take it now, and if not, everything that is missing. Of rows that share a name
    the one that fits is shown. With names, only the steps of these names are decided, and the guards only of those
    that this person may take. Facts need the totals that the guards look at, see `facts_of`.
    """
    lifecycle, attempt, facts = lifecycle_of(facts), Attempt(at), under_embargo(facts)
    steps = []
    for name in possible_steps(lifecycle, facts.state):
        row = row_for(lifecycle, name, facts.state, facts.previous_state) if names is None or name in names else None
        if row is None:
            continue
        role = _role(row, facts, attempt) or (Role.ARCHIVIST if row.paper and _office(facts) else None)
        barred = [] if role else [_not_yours([row])]
        unmet = unmet_conditions(row, facts, attempt, role or "") if role or names is None else []
        steps.append(OpenStep(row, role is not None, tuple(barred + unmet)))
    return tuple(steps)


def under_embargo(facts: Facts) -> Facts:
    """The facts as the actor may know them: drafts and decisions not yet announced are not there for outsiders.

    Otherwise what is missing for somebody else's step would tell what the committee has decided.
    """
    if may_see_private(facts) or not facts.recorded:
        return facts
    hidden = private_records(facts.lifecycle)
    return replace(facts, recorded={name: entry for name, entry in facts.recorded.items() if name not in hidden})


def _office(facts: Facts) -> bool:
    return Role.STAFF in facts.rights.roles


def _role(row: Step, facts: Facts, attempt: Attempt) -> str | None:
    """The first rule of the row that the actor meets. Staff may enter a leader's paper; a past edition has a keeper."""
    for name, may in _rules(row.who):
        if may(facts):
            return name
    if row.paper and attempt.paper_on is not None and _office(facts):
        return Role.STAFF
    if _as_published(facts, attempt) and (_office(facts) or facts.rights.is_admin):
        return Role.ARCHIVIST
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


def unmet_conditions(row: Step, facts: Facts, attempt: Attempt, role: str) -> list[Missing]:
    """Everything that stands in the way of a row: all guards are asked, not only the first that fails."""
    if row.came_from and facts.previous_state not in row.came_from:
        return [missing("other_origin", _("This step does not fit what went before."))]
    if rests := resting(facts):
        return [rests]
    if role == Role.ARCHIVIST and _as_published(facts, attempt):
        return []
    attempt = attempt.of_step(row.name)
    return [unmet for guard in _guards(row.guards) if (unmet := guard(facts, attempt))]


def resting(facts: Facts) -> Missing | None:
    """Why nothing of an edition can move now, the edition itself aside; None where it can."""
    if not facts.edition or (state := facts.edition["state"]) not in RESTING or facts.ref.kind == "edition":
        return None
    if state in OVER:
        return missing("edition_over", _("The edition is closed; nothing of it can be changed any more."))
    text = _("The edition is suspended; everything rests until it is resumed.")
    return missing("edition_suspended", text, Role.STAFF)


def _not_yours(rows: Iterable[Step]) -> Missing:
    who = tuple(dict.fromkeys(name for row in rows for name in row.who))
    return missing("not_allowed", _("This is for somebody else to do."), *who)
