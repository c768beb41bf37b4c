"""Who may: named rules that read as sentences. RULES are asked of a subject's Facts, PAGES of a route's reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts

COMMITTEE = frozenset({"committee_member", "committee_chair"})
OFFICE = frozenset({"staff"})
# The roles that a person can be given in an edition. Leading a group or a project is not given here: it is
# accepted on the proposal itself.
ROLES = (
    "participant", "group_leader", "animator", "staff", "coordinator", "committee_member", "committee_chair",
    "secretary", "appeal_body", "partner",
)  # fmt: skip

# Who works with pupils in every group of an edition.
NAMES_MINORS = frozenset({"staff", "animator", "system"})

# States of an edition in which nothing of it may move any more.
OVER = frozenset({"closed", "cancelled", "archived"})
# States of an edition in which people may enter ideas, and themselves where the office keeps the list open.
WELCOMING = frozenset({"announced", "conferences"})
# Whose ideas the table takes, as its row `record_idea` says.
IDEAS_FROM = frozenset({"participant", "group_leader", "animator", "staff"})
# Outsiders see a proposal once the programme has decided for it.
PUBLIC_STATES = frozenset(
    {"selected", "reserve", "in_implementation", "suspended", "completed", "settled", "cancelled"}
)


def _holds(*roles: str) -> Callable[[Facts], bool]:
    wanted = frozenset(roles)
    return lambda facts: not facts.rights.roles.isdisjoint(wanted)


def system(facts: Facts) -> bool:
    """The clock of the system itself."""
    return facts.rights.id is None and "system" in facts.rights.roles


def group_leader(facts: Facts) -> bool:
    """The leader of this group; where nothing exists yet, whoever may lead in the edition."""
    if facts.state is None:
        return "group_leader" in facts.rights.roles
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
    return _is(facts, "coordinator_id") and facts["coordinator_accepted_at"] is not None


def named_coordinator(facts: Facts) -> bool:
    """The person named as coordinator who has not yet accepted."""
    return _is(facts, "coordinator_id") and facts["coordinator_accepted_at"] is None


def staff_anywhere(facts: Facts) -> bool:
    """Staff of any edition, for what belongs to no edition yet."""
    return "staff_anywhere" in facts.rights.roles


def admin(facts: Facts) -> bool:
    """An administrator of the installation."""
    return facts.rights.is_admin


def _present(facts: Facts) -> bool:
    return facts.rights.id is not None and bool(facts.rights.roles)


def _is(facts: Facts, column: str) -> bool:
    return _present(facts) and facts.own.get(column) == facts.rights.id


RULES: Mapping[str, Callable[[Facts], bool]] = MappingProxyType(
    {
        "participant": _holds("participant"),
        "group_leader": group_leader,
        "named_leader": named_leader,
        "invited": invited,
        "either_leader": either_leader,
        "deputy": deputy,
        "group_member": group_member,
        "group_commenter": group_commenter,
        "group_editor": group_editor,
        "animator": _holds("animator"),
        "staff": _holds("staff"),
        "staff_anywhere": staff_anywhere,
        "coordinator": coordinator,
        "named_coordinator": named_coordinator,
        "committee_member": _holds("committee_member"),
        "committee_chair": _holds("committee_chair"),
        "secretary": _holds("secretary"),
        "appeal_body": _holds("appeal_body"),
        "partner": _holds("partner"),
        "admin": admin,
        "system": system,
    }
)

TITLES: Mapping[str, Sentence] = MappingProxyType(
    {
        "participant": _("participant"),
        "group_leader": _("group leader"),
        "named_leader": _("the person named as leader"),
        "invited": _("an invited person"),
        "either_leader": _("the leader of either group"),
        "deputy": _("deputy leader"),
        "group_member": _("group member"),
        "group_commenter": _("group member who may comment"),
        "group_editor": _("group member who may edit"),
        "animator": _("animator"),
        "staff": _("programme office"),
        "staff_anywhere": _("programme office"),
        "coordinator": _("project coordinator"),
        "named_coordinator": _("the person named as coordinator"),
        "committee_member": _("committee member"),
        "committee_chair": _("committee chair"),
        "secretary": _("minute-taker"),
        "appeal_body": _("appeal body"),
        "partner": _("partner"),
        "admin": _("administrator"),
        "system": _("the system"),
        "archivist": _("keeper of the historical record"),
    }
)


_KNOWN = frozenset({"system", *ROLES})


def may_see(facts: Facts) -> bool:
    """Whether a subject exists for the actor at all; where not, the answer is "there is nothing here"."""
    rights = facts.rights
    if rights.is_admin or not rights.roles.isdisjoint(_KNOWN):
        return True
    if facts.ref.kind == "proposal":
        if facts.edition["state"] in {"draft", "cancelled"}:
            return False
        return bool(facts.edition["historical"]) or facts.state in PUBLIC_STATES
    state = facts.state if facts.ref.kind == "edition" else facts.edition["state"]
    return state not in {"draft", None} or (facts.state is None and "staff_anywhere" in rights.roles)


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
    return bool(facts.rights.roles & (COMMITTEE | OFFICE | {"secretary", "system"}))


@dataclass(frozen=True, slots=True)
class Reader:
    """The signed-in person as a page knows them: roles by edition."""

    id: int
    name: str
    email: str
    language: str = "pl"
    is_admin: bool = False
    grants: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def roles(self, edition_id: int | None) -> frozenset[str]:
        """The roles held in one edition, or in any where none is named."""
        if edition_id is not None:
            return self.grants.get(edition_id, frozenset())
        return frozenset().union(*self.grants.values()) if self.grants else frozenset()


Rule = Callable[[Reader | None, int | None], bool]


def _any_role(*roles: str) -> Rule:
    wanted = frozenset(roles)
    return lambda reader, edition_id: reader is not None and bool(reader.roles(edition_id) & wanted)


# What a route or a command asks for; the second argument is the edition it is about, or None.
# "anyone" is a decision too: it has to be written beside the route.
PAGES: Mapping[str, Rule] = MappingProxyType(
    {
        "anyone": lambda _reader, _edition: True,
        "signed_in": lambda reader, _edition: reader is not None,
        "member_of_edition": lambda reader, edition: (
            reader is not None and bool(reader.roles(edition) or reader.is_admin)
        ),
        "staff": _any_role("staff"),
        "committee": _any_role("committee_member", "committee_chair", "secretary"),
        "committee_chair": _any_role("committee_chair"),
        "approvals": _any_role("staff", "committee_member", "committee_chair", "secretary", "appeal_body", "animator"),
        "conference_hosts": _any_role("staff", "animator"),
        "admin": lambda reader, _edition: reader is not None and reader.is_admin,
        "staff_or_admin": lambda reader, edition: (
            reader is not None and (reader.is_admin or "staff" in reader.roles(edition))
        ),
        # The operator at the machine itself; commands only.
        "operator": lambda _reader, _edition: False,
        "metrics": lambda _reader, _edition: False,
    }
)
