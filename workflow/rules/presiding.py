"""When a deputy stands in for the chair of a body; pure, from the seats of a session."""

from workflow.rules.bodies import Function
from workflow.rules.seats import SessionSeat
from workflow.rules.session import Session
from workflow.rules.states import MeetingState


def presides_for_chair(session: Session, person: int | None) -> bool:
    """Whether a deputy presides instead of the chair: over a meeting or a motion, or when one is about to begin."""
    if session.state in {MeetingState.CONVENED, MeetingState.ADJOURNED}:
        is_there = any(seat.has_own for seat in _with(session, Function.CHAIR))
        return not is_there and _is_deputy(session, person)
    seat = session.chair()
    return (
        session.state == MeetingState.IN_SESSION and seat is not None
        and seat.function == Function.DEPUTY and seat.holder == person
    )  # fmt: skip


def prepares_for_chair(session: Session, person: int | None) -> bool:
    """Whether a deputy convenes: nobody holds the seat of the chair, or the absence of its holder was noted."""
    is_free = all(seat.holder is None or seat.absence is not None for seat in _with(session, Function.CHAIR))
    return is_free and _is_deputy(session, person)


def _with(session: Session, function: Function) -> list[SessionSeat]:
    return [seat for seat in session.seats if seat.function == function]


def _is_deputy(session: Session, person: int | None) -> bool:
    return person is not None and any(seat.holder == person for seat in _with(session, Function.DEPUTY))
