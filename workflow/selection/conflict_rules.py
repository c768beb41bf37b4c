"""Who still owes a declaration, and who may clear whose conflict of interest; pure, from rows that were read before."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.rules.bodies import Body, Function
from workflow.rules.conflicts_of_interest import Answer, ConflictOfInterest, JudgedProject, Source, added_since
from workflow.rules.roles import Role
from workflow.selection.seat_queries import SeatLine

# Who reads all declarations and conflicts of an edition.
OVERSEES = frozenset({Role.STAFF, Role.COMMITTEE_CHAIR, Role.SECRETARY})
OVERSEEING = frozenset({Function.CHAIR, Function.DEPUTY, Function.SECRETARY})


class DeclarationLine(Struct, frozen=True):
    """What a member declared about a project last."""

    answer: str
    text_version: str
    basis: Mapping[str, Any]
    at: datetime


class Bench(Struct, frozen=True):
    """The people of the bodies on a day, by the seats in which they sit, as holders or substitutes."""

    seats: tuple[SeatLine, ...]
    day: date

    def seats_of(self, person_id: int | None) -> tuple[SeatLine, ...]:
        """The seats in which a person sits on the day, in whichever capacity."""
        return tuple(seat for seat in self.seats if person_id in self.people_of(seat))

    def people_of(self, seat: SeatLine) -> frozenset[int]:
        """Who may sit in a seat on the day."""
        return frozenset(line.person_id for line in seat.people if line.sits_on(self.day))

    def bodies_of(self, person_id: int | None) -> frozenset[str]:
        """The bodies to which a person belongs on the day."""
        return frozenset(seat.body for seat in self.seats_of(person_id))

    def functions_of(self, person_id: int | None) -> frozenset[str]:
        """The functions of a person's seats."""
        return frozenset(seat.function for seat in self.seats_of(person_id))

    def with_function(self, function: Function, bodies: Collection[str]) -> frozenset[int]:
        """Everybody who sits in a seat of this function in one of the bodies."""
        return frozenset(person for seat in self.seats if seat.function == function and seat.body in bodies
                         for person in self.people_of(seat))  # fmt: skip

    def members(self, body: str) -> dict[int, str]:
        """Everybody who sits in a body on the day, with the name, by seat."""
        return {line.person_id: line.name for seat in self.seats if seat.body == body
                for line in seat.people if line.sits_on(self.day)}  # fmt: skip

    def oversees(self, person_id: int | None, roles: Collection[str]) -> bool:
        """Whether a person reads who has declared what, and every conflict: chair, deputy, secretary, office."""
        return bool(OVERSEES & set(roles) or OVERSEEING & self.functions_of(person_id))


def is_due(
    project: JudgedProject, declaration: DeclarationLine | None, conflicts: Iterable[ConflictOfInterest]
) -> bool:
    """Whether a member still has to declare about a project.

    Not where the member is impartial and nobody has come to the group or the sheet since, nor while a conflict that the
    member declared binds.
    """
    if any(conflict.source is Source.DECLARED and conflict.binds for conflict in conflicts):
        return False
    impartial = declaration is not None and declaration.answer == Answer.IMPARTIAL
    return not impartial or changed_since(project, declaration)


def changed_since(project: JudgedProject, declaration: DeclarationLine | None) -> bool:
    """Whether somebody came to the group or a partner to the sheet since the declaration."""
    return declaration is not None and added_since(declaration.basis, project)


def digest_of(conflicts: Iterable[ConflictOfInterest]) -> str:
    """A digest of the conflicts that bind: whoever clears them says by it which were shown."""
    lines = sorted(f"{conflict.source}:{','.join(conflict.basis)}:{conflict.reason}"
                   for conflict in conflicts if conflict.binds)  # fmt: skip
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def obstacle_to_clearing(
    bench: Bench, person_id: int, barred: Collection[int], *, actor_id: int | None, roles: Collection[str]
) -> Sentence | None:
    """Why somebody may not clear the conflict of a member about a project; None where nothing is in the way.

    `barred` are all who have a conflict about that project. The chair clears it, or, where the chair is the member,
    shares a seat with the member or has a conflict about the project as well, a deputy or the office.
    """
    if actor_id == person_id:
        return _("Nobody clears a conflict of interest of one's own.")
    mates = {person for seat in bench.seats_of(person_id) for person in bench.people_of(seat)}
    if actor_id in mates:
        return _("Whoever sits in the same seat does not clear the conflict.")
    if actor_id in barred:
        return _("You have a conflict of interest about this project yourself.")
    bodies = bench.bodies_of(person_id) or {Body.COMMITTEE.value}
    chairs = bench.with_function(Function.CHAIR, bodies)
    if chairs - mates - set(barred) - {person_id}:
        return None if actor_id in chairs else _("The chair of the body clears this conflict.")
    if actor_id in bench.with_function(Function.DEPUTY, bodies) or Role.STAFF in roles:
        return None
    return _("A deputy of the chair or the programme office clears this conflict.")
