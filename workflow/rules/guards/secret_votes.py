"""Only if: secret votes are wanted where the edition has them, have enough ballots, and no conflict came up since."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.guards.meetings import CHAIRS, motion_of, session_of
from workflow.rules.secret_votes import FEWEST_BALLOTS, ballots_cast, why_not_secret


@guard
def secrecy_allowed(facts: Facts, attempt: Attempt) -> Missing | None:
    """A secret vote is asked for only where the settings of the edition have one."""
    if not answers(attempt).get("secret"):
        return None
    reason = why_not_secret(facts, by_circulation=session_of(facts).by_circulation)
    return missing("not_secret", reason, field="secret") if reason else None


@demands("secret_vote", _("The vote on this motion is secret, so no hands are raised."), field="by_hands")
def hands_are_open(facts: Facts, attempt: Attempt) -> bool:
    """Hands are not raised where the vote is to be secret."""
    motion = motion_of(facts, attempt)
    return motion is None or not motion.secret or not answers(attempt).get("by_hands")


@guard
def enough_ballots(facts: Facts, _attempt: Attempt) -> Missing | None:
    """A secret vote is closed with so many ballots that its result does not name a voter's choice at once."""
    session = session_of(facts)
    cast = ballots_cast(session)
    if not session.secret or cast >= FEWEST_BALLOTS:
        return None
    electors = sum(not elector.recused for elector in session.electors)
    sentence = _("Ballots of this secret vote: {cast}, electors: {electors}. With fewer than {fewest} the result would "
                 "tell who voted how. Wait for more ballots, or annul the vote and repeat it.",
                 cast=cast, electors=electors, fewest=FEWEST_BALLOTS)  # fmt: skip
    return missing("few_ballots", sentence, *CHAIRS)


@demands(
    "late_conflict",
    _("A conflict of interest came up while the vote was open. Annul the vote and repeat it."),
    *CHAIRS,
)
def without_late_conflict(facts: Facts, attempt: Attempt) -> bool:
    """No conflict came up since the vote was opened: nothing can be taken out of a sum, nor out of a secret vote."""
    session, motion = session_of(facts), motion_of(facts, attempt)
    if not (session.by_hands or session.secret) or motion is None:
        return True
    recused = sum(elector.recused or bool(motion.conflict_of(*elector.people)) for elector in session.electors)
    return bool(recused == facts["rules"]["recused"])
