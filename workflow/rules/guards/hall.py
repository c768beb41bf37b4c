"""Only if: the steps of a vote in the hall."""

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import demands, guard, missing
from workflow.rules.guards.meetings import annulment_unconfirmed
from workflow.rules.hall import MOST_OPTIONS, HallMethod, HallVoting
from workflow.rules.roles import Role
from workflow.rules.secret_votes import FEWEST_BALLOTS
from workflow.rules.states import AHEAD, RUNNING, ConferenceState, PollState

HOSTS = (Role.STAFF, Role.ANIMATOR, Role.COMMITTEE_CHAIR)


def hall_of(facts: Facts) -> HallVoting:
    """The vote in the hall that the facts are about; empty where nothing of it was read."""
    return facts.hall or HallVoting()


@demands("no_conference", _("There is no such conference here, or it does not take place."), Role.STAFF)
def hall_conference_takes_place(facts: Facts, _attempt: Attempt) -> bool:
    """The conference is one of this edition, and takes place."""
    return hall_of(facts).conference_state in {*AHEAD, *RUNNING} - {ConferenceState.POSTPONED}


@guard
def hall_day_reached(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day of the conference has come."""
    starts = hall_of(facts).starts_at
    if starts is None or warsaw_date(starts) <= warsaw_date(attempt.at):
        return None
    return missing("not_yet", _("The conference is on {day}.", day=warsaw_date(starts)), until=starts)


@guard
def hall_options_complete(facts: Facts, _attempt: Attempt) -> Missing | None:
    """There is something to choose between, and limits that leave a choice."""
    options = len(hall_of(facts).options)
    if options < 2 or options > MOST_OPTIONS:
        return missing("options", _("A vote has from 2 to {most} options.", most=MOST_OPTIONS), *HOSTS)
    most = facts["max_choices"]
    if most is not None and not 1 <= most <= options:
        return missing("max_choices", _("From 1 to {options} options can be chosen.", options=options), *HOSTS)
    if facts["method"] == HallMethod.POINTS and not facts["points_total"]:
        return missing("points_total", _("Say how many points each person distributes."), *HOSTS)
    return None


@guard
def hall_electorate_present(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Somebody is checked in; for a secret vote enough people."""
    present, needed = len(hall_of(facts).present), FEWEST_BALLOTS if facts["secret"] else 1
    if present >= needed:
        return None
    sentence = _("Checked in: {present}. At least {needed} have to be.", present=present, needed=needed)
    return missing("electorate", sentence, *HOSTS)


@guard
def hall_enough_ballots(facts: Facts, _attempt: Attempt) -> Missing | None:
    """A secret vote is closed with so many ballots that its result does not name a voter's choice at once."""
    hall = hall_of(facts)
    if not facts["secret"] or hall.voted >= FEWEST_BALLOTS:
        return None
    sentence = _("Ballots of this secret vote: {cast}. With fewer than {fewest} the result would tell who voted how. "
                 "Wait for more ballots, or annul the vote and repeat it.",
                 cast=hall.voted, fewest=FEWEST_BALLOTS)  # fmt: skip
    return missing("few_ballots", sentence, *HOSTS)


@guard
def hall_has_no_cards(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No card is in the box, so that the vote can be counted at once."""
    cards = hall_of(facts).on_cards
    if not cards:
        return None
    return missing("has_cards", _("Cards in the box: {cards}. Close the vote; then they are typed.", cards=cards))


@demands("no_cards", _("There is no card in the box. Close and count the vote at once."), *HOSTS)
def hall_has_cards(facts: Facts, _attempt: Attempt) -> bool:
    """There are cards in the box; without any the vote is counted at once."""
    return bool(hall_of(facts).on_cards)


@guard
def hall_cards_agree(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Two people typed the same, and the scan of the cards is attached."""
    cards = hall_of(facts).cards
    if cards is not None and cards.agreed:
        return None if cards.scan_name else missing("no_scan", _("Attach the scan of the cards."), *HOSTS)
    if cards is None or len(cards.typed) < 2:
        return missing("cards_waited_for", _("Two people type the cards; wait for both."), *HOSTS)
    return missing("cards_differ", _("The two read cards differently. Both look at those cards again."), *HOSTS)


@guard
def hall_annulment_proposed(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Somebody else has proposed to annul; a vote that nobody could cast a ballot in needs nobody else."""
    if facts.state == PollState.DRAFTED:
        return None
    return annulment_unconfirmed(facts, *HOSTS)
