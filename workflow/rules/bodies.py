"""The two bodies of an edition, the functions of their seats, and in what capacity a person sits."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _
from workflow.rules.roles import Role


class Body(StrEnum):
    """The steering committee decides; the appeal body, other people, decides about appeals against it."""

    COMMITTEE = "committee"
    APPEAL = "appeal"


class Function(StrEnum):
    """What the person in a seat does in the body."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    MEMBER = "member"


class Capacity(StrEnum):
    """How a person sits in a seat."""

    HOLDER = "holder"
    SUBSTITUTE = "substitute"


BODIES: Mapping[str, Sentence] = {Body.COMMITTEE: _("Steering committee"), Body.APPEAL: _("Appeal body")}
FUNCTIONS: Mapping[str, Sentence] = {
    Function.CHAIR: _("chair"),
    Function.DEPUTY: _("deputy chair"),
    Function.SECRETARY: _("secretary of the committee"),
    Function.MEMBER: _("member of the body"),
}
CAPACITIES: Mapping[str, Sentence] = {
    Capacity.HOLDER: _("holds the seat"),
    Capacity.SUBSTITUTE: _("substitutes when the holder is away"),
}
# Functions that only one seat of a body has at a time.
SINGLE = frozenset({Function.CHAIR, Function.SECRETARY})
# The role in the edition that sitting in a body gives.
ROLES: Mapping[tuple[Body, Function], str] = {
    (Body.COMMITTEE, Function.CHAIR): Role.COMMITTEE_CHAIR,
    **{(Body.COMMITTEE, function): Role.COMMITTEE_MEMBER for function in Function if function is not Function.CHAIR},
    **{(Body.APPEAL, function): Role.APPEAL_BODY for function in Function},
}


def role_of(body: str, function: str, capacity: str) -> str:
    """The role that a place in a seat gives: whoever substitutes for the chair is a member and does not preside."""
    substitutes = capacity == Capacity.SUBSTITUTE
    return ROLES[Body(body), Function.MEMBER if substitutes else Function(function)]
