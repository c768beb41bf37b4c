"""Groups in which nobody has an e-mail address: the office enters people, and a leader who accepted on paper."""

from datetime import date, datetime

from sqlalchemy import Connection, insert

from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.authorize import lock_proposal, require
from workflow.engine.command import StepCommand
from workflow.models import Person, RoleGrant
from workflow.rules.facts import Actor, Ref
from workflow.rules.field_types import Input, read
from workflow.rules.roles import Role

NAME = Input("name", "line", _("Name and surname"), maximum=200)
LEADS = Input("leads", "flag", _("This person leads the group and has signed that on the paper"), required=False)
MINOR = Input("is_minor", "flag", _("This person is under 18"), required=False)
PAPER_ON = Input("paper_on", "date", _("Received on paper on"))
CARD = (NAME, PAPER_ON, LEADS, MINOR)


def enter_person(
    tx: Connection, ref: Ref, *, name: str, paper_on: date, leads: bool, is_minor: bool, actor: Actor, at: datetime
) -> int:
    """Enter somebody without an address as a participant and member, and as leader where the paper says so; wholly.

    The information clause stands on the paper card, so it counts as shown on the day of the paper. Only for staff of
    the edition. Raises NotFound, NotAllowed, BadInput, or what the records refuse.
    """
    facts = lock_proposal(tx, ref, actor, during="add_member")
    require(facts, (Role.STAFF,))
    clean = read((NAME,), {"name": name})["name"]
    person = {"name": clean, "is_minor": is_minor, "created_at": at}
    number: int = tx.execute(insert(Person).values(person).returning(Person.id)).scalar_one()
    grant = {
        "person_id": number,
        "edition_id": facts["edition_id"],
        "role": Role.PARTICIPANT,
        "granted_by_id": actor.id,
    }
    clause = {"clause_version": facts.edition["clause_version"], "clause_shown_at": at}
    tx.execute(insert(RoleGrant).values(**grant, **clause, granted_at=at))
    machine.take(tx, StepCommand(ref, "add_member", actor=actor, at=at, answers={"person": number, "place": "view"}))
    if leads:
        machine.take(tx, StepCommand(ref, "name_leader", actor=actor, at=at, answers={"person": number}))
        machine.take(tx, StepCommand(ref, "accept_lead", actor=actor, at=at, paper_on=paper_on))
    return number
