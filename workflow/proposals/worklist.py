"""What waits for one person: candidates by role in one statement, then decided from their facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, false, literal, or_, select, union_all

from workflow.engine import machine
from workflow.engine.decision import under_embargo
from workflow.engine.machine import OpenStep
from workflow.models import Conference, Edition, GroupMember, Proposal
from workflow.proposals.next_step import Expectation, expectation
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import Role
from workflow.rules.states import OVER, UNDER_WAY, ConferenceState, ProposalState

LIMIT = 200
# In which states a proposal may wait for somebody who holds a role in its edition.
WAITS_FOR = {
    Role.STAFF: (
        ProposalState.SUBMITTED,
        ProposalState.ADMITTED,
        *UNDER_WAY,
        ProposalState.COMPLETED,
        ProposalState.WITHDRAWN,
    ),
    Role.ANIMATOR: (ProposalState.IDEA, ProposalState.ADMITTED),
    Role.COMMITTEE_CHAIR: (ProposalState.PRESENTED, ProposalState.RESERVE),
    Role.SECRETARY: (ProposalState.PRESENTED,),
    Role.APPEAL_BODY: (ProposalState.APPEALED,),
}
# Who moves editions and conferences on.
EDITION_ROLES = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.COMMITTEE_MEMBER, Role.SECRETARY})
CONFERENCE_ROLES = frozenset({Role.STAFF, Role.SECRETARY})
CONFERENCE_STATES = (ConferenceState.OPEN, ConferenceState.HELD)


@dataclass(frozen=True, slots=True)
class Task:
    """A subject with what is expected next of it."""

    facts: Facts
    steps: tuple[OpenStep, ...]
    next: Expectation | None

    @property
    def is_mine(self) -> bool:
        """Whether the reader can do the next thing now."""
        return self.next is not None and self.next.mine and self.next.open.allowed


def tasks_of(tx: Connection, reader: Reader, *, at: datetime, own: bool = True, office: bool = True) -> list[Task]:
    """Subjects that may wait for the reader, the nearest date first: `own` ones that the reader leads, wrote,
    coordinates or works on, and those that wait for the reader's roles in the `office`.

    A fixed number of statements, however many subjects there are.
    """
    parts = [*(_own(reader) if own else ()), *(_by_role(reader) if office else ())]
    refs = _refs(tx, parts) if parts else []
    if office:
        refs += [Ref("edition", one) for one, roles in sorted(reader.grants.items()) if roles & EDITION_ROLES]
    facts = machine.facts_of(tx, refs, actor=Actor(reader.id, reader.name, reader.language))
    return sorted(_tasks(facts.values(), at), key=_urgency)


def _refs(tx: Connection, parts: list[Any]) -> list[Ref]:
    rows = tx.execute(union_all(*parts)).all()
    return list(dict.fromkeys(Ref(kind, number) for kind, number in rows))


def _own(reader: Reader) -> list[Any]:
    p = Proposal
    in_group = select(GroupMember.proposal_id).where(GroupMember.person_id == reader.id, GroupMember.left_at.is_(None))
    mine = or_(p.leader_id == reader.id, p.coordinator_id == reader.id, p.author_id == reader.id, p.id.in_(in_group))
    newest = select(p.id).where(mine).order_by(p.updated_at.desc(), p.id.desc()).limit(LIMIT).subquery()
    return [select(literal("proposal").label("kind"), newest.c.id)]


def _by_role(reader: Reader) -> list[Any]:
    p, c = Proposal, Conference
    wanted = [
        and_(p.edition_id == edition_id, p.state.in_(states))
        for role, states in WAITS_FOR.items()
        for edition_id in _where(reader, {role})
    ]
    waiting = (
        select(p.id).join(Edition, Edition.id == p.edition_id)
        .where(or_(false(), *wanted), Edition.state.not_in(OVER))
        .order_by(p.due_at.is_(None), p.due_at, p.updated_at, p.id).limit(LIMIT).subquery()
    )  # fmt: skip
    held = select(literal("conference"), c.id).where(
        c.edition_id.in_(_where(reader, CONFERENCE_ROLES)), c.state.in_(CONFERENCE_STATES)
    )
    return [select(literal("proposal").label("kind"), waiting.c.id), held]


def _where(reader: Reader, roles: Iterable[str]) -> list[int]:
    """The editions in which the reader holds one of these roles."""
    wanted = frozenset(roles)
    return sorted(edition_id for edition_id, held in reader.grants.items() if held & wanted)


def _tasks(found: Iterable[Facts], at: datetime) -> Iterable[Task]:
    for facts in map(under_embargo, found):
        steps = machine.open_steps(facts, at=at)
        yield Task(facts, steps, expectation(facts, steps))


def _urgency(task: Task) -> tuple[bool, bool, datetime, str]:
    until = task.next.until if task.next else None
    changed: datetime = task.facts["updated_at"]
    return (not task.is_mine, until is None, until or changed, str(task.facts.ref))
