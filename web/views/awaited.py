"""How many have not voted yet, for the page that asks once more before a vote is closed."""

from web.views.subject import Subject
from workflow.rules.session import Session
from workflow.rules.states import PollState

CLOSING = frozenset({"close", "count"})


def awaited(subject: Subject, step: str) -> tuple[int, int] | None:
    """How many have not voted yet, and of how many; None where all have, for hands, and for any other step."""
    session = subject.facts.session
    if step not in CLOSING or subject.facts.state != PollState.OPEN or session is None or session.by_hands:
        return None
    return _counted(session)


def _counted(session: Session) -> tuple[int, int] | None:
    electors = [elector for elector in session.electors if not elector.recused]
    left = sum(not elector.answered for elector in electors)
    return (left, len(electors)) if left else None
