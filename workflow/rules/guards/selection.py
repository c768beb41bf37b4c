"""Only if: what a resolution decided about a proposal, and whether places and money of the edition allow it."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import demands, guard, missing, over_edition
from workflow.rules.later_decisions import CARRIED_OUT_BY
from workflow.rules.roles import Role
from workflow.rules.states import FUNDED, EditionState
from workflow.rules.totals import Part, Totals

DECIDERS = (Role.COMMITTEE_CHAIR, Role.SECRETARY)


@demands("not_in_selection", _("The selection of the edition is not open."), Role.COMMITTEE_CHAIR)
def edition_in_selection(facts: Facts, _attempt: Attempt) -> bool:
    """The selection of the edition is open."""
    return bool(facts.edition["state"] == EditionState.SELECTION)


@guard
def active_decision_says(facts: Facts, attempt: Attempt) -> Missing | None:
    """An adopted resolution that waits for its announcement decided about this project what the step does."""
    if facts.decision is None:
        return missing("no_decision", _("No resolution that says so was adopted by the committee."), *DECIDERS)
    if facts.decision["outcome"] == attempt.step:
        return None
    return missing("other_decision", _("The adopted resolution says something else about the project."), *DECIDERS)


@guard
def conflicts_excluded(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Whoever declared a conflict of interest did not vote: no elector of the vote, or recused from it."""
    decision = facts.pending or facts.entry("decide")
    recused = {name.casefold() for name in decision.get("recused") or ()}
    electors = decision.get("electors")
    voting = {name for person, name in (facts.conflicted or {}).items()
              if name.casefold() not in recused and (electors is None or person in electors)}  # fmt: skip
    if not voting:
        return None
    return missing(
        "conflict_voted",
        _(
            "A conflict of interest was declared and the person not recused: {names}.",
            names=", ".join(sorted(voting)),
        ),
        Role.COMMITTEE_CHAIR,
        Role.SECRETARY,
    )


@guard
def resolution_says(facts: Facts, attempt: Attempt) -> Missing | None:
    """An adopted resolution says about this project, whose decision was announced, what the row does."""
    if facts.pending is None:
        sentence = _("No resolution that says so was adopted by the committee.")
        return missing("no_resolution", sentence, *DECIDERS)
    if CARRIED_OUT_BY.get(facts.pending["outcome"]) == attempt.step:
        return None
    sentence = _("The adopted resolution {number} says something else about the project.",
                 number=facts.pending["resolution"])  # fmt: skip
    return missing("other_resolution", sentence, *DECIDERS)


@guard
def no_annulment_waits(facts: Facts, _attempt: Attempt) -> Missing | None:
    """No resolution that annuls or cancels waits to be carried out."""
    if facts.pending is None:
        return None
    sentence = _("Resolution {number} about this project has to be carried out first.",
                 number=facts.pending["resolution"])  # fmt: skip
    return missing("resolution_waits", sentence, Role.COMMITTEE_CHAIR, Role.STAFF)


@over_edition(Part.RESERVE, states=FUNDED)
def limits_hold(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The edition has a place and money for one more project of this cost, beside those that are offered."""
    places, budget = facts.edition["places"], facts.edition["budget"]
    if places is not None and totals.funded + totals.offers >= places:
        return missing("no_place", _("All {places} places are taken.", places=places), Role.COMMITTEE_CHAIR)
    if budget is not None and totals.funded_cost + totals.offered_cost + (facts["cost"] or 0) > budget:
        return missing(
            "no_budget", _("The budget of the edition is too small for this project as well."), Role.COMMITTEE_CHAIR
        )
    return None


@over_edition(Part.RESERVE)
def position_given(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The decision names a position of the reserve list that is free."""
    position = facts.decision["position"] if facts.decision else None
    if facts.decision is None or (position and position not in totals.taken_positions):
        return None
    if position:
        return missing(
            "position_taken",
            _("Position {position} of the reserve list is taken.", position=position),
            Role.COMMITTEE_CHAIR,
            Role.SECRETARY,
        )
    return missing(
        "no_position",
        _("The recorded decision names no position on the reserve list."),
        Role.COMMITTEE_CHAIR,
        Role.SECRETARY,
    )


@demands("never_presented", _("It was never presented, so there is no decision to annul."))
def was_presented(facts: Facts, _attempt: Attempt) -> bool:
    """The project was presented."""
    return bool(facts.entry("presentation"))


@demands("already_started", _("The implementation has started already."))
def implementation_not_started(facts: Facts, _attempt: Attempt) -> bool:
    """The implementation has not started."""
    return not facts.entry("start")
