"""How an action that is no step holds its proposal and asks who may: by the same named rules as the table."""

from collections.abc import Iterable

from sqlalchemy import Connection

from workflow import store
from workflow.deciding import resting
from workflow.errors import NoSuchStep, NotAllowed, NotFound, NotReady
from workflow.facts import Actor, Facts, Ref
from workflow.guards.base import missing
from workflow.language import _
from workflow.permissions import RULES, may_see
from workflow.tables import lifecycle_of


def hold(tx: Connection, ref: Ref, actor: Actor, *, during: str = "") -> Facts:
    """The facts of a proposal, locked so that nobody moves it meanwhile.

    `during` names a record: where the table does not have it in the present state, this cannot be done either. Raises
    NotFound, NoSuchStep, or NotReady while the edition rests.
    """
    facts = store.read_one(tx, ref, actor=actor, scope=None, data={})
    if not may_see(facts):
        raise NotFound
    if during and not lifecycle_of(facts).rows(facts.state, during):
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
