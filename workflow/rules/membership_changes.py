"""Who comes into a group and who leaves it, as a step says it; `workflow.engine.membership` writes it."""

from msgspec import Struct


class AddMember(Struct, frozen=True):
    """Add a person to the group, or give a member another role; without a person only a name is added."""

    person: int | None
    name: str = ""
    role: str = "edit"


class AddMembersOf(Struct, frozen=True):
    """Add everybody who works on a proposal that is merged into this one."""

    proposal: int


class RemoveMember(Struct, frozen=True):
    """Remove a person, a member without an account, or the guests of a proposal except those who lead here."""

    person: int | None = None
    member: int | None = None
    members_of: int | None = None
    but: frozenset[int] = frozenset()
