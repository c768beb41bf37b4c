"""Only if: the committee's decision, the reserve list, appeals.

Quorum: more than half of the members present at the vote. Sector parity: no sector casts more than 49 % of the votes
(LEADER practice, Regulation 1303/2013 art. 32(2)(b)), held against every vote and not only against the composition.
"""

from collections.abc import Callable, Mapping
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import FUNDED, Attempt, Facts, Part, Totals
from workflow.rules.guards.base import (
    PARITY_PERCENT,
    Guard,
    above_parity,
    answers,
    guard,
    missing,
    moment,
    over_edition,
)


@guard
def edition_in_selection(facts: Facts, _attempt: Attempt) -> Missing | None:
    if facts.edition["state"] == "selection":
        return None
    return missing("not_in_selection", _("The selection of the edition is not open."), "committee_chair")


def _decision_is(outcome: str) -> Guard:
    def decision(facts: Facts, _attempt: Attempt) -> Missing | None:
        found = facts.entry("decide")
        if not found:
            return missing(
                "no_decision",
                _("No adopted decision of the committee about this proposal is recorded."),
                "committee_chair",
                "secretary",
            )
        if found.get("outcome") == outcome:
            return None
        return missing("other_decision", _("The recorded decision of the committee is another one."), "committee_chair")

    return decision


def _named(name: str, function: Callable[..., Any]) -> None:
    function.__name__ = name
    guard(function)


for _name, _outcome in {
    "decision_selects": "select",
    "decision_reserves": "place_on_reserve",
    "decision_rejects": "reject",
}.items():
    _named(_name, _decision_is(_outcome))


def _vote_problem(vote: Mapping[str, Any]) -> Missing | None:
    members, present = vote.get("members"), vote.get("present")
    if members is None or present is None:
        return missing(
            "no_attendance",
            _("The recorded decision does not say how many members were present."),
            "secretary",
            "committee_chair",
        )
    if present * 2 > members:
        return None
    return missing(
        "no_quorum",
        _("There was no quorum: {present} of {members} members were present.", present=present, members=members),
        "committee_chair",
    )


@guard
def quorum_held(facts: Facts, _attempt: Attempt) -> Missing | None:
    decision = facts.entry("decide")
    return _vote_problem(decision) if decision else None


@guard
def sector_parity(facts: Facts, _attempt: Attempt) -> Missing | None:
    decision = facts.entry("decide")
    if not decision:
        return None
    votes = decision.get("votes_by_sector") or {}
    if not sum(votes.values()):
        return missing(
            "no_sector_votes",
            _("The recorded decision does not say which sectors voted."),
            "secretary",
            "committee_chair",
        )
    above = above_parity(votes)
    if above is None:
        return None
    return missing(
        "sector_above_limit",
        _(
            'The sector "{sector}" cast {percent} % of the votes; at most {limit} % are allowed.',
            sector=above[0],
            percent=above[1],
            limit=PARITY_PERCENT,
        ),
        "committee_chair",
    )


@guard
def conflicts_excluded(facts: Facts, _attempt: Attempt) -> Missing | None:
    decision = facts.entry("decide")
    if not decision:
        return None
    recused = {name.casefold() for name in decision.get("recused") or ()}
    voting = [
        entry["by_name"]
        for entry in facts.entries("declare_conflict")
        if entry.get("by_name", "").casefold() not in recused
    ]
    if not voting:
        return None
    return missing(
        "conflict_voted",
        _(
            "A conflict of interest was declared and the person not recused: {names}.",
            names=", ".join(sorted(set(voting))),
        ),
        "committee_chair",
        "secretary",
    )


@over_edition(states=FUNDED)
def limits_hold(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    places, budget = facts.edition["places"], facts.edition["budget"]
    if places is not None and totals.funded >= places:
        return missing("no_place", _("All {places} places are taken.", places=places), "committee_chair")
    if budget is not None and totals.funded_cost + (facts["cost"] or 0) > budget:
        return missing(
            "no_budget", _("The budget of the edition is too small for this project as well."), "committee_chair"
        )
    return None


@over_edition(Part.RESERVE)
def position_given(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    decision = facts.entry("decide")
    position = decision.get("position")
    if not decision or (position and position not in totals.taken_positions):
        return None
    if position:
        return missing(
            "position_taken",
            _("Position {position} of the reserve list is taken.", position=position),
            "committee_chair",
            "secretary",
        )
    return missing(
        "no_position", _("The recorded decision names no position on the reserve list."), "committee_chair", "secretary"
    )


@guard
def votes_add_up(_facts: Facts, attempt: Attempt) -> Missing | None:
    data = answers(attempt)
    cast = [data.get(name) for name in ("votes_for", "votes_against", "votes_abstain")]
    total, present = sum(one or 0 for one in cast), data.get("present")
    if present is not None and total > present:
        return missing("too_many_votes", _("More votes were cast than members were present."), field="votes_for")
    sectors = data.get("votes_by_sector")
    if sectors and any(one is not None for one in cast) and sum(sectors.values()) != total:
        return missing(
            "votes_differ", _("The votes by sector do not add up to the votes cast."), field="votes_by_sector"
        )
    if data.get("members") is not None and (present or 0) > data["members"]:
        return missing(
            "too_many_present", _("More people were present than the committee has members."), field="present"
        )
    return None


@guard
def appeals_allowed(facts: Facts, _attempt: Attempt) -> Missing | None:
    if facts.edition["allows_appeals"]:
        return None
    return missing("no_appeals", _("The rules of this edition know no appeals."))


@guard
def appeal_window_open(facts: Facts, attempt: Attempt) -> Missing | None:
    until = moment(facts.entry("appeal_window").get("until"))
    if until is None:
        return missing("no_appeal_window", _("No term for an appeal is running."), "staff")
    if attempt.counts_at <= until:
        return None
    return missing("appeal_late", _("The term for an appeal passed on {until}.", until=until), until=until)


@guard
def no_earlier_appeal(facts: Facts, _attempt: Attempt) -> Missing | None:
    if not any(one.get("against") == facts.state and one.get("final") for one in facts.entries("appeals")):
        return None
    return missing("already_appealed", _("There was an appeal against this decision already; it is final."))


@guard
def decider_uninvolved(facts: Facts, _attempt: Attempt) -> Missing | None:
    if facts.rights.id not in facts.entry("deciders").get("ids", ()):
        return None
    return missing(
        "took_part", _("You took part in the first decision; somebody else has to decide the appeal."), "appeal_body"
    )


@over_edition(Part.CONFERENCES)
def can_still_present(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    held = any(
        is_summary and state in {"held", "minutes_approved"} for _number, state, is_summary, _at in totals.conferences
    )
    if not held or attempt.data is None or answers(attempt).get("slot_on"):
        return None
    return missing(
        "summary_over",
        _("The summary conference is over: set a day for an extra presentation."),
        "appeal_body",
        field="slot_on",
    )


@guard
def appeal_undecided(facts: Facts, _attempt: Attempt) -> Missing | None:
    latest = facts.entry("appeals")
    if latest and not latest.get("decided_at"):
        return None
    return missing("appeal_decided", _("The appeal has been decided already."))


@over_edition(Part.RESERVE, states=FUNDED)
def place_freed(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    places = facts.edition["places"]
    if totals.freed > 0 or (places is not None and totals.funded < places):
        return None
    return missing(
        "nothing_freed", _("No selected project was withdrawn or cancelled and no place is free."), "committee_chair"
    )


@over_edition(Part.RESERVE)
def highest_on_reserve(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    first = totals.first_reserve
    if first == facts["reserve_position"] or facts.edition["reserve_may_skip"]:
        return None
    return missing("not_first", _("Position {first} of the reserve list comes first.", first=first), "committee_chair")


@over_edition(states=FUNDED)
def fits_freed_budget(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    budget = facts.edition["budget"]
    if budget is None or totals.funded_cost + (facts["cost"] or 0) <= budget:
        return None
    return missing("no_budget", _("The freed money is not enough for this project."), "committee_chair")


@guard
def reserve_valid(facts: Facts, attempt: Attempt) -> Missing | None:
    until = facts.edition["reserve_valid_until"]
    if until is None or attempt.at <= until:
        return None
    return missing("reserve_over", _("The reserve list ended on {until}.", until=until), until=until)


@guard
def reserve_ended(facts: Facts, attempt: Attempt) -> Missing | None:
    until = facts.edition["reserve_valid_until"]
    if until is not None and attempt.at > until:
        return None
    return missing("reserve_still_valid", _("The reserve list is still valid."), "system", until=until)


@guard
def was_presented(facts: Facts, _attempt: Attempt) -> Missing | None:
    if facts.entry("presentation"):
        return None
    return missing("never_presented", _("It was never presented, so there is no decision to annul."))


@guard
def implementation_not_started(facts: Facts, _attempt: Attempt) -> Missing | None:
    if not facts.entry("start"):
        return None
    return missing("already_started", _("The implementation has started already."))
