"""Only if: votes by circulation have time left, are answered by the members themselves, and may be stopped by one."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import demands, guard, missing
from workflow.rules.guards.meetings import CHAIRS, session_of
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value


@guard
def time_to_answer(facts: Facts, attempt: Attempt) -> Missing | None:
    """The time for answers by circulation is not over."""
    session = session_of(facts)
    if not session.by_circulation or session.answer_until is None or attempt.at < session.answer_until:
        return None
    sentence = _("The time for answers ended: {until}. Prepare a new vote by circulation.", until=session.answer_until)
    return missing("answers_closed", sentence, *CHAIRS)


@guard
def answered_or_over(facts: Facts, attempt: Attempt) -> Missing | None:
    """A vote by circulation is counted when everybody has answered, and not before the time for answers is over."""
    session = session_of(facts)
    until = facts.due_at
    awaited = sum(not elector.recused and not elector.answered for elector in session.electors)
    if not session.by_circulation or not awaited or until is None or attempt.at >= until:
        return None
    return missing("answers_awaited", _("{count} members may still answer.", count=awaited), until=until)


@demands("by_circulation", _("In a vote by circulation, whoever answers is present. Nothing is noted."))
def in_a_room(facts: Facts, _attempt: Attempt) -> bool:
    """The meeting is no vote by circulation, in which whoever answers is present."""
    return not session_of(facts).by_circulation


@guard
def may_be_stopped(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The meeting is a vote by circulation, and the edition lets a member stop it."""
    if not session_of(facts).by_circulation:
        return missing("not_by_circulation", _("This is not a vote by circulation."))
    if value(facts.edition, "circulation_stops"):
        return None
    sentence = _("In this edition a demand for a meeting does not stop a vote by circulation.")
    return missing("never_stopped", sentence, Role.STAFF)
