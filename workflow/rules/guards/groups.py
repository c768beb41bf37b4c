"""Only if: the people of a group, and who of the office helps it."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.roles import Role


@demands("not_an_animator", _("This person is not an animator of the edition."), field="person")
def person_is_animator(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person is an animator of the edition."""
    person = answers(attempt).get("person")
    return person is None or facts.person_holds(person, Role.ANIMATOR)


@demands("not_staff", _("This person does not work in the office of the edition."), field="person")
def person_is_staff(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person works in the office of the edition."""
    person = answers(attempt).get("person")
    return person is None or facts.person_holds(person, Role.STAFF)


@demands("reviewer_in_group", _("This person works in the group and cannot verify its project."), field="person")
def reviewer_not_in_group(facts: Facts, attempt: Attempt) -> bool:
    """The chosen reviewer does not work in the group."""
    person = answers(attempt).get("person")
    return person is None or not facts.person_in_group(person)


@demands("nobody_given", _("Choose a person or write a name."), field="person")
def person_or_name_given(_facts: Facts, attempt: Attempt) -> bool:
    """A person or a name is given."""
    return bool(attempt.data is None or answers(attempt).get("person") or answers(attempt).get("name"))


@guard
def not_yet_member(facts: Facts, attempt: Attempt) -> Missing | None:
    """The chosen person has a role in the edition and is not in the group yet."""
    person = answers(attempt).get("person")
    if person is None or (facts.person_known(person) and not facts.person_in_group(person)):
        return None
    if facts.person_known(person):
        return missing("already_member", _("This person already belongs to the group."), field="person")
    return missing("unknown_person", _("This person has no role in the edition."), Role.STAFF, field="person")


@demands("nobody_given", _("Choose somebody."), field="person")
def person_or_member_given(_facts: Facts, attempt: Attempt) -> bool:
    """A person or a member without an account is given."""
    return bool(attempt.data is None or answers(attempt).get("person") or answers(attempt).get("member"))


@demands("not_member", _("This person does not belong to the group."), field="person")
def is_member(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person, or member without an account, is in the group."""
    person, member = answers(attempt).get("person"), answers(attempt).get("member")
    there = facts.person_in_group(person) if person is not None else member is None or facts.name_in_group(member)
    return bool(there)


@demands("is_leader", _("This person leads the group; hand the lead over first."), Role.GROUP_LEADER, field="person")
def is_not_the_leader(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person does not lead the group."""
    person = answers(attempt).get("person")
    return person is None or person != facts["leader_id"]


@demands("has_to_edit", _("Whoever leads the group or stands in for its leader can always edit."), field="person")
def neither_leads_nor_stands_in(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person is neither leader, nor named as leader, nor deputy."""
    person = answers(attempt).get("person")
    return person is None or person not in {facts["leader_id"], facts["next_leader_id"], facts["deputy_id"]}


@demands("still_leads", _("You lead this group; hand the lead over before you leave."), Role.GROUP_LEADER)
def lead_handed_over(facts: Facts, _attempt: Attempt) -> bool:
    """The actor does not lead the group."""
    return facts.rights.id is None or facts.rights.id != facts["leader_id"]


@demands("nobody_named", _("Nobody is named as leader who has not accepted yet."), Role.GROUP_LEADER, Role.STAFF)
def leader_named(facts: Facts, _attempt: Attempt) -> bool:
    """Somebody is named as leader and has not accepted yet."""
    return bool(facts["next_leader_id"] or (facts["leader_id"] and facts["leader_accepted_at"] is None))


@demands("no_deputy", _("The group has no deputy leader."), Role.GROUP_LEADER)
def deputy_named(facts: Facts, _attempt: Attempt) -> bool:
    """The group has a deputy leader."""
    return bool(facts["deputy_id"])
