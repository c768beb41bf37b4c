"""Who may: a rule for each role that a row of a table names, asked of a subject's Facts; and who may see what."""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.rules.agreement_permissions import may_see_partner, partner_contact, signatory
from workflow.rules.bodies import Body, Function
from workflow.rules.facts import Facts, Ref
from workflow.rules.presiding import prepares_for_chair, presides_for_chair
from workflow.rules.roles import NAMES_MINORS, READS_PRIVATE, ROLES, Role
from workflow.rules.states import HIDDEN, PUBLIC, WELCOMING, EditionState, PollState

PRIVATE_KINDS = frozenset({"meeting", "poll"})
# Parts of a project: read by everybody who has a task in its edition, and by nobody else.
PLAN_KINDS = frozenset({"milestone", "change_request"})


def _holds(*roles: str) -> Callable[[Facts], bool]:
    wanted = frozenset(roles)
    return lambda facts: not facts.rights.roles.isdisjoint(wanted)


def system(facts: Facts) -> bool:
    """The clock of the system itself."""
    return facts.rights.id is None and Role.SYSTEM in facts.rights.roles


def group_leader(facts: Facts) -> bool:
    """The leader of this group; where nothing exists yet, whoever may lead in the edition."""
    if facts.state is None:
        return Role.GROUP_LEADER in facts.rights.roles
    return _is(facts, "leader_id") and facts["leader_accepted_at"] is not None


def named_leader(facts: Facts) -> bool:
    """The person named as leader, for the first time or to take over, who has not yet accepted."""
    return _is(facts, "next_leader_id") or (_is(facts, "leader_id") and facts["leader_accepted_at"] is None)


def invited(facts: Facts) -> bool:
    """Somebody who accepts an invitation into this group at this moment."""
    person = facts.referenced_person
    return person is not None and person.id == facts.rights.id and bool(person.invited_as)


def either_leader(facts: Facts) -> bool:
    """The leader of this proposal or of the one it was merged into."""
    other = facts.referenced_proposal
    return group_leader(facts) or (other is not None and other.leader_id == facts.rights.id and _present(facts))


def group_member(facts: Facts) -> bool:
    """Somebody who works in this group."""
    return facts.rights.in_group and _present(facts)


def deputy(facts: Facts) -> bool:
    """Whoever stands in for the leader inside the group; hand-in, withdrawal and appeal stay with the leader."""
    return _is(facts, "deputy_id") and facts.rights.in_group


def group_editor(facts: Facts) -> bool:
    """Somebody of this group who may write in the sheet."""
    return facts.rights.group_role == "edit" and _present(facts)


def group_commenter(facts: Facts) -> bool:
    """Somebody of this group who may comment; whoever edits may comment too."""
    return facts.rights.group_role in {"comment", "edit"} and _present(facts)


def coordinator(facts: Facts) -> bool:
    """The coordinator of this project, named and accepted."""
    project = facts.plan
    if facts.ref.kind in PLAN_KINDS and project is not None:
        named, accepted = project.coordinator_id, project.coordinator_accepted_at
        return _present(facts) and named == facts.rights.id and accepted is not None
    return _is(facts, "coordinator_id") and facts["coordinator_accepted_at"] is not None


def named_coordinator(facts: Facts) -> bool:
    """The person named as coordinator who has not yet accepted."""
    return _is(facts, "coordinator_id") and facts["coordinator_accepted_at"] is None


def promisor(facts: Facts) -> bool:
    """Somebody of an organisation that promised something to this project; known while a step of it is decided."""
    return _present(facts) and facts.plan is not None and bool(facts.plan.speaks_for)


def milestone_owner(facts: Facts) -> bool:
    """The person responsible for this milestone."""
    return facts.ref.kind == "milestone" and _is(facts, "owner_id")


def presiding_deputy(facts: Facts) -> bool:
    """The deputy who presides while the chair is absent or has a conflict about the motion, or who presided so."""
    session = facts.session
    if session is None or not _present(facts):
        return False
    if session.minutes is not None:
        return session.minutes.chair_was_absent and session.minutes.presided == facts.rights.id
    return presides_for_chair(session, facts.rights.id)


def convening_deputy(facts: Facts) -> bool:
    """A deputy while nobody is chair, or where the chair's absence from this meeting was noted beforehand."""
    return facts.session is not None and _present(facts) and prepares_for_chair(facts.session, facts.rights.id)


def seated_secretary(facts: Facts) -> bool:
    """Whoever holds the seat of a secretary in the body, with the role of a secretary or without."""
    return _holds_seat(facts, Function.SECRETARY)


def _holds_seat(facts: Facts, function: Function) -> bool:
    session = facts.session
    return session is not None and _present(facts) and any(
        seat.function == function and seat.holder == facts.rights.id for seat in session.seats
    )  # fmt: skip


def of_appeals(facts: Facts) -> bool:
    """Whether a meeting or a vote is one of the appeal body; a vote says so only with its session."""
    body = facts.session.body if facts.session is not None and facts.session.body else facts.own.get("body")
    return facts.ref.kind in PRIVATE_KINDS and body == Body.APPEAL


def body_member(facts: Facts) -> bool:
    """A member of the committee; at a meeting of the appeal body one of its members."""
    return bool(facts.rights.roles & {Role.APPEAL_BODY if of_appeals(facts) else Role.COMMITTEE_MEMBER})


def body_chair(facts: Facts) -> bool:
    """The chair of the committee; at a meeting of the appeal body whoever holds its seat of the chair on that day."""
    if not of_appeals(facts):
        return Role.COMMITTEE_CHAIR in facts.rights.roles
    return _holds_seat(facts, Function.CHAIR)


def admin(facts: Facts) -> bool:
    """An administrator of the installation."""
    return facts.rights.is_admin


def _present(facts: Facts) -> bool:
    return facts.rights.id is not None and bool(facts.rights.roles)


def _is(facts: Facts, column: str) -> bool:
    return _present(facts) and facts.own.get(column) == facts.rights.id


RULES: Mapping[str, Callable[[Facts], bool]] = {
    Role.PARTICIPANT: _holds(Role.PARTICIPANT),
    Role.GROUP_LEADER: group_leader,
    Role.NAMED_LEADER: named_leader,
    Role.INVITED: invited,
    Role.EITHER_LEADER: either_leader,
    Role.DEPUTY: deputy,
    Role.GROUP_MEMBER: group_member,
    Role.GROUP_COMMENTER: group_commenter,
    Role.GROUP_EDITOR: group_editor,
    Role.ANIMATOR: _holds(Role.ANIMATOR),
    Role.STAFF: _holds(Role.STAFF),
    # Staff of any edition, for what belongs to no edition yet.
    Role.STAFF_ANYWHERE: _holds(Role.STAFF_ANYWHERE),
    Role.COORDINATOR: coordinator,
    Role.NAMED_COORDINATOR: named_coordinator,
    Role.PROMISOR: promisor,
    Role.MILESTONE_OWNER: milestone_owner,
    Role.COMMITTEE_MEMBER: body_member,
    Role.COMMITTEE_CHAIR: body_chair,
    Role.PRESIDING_DEPUTY: presiding_deputy,
    Role.CONVENING_DEPUTY: convening_deputy,
    # Read with the facts of what waits to be announced: `engine.deputies`.
    Role.ANNOUNCING_DEPUTY: _holds(Role.ANNOUNCING_DEPUTY),
    Role.SECRETARY: _holds(Role.SECRETARY),
    Role.SEATED_SECRETARY: seated_secretary,
    Role.SIGNATORY: signatory,
    Role.PARTNER_CONTACT: partner_contact,
    Role.APPEAL_BODY: _holds(Role.APPEAL_BODY),
    Role.PARTNER: _holds(Role.PARTNER),
    Role.INITIATOR: _holds(Role.INITIATOR),
    Role.ADMIN: admin,
    Role.SYSTEM: system,
}


# Kinds of subjects that nobody outside reads anything of.
_KNOWN = frozenset({Role.SYSTEM, *ROLES})


# Who prepares, opens and closes votes in the hall, as their table says.
HOSTS_OF_VOTES = frozenset({Role.STAFF, Role.ANIMATOR, Role.COMMITTEE_CHAIR, Role.SYSTEM})


def may_see(facts: Facts) -> bool:
    """Whether a subject exists for the actor at all; where not, the answer is "there is nothing here"."""
    rights = facts.rights
    if facts.ref.kind in PRIVATE_KINDS:
        # A meeting that does not exist yet belongs to the body that its guard asks for.
        is_own = of_appeals(facts) or facts.ref == Ref("meeting", 0)
        return may_see_private(facts) or (is_own and Role.APPEAL_BODY in rights.roles)
    if facts.ref.kind == "agreement_partner":
        return may_see_partner(facts)
    if facts.ref.kind == "hall_poll" and facts.state == PollState.DRAFTED:
        # What is about to be asked is known when it is asked.
        return not rights.roles.isdisjoint(HOSTS_OF_VOTES)
    if rights.is_admin or not rights.roles.isdisjoint(_KNOWN):
        return True
    if facts.ref.kind in PLAN_KINDS:
        return False
    if facts.ref.kind == "proposal":
        if facts.edition["state"] in HIDDEN:
            return False
        return bool(facts.edition["historical"]) or facts.state in PUBLIC
    state = facts.state if facts.ref.kind == "edition" else facts.edition["state"]
    return state not in {EditionState.DRAFT, None} or (facts.state is None and Role.STAFF_ANYWHERE in rights.roles)


def list_is_open(edition: Mapping[str, Any]) -> bool:
    """Whether anybody may enter himself as a participant of an edition: only where the office has opened the list."""
    return bool(edition["registration_open"]) and edition["state"] in WELCOMING


def may_see_working_papers(facts: Facts) -> bool:
    """Whether the actor reads the whole sheet and the history, not only what the public reads."""
    return facts.rights.is_admin or bool(facts.rights.roles)


def may_name_minors(facts: Facts) -> bool:
    """Whether the actor may know the names of pupils who work on this: their own group and the office alone."""
    rights = facts.rights
    return rights.in_group or rights.is_admin or bool(rights.roles & NAMES_MINORS)


def may_see_private(facts: Facts) -> bool:
    """Whether the actor reads records under embargo: drafts of refusals, decisions not yet announced."""
    return bool(facts.rights.roles & READS_PRIVATE)
