"""The seats of a body on the day of a meeting."""

from collections.abc import Mapping

from msgspec import Struct


class SessionSeat(Struct, frozen=True):
    """A seat on the day of the meeting: who holds it, who may substitute, and who is present in it now."""

    id: int
    number: int
    function: str
    sector: str
    holder: int | None
    names: Mapping[int, str]
    substitutes: tuple[int, ...] = ()
    present: int | None = None
    # Whether an absence that was noted is excused; None where none was noted.
    absence: bool | None = None

    def may_sit(self, person: int) -> bool:
        """Whether the person holds this seat or substitutes in it."""
        return person == self.holder or person in self.substitutes

    @property
    def has_own(self) -> bool:
        """Whether the holder is present; a substitute votes for the seat and does not take over its function."""
        return self.holder is not None and self.present == self.holder
