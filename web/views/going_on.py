"""What a proposal was carried over from or became in another edition, and where it may still go on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from web.http import identity
from web.views.subject import Subject
from workflow.ideas.carry_over import links_of, welcoming_editions
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role
from workflow.rules.states import CARRIED, WELCOMING, ProposalState


def going_on(tx: Connection, subject: Subject) -> Mapping[str, Any]:
    """Links to the other end for the office and the group; editions that take it for its leader and the office.

    One statement, two where it may go on.
    """
    facts, person = subject.facts, identity.current()
    is_office = Role.STAFF in facts.rights.roles
    links = links_of(tx, subject.ref.id) if is_office or facts.rights.in_group else []
    still_here = facts.state == ProposalState.IDEA and subject.edition["state"] in WELCOMING
    may_carry = facts.state in CARRIED and not still_here and (is_office or RULES[Role.GROUP_LEADER](facts))
    if person is None or not may_carry:
        return {"links": links, "editions": []}
    return {"links": links, "editions": welcoming_editions(tx, person.id, but=subject.edition["id"])}
