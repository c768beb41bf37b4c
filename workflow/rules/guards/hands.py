"""Only if: hands were counted by two people alike, and fit those who vote."""

from collections import Counter

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.guards.meetings import CHAIRS, session_of
from workflow.rules.hands import CLERKS, agreed, awaited_count, does_not_add_up


@demands("by_circulation", _("By circulation members vote on their own screens."), field="by_hands")
def hands_in_a_room(facts: Facts, attempt: Attempt) -> bool:
    """Hands are counted in a room, not by circulation."""
    return not answers(attempt).get("by_hands") or not session_of(facts).by_circulation


@guard
def hands_agree(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Two people have counted, and counted the same."""
    session = session_of(facts)
    if not session.by_hands or agreed(session.counts) is not None:
        return None
    if len(session.counts) < CLERKS:
        counted = {count.person_id: count.name for count in session.counts}
        electors = {elector.person_id for elector in session.electors if not elector.recused}
        names = {person: name for seat in session.seats for person, name in seat.names.items()}
        others = sorted(names.get(person, "") for person in electors - counted.keys())
        return missing("hands_awaited", awaited_count([*counted.values()], others), *CHAIRS)
    return missing("hands_differ", _("The two counts differ. Count the hands again."), *CHAIRS)


@guard
def hands_add_up(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No sector raised more hands than it has electors who vote."""
    session = session_of(facts)
    hands = agreed(session.counts) if session.by_hands else None
    if hands is None:
        return None
    present = Counter(elector.sector for elector in session.electors if not elector.recused)
    problem = does_not_add_up(hands, present)
    return missing("too_many_hands", problem, *CHAIRS) if problem else None
