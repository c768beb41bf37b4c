"""Only if: how an edition ends, rests, goes on or is called off."""

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import demands, missing, moment, over_edition
from workflow.rules.roles import Role
from workflow.rules.states import AHEAD, UNDER_WAY, UNFINISHED, ProposalState
from workflow.rules.totals import Part, Totals


@over_edition(states=UNDER_WAY)
def horizon_or_all_finished(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The time of implementation is over, or no project is under way any more."""
    until = facts["implementation_until"]
    under_way = totals.of(*UNDER_WAY)
    if not under_way or (until is not None and attempt.at > until):
        return None
    return missing(
        "projects_under_way",
        _("Projects still to be carried out: {count}.", count=under_way),
        Role.STAFF,
        Role.COORDINATOR,
        until=until,
    )


@over_edition(states=(*UNDER_WAY, ProposalState.COMPLETED))
def nothing_under_way(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Every selected project is settled or cancelled."""
    under_way = totals.of(*UNDER_WAY, ProposalState.COMPLETED)
    if not under_way:
        return None
    return missing("projects_open", _("Projects neither settled nor cancelled: {count}.", count=under_way), Role.STAFF)


@demands("no_final_report", _("The final report of the edition has not been published."), Role.STAFF)
def final_report_published(facts: Facts, _attempt: Attempt) -> bool:
    """The final report of the edition is published."""
    return bool(facts.entry("publish_final_report"))


@demands("file_not_archived", _("The file has not been handed to the archive."), Role.STAFF)
def file_archived(facts: Facts, _attempt: Attempt) -> bool:
    """The file of the edition is in the archive."""
    return bool(facts.entry("hand_over_file"))


@demands("calendar_old", _("Publish the revised calendar first."), Role.STAFF)
def calendar_revised(facts: Facts, _attempt: Attempt) -> bool:
    """The calendar was set again since the suspension."""
    since, revised = facts.entry("suspension").get("at"), facts.entry("set_calendar").get("at")
    return bool(since and revised and revised > since)


@over_edition(Part.CONFERENCES)
def conferences_ahead_of_today(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """No conference is left on a day that passed while the edition was suspended."""
    since = moment(facts.entry("suspension").get("at"))
    passed = [number for number, state, _summary, at in totals.conferences
              if state in AHEAD and at and since and since <= at < attempt.at]  # fmt: skip
    if not passed:
        return None
    numbers = ", ".join(map(str, passed))
    sentence = _("The day of these conferences passed during the suspension: {numbers}. Postpone or cancel them.",
                 numbers=numbers)  # fmt: skip
    return missing("conferences_passed", sentence, Role.STAFF)


@demands("no_decision_of_initiators", _("The decision of the initiators has not been recorded."), Role.STAFF)
def initiators_decided(facts: Facts, _attempt: Attempt) -> bool:
    """The decision of the initiators is recorded."""
    return bool(facts.entry("initiators_decide"))


@over_edition(states=UNFINISHED)
def open_proposals_closed(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """No proposal of the edition is open any more."""
    waiting = totals.of(*UNFINISHED)
    if not waiting:
        return None
    return missing(
        "proposals_open",
        _("Proposals still open, to be withdrawn first: {count}.", count=waiting),
        Role.STAFF,
        Role.GROUP_LEADER,
    )
