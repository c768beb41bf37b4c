"""Requests to join a group: a participant asks, the leader, the deputy or the animator answers with a word."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import BadInput, NotFound, found
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.authorize import lock_proposal, require
from workflow.engine.command import StepCommand
from workflow.models import JoinRequest
from workflow.notifications import outbox
from workflow.rules.facts import Actor, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.roles import Role
from workflow.rules.topics import Topic

MAY_ASK = (Role.PARTICIPANT, Role.GROUP_LEADER)
MAY_ANSWER = (Role.GROUP_LEADER, Role.DEPUTY, Role.ANIMATOR)
WORD = Input("word", "text", _("A word to the group"), _("Who you are and what you would like to do"),
             required=False, maximum=2000)  # fmt: skip
ANSWER = Input("answer", "text", _("A word to this person"), required=False, maximum=2000)
PLACE = Input("place", "choice", _("What this person may do in the group"), required=False, choices="places")

j = JoinRequest


def ask_to_join(tx: Connection, ref: Ref, *, word: str, actor: Actor, at: datetime) -> int:
    """Ask to be taken into the group; returns the number of the request.

    Raises NotFound, NotAllowed, NoSuchStep where the group takes nobody now, or BadInput.
    """
    facts = lock_proposal(tx, ref, actor, during="add_member")
    require(facts, MAY_ASK)
    clean = read((WORD,), {"word": word}).get("word", "")
    if facts.rights.in_group:
        raise BadInput({"word": _("You already belong to this group.")})
    if tx.execute(select(j.id).where(j.proposal_id == ref.id, j.person_id == actor.id, j.closed_at.is_(None))).first():
        raise BadInput({"word": _("You have asked already; the group has not answered yet.")})
    values = {"proposal_id": ref.id, "person_id": actor.id, "word": clean, "asked_at": at}
    number: int = tx.execute(insert(j).values(values).returning(j.id)).scalar_one()
    outbox.record(tx, key=f"join:{number}:asked", topic=Topic.JOIN_REQUESTED, ref=ref, at=at)
    return number


def answer(
    tx: Connection, ref: Ref, number: int, *, welcome: bool, word: str, place: str, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Take somebody in, by the record of the table, or refuse; with a word. Of two answers the first one counts.

    Raises NotFound where the request is not open, NotAllowed, BadInput, or what the record refuses.
    """
    facts = lock_proposal(tx, ref, actor)
    require(facts, MAY_ANSWER)
    given = read((ANSWER, PLACE), {"answer": word, "place": place})
    values = {"closed_at": at, "outcome": "accepted" if welcome else "refused", "answered_by_id": actor.id}
    mine = (j.id == number, j.proposal_id == ref.id, j.closed_at.is_(None))
    done = update(j).where(*mine).values(**values, answer=given.get("answer", "")).returning(j.person_id)
    person = found(tx.execute(done).scalar_one_or_none())
    if welcome:
        data = {"person": person, "place": given.get("place", "edit")}
        machine.take(tx, StepCommand(ref, "add_member", actor=actor, at=at, answers=data))
    else:
        message = {"key": f"join:{number}:refused", "topic": Topic.JOIN_ANSWERED, "payload": {"person": person}}
        outbox.record(tx, ref=ref, at=at, **message)  # type: ignore[arg-type]


def take_back(tx: Connection, ref: Ref, number: int, *, actor: Actor, at: datetime) -> None:
    """Take one's own request back; raises NotFound where it is not open."""
    mine = (j.id == number, j.proposal_id == ref.id, j.person_id == actor.id, j.closed_at.is_(None))
    if tx.execute(update(j).where(*mine).values(closed_at=at, outcome="withdrawn")).rowcount != 1:
        raise NotFound
