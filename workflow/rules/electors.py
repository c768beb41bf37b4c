"""Who votes in a poll and what came in of each, and the ballots of a secret vote that name nobody."""

from msgspec import Struct


class SessionElector(Struct, frozen=True):
    """A seat of an open or counted poll: who votes for it, and the vote where there is one."""

    seat_id: int
    person_id: int
    sector: str
    recused: bool
    # Empty in a secret vote, whatever was cast.
    choice: str = ""
    voted: bool = False
    channel: str = ""
    card_issued: bool = False
    # Who casts the vote by proxy.
    cast_by: int | None = None

    @property
    def people(self) -> tuple[int, ...]:
        """Whose conflicts of interest bar this vote: the member's and of whoever casts it."""
        return (self.person_id,) if self.cast_by is None else (self.person_id, self.cast_by)

    @property
    def answered(self) -> bool:
        """Whether this elector has cast a vote that counts."""
        return bool(self.choice) or self.voted


class LaidOut(Struct, frozen=True):
    """The ballots of a closed secret vote: code and choice, and the numbers of receipts where these are lists apart."""

    ballots: tuple[tuple[str, str], ...] = ()
    receipts: tuple[str, ...] = ()
