"""Secret votes: when a motion is voted on in secret, and from how many ballots on a receipt shows its choice; pure."""

from collections.abc import Mapping
from typing import Any

from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts
from workflow.rules.session import Session
from workflow.rules.settings_catalogue import value
from workflow.rules.states import PollState
from workflow.rules.vote import SecretVotes

# With one ballot its voter is known, with two each voter knows the other; three is also the floor of a quorum.
FEWEST_BALLOTS = 3


def is_secret(facts: Facts, *, wanted: bool, by_circulation: bool) -> bool:
    """Whether a motion that is put now is voted on in secret."""
    if by_circulation and not value(facts.edition, "secret_circulation"):
        return False
    way = value(facts.edition, "secret_votes")
    return bool(way == SecretVotes.ALWAYS or (wanted and way == SecretVotes.CHOSEN))


def why_not_secret(facts: Facts, *, by_circulation: bool) -> Sentence | None:
    """Why a motion cannot be voted on in secret; None where it can."""
    if value(facts.edition, "secret_votes") == SecretVotes.NEVER:
        return _("In this edition all votes are by name.")
    if by_circulation and not value(facts.edition, "secret_circulation"):
        return _("In this edition votes by circulation are by name.")
    return None


def needs_emptying(facts: Facts) -> bool:
    """Whether the vote at hand is secret and its ballots lie in the box."""
    return bool(facts["secret"]) and facts.state == PollState.OPEN


def ballots_cast(session: Session) -> int:
    """How many have cast a ballot in the vote at hand: among so many the writer of each ballot is hidden.

    A spoiled or missing card counts: nobody but its writer knows whose it is.
    """
    return sum(elector.answered and not elector.recused for elector in session.electors)


def linked_from(rules: Mapping[str, Any]) -> int:
    """From how many ballots on a receipt shows its choice in a vote, as frozen when it was opened."""
    return int(rules["linked_from"])
