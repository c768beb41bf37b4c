"""Then: what a record about the group of a proposal writes."""

from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.membership_changes import AddMember, AddMembersOf, RemoveMember


@effect
def assign_animator(context: EffectContext, change: Change) -> None:
    """Set the animator who helps the group."""
    change.columns["animator_id"] = context.data["person"]


@effect
def assign_reviewer(context: EffectContext, change: Change) -> None:
    """Set who of the office will verify the project."""
    change.columns["reviewer_id"] = context.data["person"]


@effect
def describe_group(context: EffectContext, change: Change) -> None:
    """A field that was given empty empties what is kept."""
    change.columns |= {name: value or "" for name, value in context.answers.items()}


@effect
def add_member(context: EffectContext, change: Change) -> None:
    """Add a person, or only a name, to the group; with the right to edit unless another role is given."""
    data = context.data
    change.join.append(AddMember(data.get("person"), data.get("name", ""), data.get("place", "edit")))


@effect
def join_group(context: EffectContext, change: Change) -> None:
    """Add the person who accepted an invitation, with the role that it gives."""
    invitee = context.facts.referenced_person
    change.join.append(AddMember(context.data["person"], role=invitee.invited_as if invitee else "view"))


@effect
def set_place(context: EffectContext, change: Change) -> None:
    """Give a member of the group another role."""
    change.join.append(AddMember(context.data["person"], role=context.data["place"]))


@effect
def remove_member(context: EffectContext, change: Change) -> None:
    """Remove a person, or a member without an account, from the group."""
    if person := context.data.get("person"):
        _leave(context, change, person)
    else:
        change.leave.append(RemoveMember(member=context.data["member"]))


@effect
def leave_group(context: EffectContext, change: Change) -> None:
    """Remove the actor from the group."""
    _leave(context, change, context.actor_id)


def _leave(context: EffectContext, change: Change, person: int | None) -> None:
    """Whoever leaves gives up what was to be done in the group."""
    change.leave.append(RemoveMember(person=person))
    for column in ("deputy_id", "next_leader_id"):
        if context.facts[column] == person:
            change.columns[column] = None


@effect
def name_leader(context: EffectContext, change: Change) -> None:
    """A group that has a leader keeps him until the next one accepts; whoever names himself has accepted."""
    facts, person = context.facts, context.data["person"]
    led = facts["leader_id"] is not None and facts["leader_accepted_at"] is not None
    if led and person == facts["leader_id"]:
        change.columns["next_leader_id"] = None
    elif led and person != context.actor_id:
        change.columns["next_leader_id"] = person
    else:
        accepted = context.at if person == context.actor_id else None
        change.columns |= {"leader_id": person, "leader_accepted_at": accepted, "next_leader_id": None}
    change.join.append(AddMember(person))


@effect
def accept_lead(context: EffectContext, change: Change) -> None:
    """Make the named person the leader; a deputy who becomes leader is no deputy any more."""
    facts = context.facts
    person = facts["next_leader_id"] or facts["leader_id"]
    change.columns |= {"leader_id": person, "leader_accepted_at": context.at, "next_leader_id": None}
    if facts["deputy_id"] == person:
        change.columns["deputy_id"] = None


@effect
def decline_lead(context: EffectContext, change: Change) -> None:
    """Take the name of the person back who was to lead."""
    if context.facts["next_leader_id"] is not None:
        change.columns["next_leader_id"] = None
    else:
        change.columns["leader_id"] = None


@effect
def name_deputy(context: EffectContext, change: Change) -> None:
    """Set the deputy leader, who is or becomes a member."""
    change.columns["deputy_id"] = context.data["person"]
    change.join.append(AddMember(context.data["person"]))


@effect
def end_deputy(_context: EffectContext, change: Change) -> None:
    """Leave the group without a deputy leader."""
    change.columns["deputy_id"] = None


@effect
def take_in(context: EffectContext, change: Change) -> None:
    """Add the members of a proposal that is merged into this one."""
    change.join.append(AddMembersOf(context.data["target"]))


@effect
def let_go(context: EffectContext, change: Change) -> None:
    """The guests go back to their own group; an agreement to merge was used up and has to be given anew."""
    facts, other = context.facts, context.data["target"]
    leading = {facts["leader_id"], facts["next_leader_id"], facts["deputy_id"]} - {None}
    change.leave.append(RemoveMember(members_of=other, but=frozenset(leading)))
    agreed = [agreement for agreement in facts.entries("agree_to_merge") if agreement.get("target") != other]
    change.recorded["agree_to_merge"] = agreed or None
