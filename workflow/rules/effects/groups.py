"""Then: what a record about the group of a proposal writes."""

from workflow.rules.effects.base import Change, Doing, effect
from workflow.rules.membership_changes import AddMember, AddMembersOf, RemoveMember


@effect
def assign_animator(doing: Doing, change: Change) -> None:
    change.columns["animator_id"] = doing.data["person"]


@effect
def assign_reviewer(doing: Doing, change: Change) -> None:
    change.columns["reviewer_id"] = doing.data["person"]


@effect
def describe_group(doing: Doing, change: Change) -> None:
    """A field that was given empty empties what is kept."""
    change.columns |= {name: value or "" for name, value in doing.answers.items()}


@effect
def add_member(doing: Doing, change: Change) -> None:
    data = doing.data
    change.join.append(AddMember(data.get("person"), data.get("name", ""), data.get("place", "edit")))


@effect
def join_group(doing: Doing, change: Change) -> None:
    invitee = doing.facts.referenced_person
    change.join.append(AddMember(doing.data["person"], role=invitee.invited_as if invitee else "view"))


@effect
def set_place(doing: Doing, change: Change) -> None:
    change.join.append(AddMember(doing.data["person"], role=doing.data["place"]))


@effect
def remove_member(doing: Doing, change: Change) -> None:
    if person := doing.data.get("person"):
        _leave(doing, change, person)
    else:
        change.leave.append(RemoveMember(member=doing.data["member"]))


@effect
def leave_group(doing: Doing, change: Change) -> None:
    _leave(doing, change, doing.actor_id)


def _leave(doing: Doing, change: Change, person: int | None) -> None:
    """Whoever leaves gives up what was to be done in the group."""
    change.leave.append(RemoveMember(person=person))
    for column in ("deputy_id", "next_leader_id"):
        if doing.facts[column] == person:
            change.columns[column] = None


@effect
def name_leader(doing: Doing, change: Change) -> None:
    """A group that has a leader keeps him until the next one accepts; whoever names himself has accepted."""
    facts, person = doing.facts, doing.data["person"]
    led = facts["leader_id"] is not None and facts["leader_accepted_at"] is not None
    if led and person == facts["leader_id"]:
        change.columns["next_leader_id"] = None
    elif led and person != doing.actor_id:
        change.columns["next_leader_id"] = person
    else:
        accepted = doing.at if person == doing.actor_id else None
        change.columns |= {"leader_id": person, "leader_accepted_at": accepted, "next_leader_id": None}
    change.join.append(AddMember(person))


@effect
def accept_lead(doing: Doing, change: Change) -> None:
    facts = doing.facts
    person = facts["next_leader_id"] or facts["leader_id"]
    change.columns |= {"leader_id": person, "leader_accepted_at": doing.at, "next_leader_id": None}
    if facts["deputy_id"] == person:
        change.columns["deputy_id"] = None


@effect
def decline_lead(doing: Doing, change: Change) -> None:
    if doing.facts["next_leader_id"] is not None:
        change.columns["next_leader_id"] = None
    else:
        change.columns["leader_id"] = None


@effect
def name_deputy(doing: Doing, change: Change) -> None:
    change.columns["deputy_id"] = doing.data["person"]
    change.join.append(AddMember(doing.data["person"]))


@effect
def end_deputy(_doing: Doing, change: Change) -> None:
    change.columns["deputy_id"] = None


@effect
def take_in(doing: Doing, change: Change) -> None:
    change.join.append(AddMembersOf(doing.data["target"]))


@effect
def let_go(doing: Doing, change: Change) -> None:
    """The guests go back to their own group; an agreement to merge was used up and has to be given anew."""
    facts, other = doing.facts, doing.data["target"]
    leading = {facts["leader_id"], facts["next_leader_id"], facts["deputy_id"]} - {None}
    change.leave.append(RemoveMember(guests_of=other, but=frozenset(leading)))
    agreed = [agreement for agreement in facts.entries("agree_to_merge") if agreement.get("target") != other]
    change.recorded["agree_to_merge"] = agreed or None
