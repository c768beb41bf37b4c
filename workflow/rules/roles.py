"""The words by which a row of a lifecycle table says who may, and which of them can be given in an edition."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is to a subject: a role given in an edition, or one that follows from the subject itself."""

    # Given in an edition, see ROLES.
    PARTICIPANT = "participant"
    GROUP_LEADER = "group_leader"
    ANIMATOR = "animator"
    STAFF = "staff"
    COORDINATOR = "coordinator"
    COMMITTEE_MEMBER = "committee_member"
    COMMITTEE_CHAIR = "committee_chair"
    SECRETARY = "secretary"
    APPEAL_BODY = "appeal_body"
    PARTNER = "partner"
    # Whoever began the programme and answers for it: the head of the county, the director of its labour office.
    INITIATOR = "initiator"
    # Following from the subject.
    NAMED_LEADER = "named_leader"
    EITHER_LEADER = "either_leader"
    DEPUTY = "deputy"
    INVITED = "invited"
    GROUP_MEMBER = "group_member"
    GROUP_COMMENTER = "group_commenter"
    GROUP_EDITOR = "group_editor"
    NAMED_COORDINATOR = "named_coordinator"
    # Belongs to an organisation that promised something to this project.
    PROMISOR = "promisor"
    MILESTONE_OWNER = "milestone_owner"
    PRESIDING_DEPUTY = "presiding_deputy"
    CONVENING_DEPUTY = "convening_deputy"
    ANNOUNCING_DEPUTY = "announcing_deputy"
    SEATED_SECRETARY = "seated_secretary"
    SIGNATORY = "signatory"
    PARTNER_CONTACT = "partner_contact"
    # Of the installation: staff of any edition, an administrator, the clock of the system itself.
    STAFF_ANYWHERE = "staff_anywhere"
    ADMIN = "admin"
    SYSTEM = "system"
    # In no table: staff or an administrator who enters a historical edition from a named source.
    ARCHIVIST = "archivist"


# The roles that a person can be given in an edition, in the order in which forms offer them. Leading a group or a
# project is not given here: it is accepted on the proposal itself.
ROLES = (
    Role.PARTICIPANT, Role.GROUP_LEADER, Role.ANIMATOR, Role.STAFF, Role.COORDINATOR, Role.COMMITTEE_MEMBER,
    Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.APPEAL_BODY, Role.PARTNER,
    Role.INITIATOR,
)  # fmt: skip
COMMITTEE = frozenset({Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR})
# Who decides about projects or about appeals, each from a seat of a body.
JUDGES = COMMITTEE | {Role.APPEAL_BODY}
# Whoever works for the programme with the groups of an edition.
OFFICE = frozenset({Role.STAFF, Role.ANIMATOR})
# Who works with pupils in every group of an edition.
NAMES_MINORS = frozenset({Role.STAFF, Role.ANIMATOR, Role.SYSTEM})
# Who reads what is decided and not announced yet.
READS_PRIVATE = COMMITTEE | {Role.STAFF, Role.SECRETARY, Role.SYSTEM}
# Who chooses among all people of an edition: the office, those who lead meetings, the coordinators of projects.
WORKS_WITH_PEOPLE = NAMES_MINORS | {Role.COORDINATOR, Role.SECRETARY, Role.COMMITTEE_CHAIR}
# Whose ideas the table takes, as its row `record_idea` says.
IDEAS_FROM = frozenset({Role.PARTICIPANT, Role.GROUP_LEADER, Role.ANIMATOR, Role.STAFF})
