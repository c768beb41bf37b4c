"""Only if: cards of a secret vote were typed by two people alike, with a scan, and add up with those who cast one."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.cards import does_not_add_up
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import demands, guard, missing
from workflow.rules.guards.meetings import CHAIRS, session_of
from workflow.rules.hands import CLERKS
from workflow.rules.session import Session
from workflow.rules.states import PollState


@demands("no_cards", _("No card was cast. Close and count the vote in one step."), *CHAIRS)
def has_cards(facts: Facts, _attempt: Attempt) -> bool:
    """A card dropped into the box; a vote on screens alone is closed and counted at once."""
    return bool(session_of(facts).cards_dropped)


@guard
def no_card_out(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No member holds a card that is neither in the box nor given back."""
    out = sum(elector.card_issued and not elector.voted for elector in session_of(facts).electors)
    if not out:
        return None
    return missing("card_out", _("Cards that are neither in the box nor given back: {count}.", count=out), *CHAIRS)


@guard
def cards_agree(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Where cards were cast the vote is closed, two people typed the same, the scan is attached, and it adds up."""
    session = session_of(facts)
    if not session.secret or not session.cards_dropped:
        return None
    if facts.state != PollState.CLOSED:
        sentence = _("Cards were cast. Close the vote first; then two people type the cards.")
        return missing("cards_in_box", sentence, *CHAIRS)
    return _typed(session)


def _typed(session: Session) -> Missing | None:
    batch = session.cards
    if batch is None or len(batch.typed) < CLERKS:
        count = len(batch.typed) if batch else 0
        return missing("cards_awaited", _("Two people type the cards; {count} have handed in.", count=count), *CHAIRS)
    if batch.agreed is None:
        sentence = _("The two have typed different things. Look at the cards and correct the lines that differ.")
        return missing("cards_differ", sentence, *CHAIRS)
    if not batch.scan_name:
        return missing("no_scan", _("Attach the scan of the cards."), *CHAIRS)
    cards = batch.agreed
    problem = does_not_add_up(cards.in_box, cards.spoiled, len(cards.lines), session.cards_dropped)
    return missing("cards_do_not_add_up", problem, *CHAIRS) if problem else None
