"""Who does what in a group: a task has a text, a person of the group, perhaps a day, and an end."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from workflow.base.errors import BadInput, NotAllowed, NotFound, found
from workflow.base.i18n import _
from workflow.engine.authorize import lock_proposal, require
from workflow.engine.membership import works_here
from workflow.models import GroupTask, Person
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.field_types import LINE, Input, read
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role

MAY_ASSIGN = (Role.GROUP_LEADER, Role.DEPUTY, Role.ANIMATOR)
TEXT = Input("text", "line", _("What has to be done"), maximum=LINE)
WHO = Input("person", "person", _("Who takes it on"), maximum=10**11)
DUE = Input("due_on", "date", _("Until when"), required=False)
# A list that nobody can read helps nobody.
MOST_OPEN = 100

t = GroupTask


def add_task(
    tx: Connection, ref: Ref, *, text: str, person: Any, due_on: Any, actor: Actor, at: datetime
) -> int:  # fmt: skip
    """Note what somebody of the group has taken on; returns its number.

    Leader, deputy and animator may do it for everybody in the group, a member for himself. Raises NotFound,
    NotAllowed or BadInput.
    """
    facts = lock_proposal(tx, ref, actor)
    require(facts, (*MAY_ASSIGN, Role.GROUP_MEMBER))
    given = read((TEXT, WHO, DUE), {"text": text, "person": person, "due_on": due_on})
    if given["person"] != actor.id and not _may_assign(facts):
        raise NotAllowed
    _require_in_group(tx, ref, given["person"])
    waiting = select(func.count()).select_from(t).where(t.proposal_id == ref.id, t.done_at.is_(None))
    if tx.execute(waiting).scalar_one() >= MOST_OPEN:
        raise BadInput({"text": _("The list is full; finish some tasks first.")})
    values = {**given, "person_id": given["person"], "proposal_id": ref.id, "added_by_id": actor.id, "added_at": at}
    values.pop("person")
    return int(tx.execute(insert(t).values(values).returning(t.id)).scalar_one())


def finish_task(tx: Connection, ref: Ref, number: int, *, done: bool, actor: Actor, at: datetime) -> None:
    """Say that a task is done, or that it is not done after all; leader, deputy, animator, or whose it is."""
    _own_task(tx, ref, number, actor)
    values = {"done_at": at, "done_by_id": actor.id} if done else {"done_at": None, "done_by_id": None}
    tx.execute(update(t).where(t.id == number).values(values))


def hand_over_task(tx: Connection, ref: Ref, number: int, *, person: Any, actor: Actor) -> None:
    """Give an open task to somebody else of the group; leader, deputy or animator. Raises a Refusal."""
    facts = lock_proposal(tx, ref, actor)
    if not _may_assign(facts):
        raise NotAllowed
    given = read((WHO,), {"person": person})
    _require_in_group(tx, ref, given["person"])
    mine = t.id == number, t.proposal_id == ref.id, t.done_at.is_(None)
    if tx.execute(update(t).where(*mine).values(person_id=given["person"])).rowcount != 1:
        raise NotFound


def drop_task(tx: Connection, ref: Ref, number: int, *, actor: Actor) -> None:
    """Take a task off the list; leader, deputy, animator, or whose it is."""
    _own_task(tx, ref, number, actor)
    tx.execute(delete(t).where(t.id == number))


def _own_task(tx: Connection, ref: Ref, number: int, actor: Actor) -> None:
    facts = lock_proposal(tx, ref, actor)
    row = found(tx.execute(select(t.person_id).where(t.id == number, t.proposal_id == ref.id)).one_or_none())
    if not (_may_assign(facts) or (row.person_id == actor.id and facts.rights.in_group)):
        raise NotAllowed


def _may_assign(facts: Facts) -> bool:
    return any(RULES[name](facts) for name in MAY_ASSIGN)


def _require_in_group(tx: Connection, ref: Ref, person: int) -> None:
    there = select(Person.id).where(Person.id == person, Person.active.is_(True), works_here(ref.id))
    if tx.execute(there).first() is None:
        raise BadInput({"person": _("This person does not belong to the group.")})
