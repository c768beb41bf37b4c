"""What waits for one person, and until when: decided from the facts of the few subjects that can."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_

from msgspec import Struct
from sqlalchemy import Connection

from workflow.engine import facts_reader
from workflow.engine.appeal_reader import with_electors
from workflow.engine.decision import open_steps, under_embargo
from workflow.engine.edition_totals import with_totals
from workflow.engine.plan_reader import with_plans
from workflow.proposals.candidates import Candidates, candidates, editions_of
from workflow.proposals.next_step import Expectation, awaited, expectation, scope_of_awaited
from workflow.proposals.reminders import ComingReminder, coming
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.page_permissions import Reader
from workflow.rules.registry import lifecycle_of
from workflow.rules.roles import Role
from workflow.rules.totals import NARROW

# Proposals of the worklist that are looked at for the page of one's own work, which shows fewer.
BEGINNING = 15
# Kinds of states in which a subject has not come to its end.
MOVING = frozenset({"initial", "normal"})
# Who moves editions on.
EDITION_ROLES = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER, Role.SECRETARY})


class Task(Struct, frozen=True):
    """A subject with what is expected next of it."""

    facts: Facts
    next: Expectation | None
    # Of one's own proposals: the reminders that lie ahead.
    reminders: tuple[ComingReminder, ...] = ()

    @property
    def is_mine(self) -> bool:
        """Whether the reader can do the next thing now."""
        return self.next is not None and self.next.allowed

    @property
    def has_ended(self) -> bool:
        """Whether the subject came to an end; what is still noted of it, others do."""
        return lifecycle_of(self.facts).states[str(self.facts.state)].kind not in MOVING


class Tasks(Struct, frozen=True):
    """What waits for a person and what the person works on, each the nearest date first."""

    waiting: tuple[Task, ...]
    own: tuple[Task, ...] = ()
    # Whether the person works on more proposals than these.
    more_own: bool = False
    # Where the worklist goes on; None where everything was looked at.
    next_cursor: str | None = None


def tasks_of(tx: Connection, reader: Reader, *, at: datetime, office: bool = True) -> Tasks:
    """What waits for the reader among the proposals that the reader leads, wrote, coordinates or works on, and, for
    the `office`, at the beginning of the worklist.

    Of the reader's own proposals `candidates.PAGE` are read: those with a running term first, then the latest
    changed. A fixed number of statements, however many subjects there are.
    """
    chosen = candidates(tx, reader, own=True, office=office, limit=BEGINNING)
    tasks = _decided(tx, reader, at, chosen, editions=office)
    own = frozenset(chosen.own)
    return Tasks(
        waiting=tuple(task for task in tasks if task.is_mine),
        own=tuple(task for task in tasks if task.facts.ref.kind == "proposal" and task.facts.ref.id in own),
        more_own=chosen.more_own, next_cursor=chosen.next_cursor,
    )  # fmt: skip


def worklist(tx: Connection, reader: Reader, *, at: datetime, cursor: str = "") -> Tasks:
    """A page of what waits for the reader's roles: editions and conferences on the first one, then proposals.

    Proposals that wait for somebody else now are left out, so a page may show few or none and still have a next one.
    A fixed number of statements.
    """
    chosen = candidates(tx, reader, own=False, office=True, cursor=cursor)
    tasks = _decided(tx, reader, at, chosen, editions=not cursor)
    return Tasks(tuple(task for task in tasks if task.is_mine), next_cursor=chosen.next_cursor)


def _decided(tx: Connection, reader: Reader, at: datetime, chosen: Candidates, *, editions: bool) -> list[Task]:
    """What is expected next of each candidate, the most urgent first; only the expected steps are decided."""
    refs = [Ref("proposal", number) for number in {*chosen.own, *chosen.dated, *chosen.others}]
    refs += [Ref("conference", number) for number in chosen.conferences]
    if editions:
        refs += [Ref("edition", number) for number in editions_of(reader, EDITION_ROLES)]
    read = facts_reader.read_facts(tx, refs, actor=Actor(reader.id, reader.name, reader.language))
    facts = with_plans(tx, with_electors(tx, read))
    return sorted((_task(subject, at, chosen) for subject in _with_totals(tx, facts)), key=_urgency)


def _with_totals(tx: Connection, facts: Mapping[Ref, Facts]) -> Iterable[Facts]:
    """The facts with the totals of their editions, where a guard of what the reader may do next looks at them."""
    scopes = {ref: scope for ref, subject in facts.items() if (scope := scope_of_awaited(subject)) != NARROW}
    wide = with_totals(tx, {ref: facts[ref] for ref in scopes}, reduce(or_, scopes.values(), NARROW))
    return {**facts, **wide}.values()


def _task(facts: Facts, at: datetime, chosen: Candidates) -> Task:
    known = under_embargo(facts)
    watch = chosen.watches.get(facts.ref.id) if facts.ref.kind == "proposal" else None
    expected = expectation(known, open_steps(known, at=at, names=awaited(known)))
    return Task(known, expected, coming(known, watch) if watch else ())


def _urgency(task: Task) -> tuple[bool, bool, datetime, str]:
    until = task.next.until if task.next else None
    changed: datetime = task.facts["updated_at"]
    return (not task.is_mine, until is None, until or changed, str(task.facts.ref))
