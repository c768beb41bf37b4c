"""How an action that is no step locks its proposal and asks who may: by the same named rules as the table."""

from collections.abc import Iterable

from sqlalchemy import Connection

from workflow.base.errors import NoSuchStep, NotAllowed, NotFound, NotReady
from workflow.base.i18n import _
from workflow.engine import facts_reader
from workflow.engine.decision import resting
from workflow.engine.state_machine import possible_steps
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.guards.base import missing
from workflow.rules.permissions import RULES, may_see
from workflow.rules.registry import lifecycle_of


def lock_proposal(tx: Connection, ref: Ref, actor: Actor, *, during: str = "") -> Facts:
    """The facts of a proposal, locked so that nobody moves it before the transaction ends.

    `during` names a record: where the table does not have it in the present state, this cannot be done either. Raises
    NotFound, NoSuchStep, or NotReady while the edition rests.
    """
    facts = facts_reader.lock_subject(tx, ref, actor=actor, scope=None, data={})
    if not may_see(facts):
        raise NotFound
    if during and during not in possible_steps(lifecycle_of(facts), facts.state):
        raise NoSuchStep(during, facts.state)
    if rests := resting(facts):
        raise NotReady([rests])
    return facts


def require(facts: Facts, rules: Iterable[str]) -> str:
    """The first of these rules that the actor meets; NotAllowed where there is none."""
    names = tuple(rules)
    for name in names:
        if RULES[name](facts):
            return name
    raise NotAllowed([missing("not_allowed", _("This is for somebody else to do."), *names)])
