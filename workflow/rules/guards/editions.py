"""Only if: the steps of an edition, of its conferences and of its agreement."""

from workflow.base.calendar import is_past, warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.agreements import signatures_below
from workflow.rules.guards.base import above_parity, answers, demands, guard, missing, over_edition
from workflow.rules.permissions import may_see_private
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import IN_VERIFICATION, AgreementState, ConferenceState, ProposalState
from workflow.rules.totals import Part, Totals


@demands("no_county", _("Name the county and the year."), field="county")
def county_and_year_named(_facts: Facts, attempt: Attempt) -> bool:
    """County and year are given."""
    return bool(attempt.data is None or (answers(attempt).get("county") and answers(attempt).get("year")))


@demands("no_initiators", _("The initiators have not been named."), Role.STAFF)
def initiators_named(facts: Facts, _attempt: Attempt) -> bool:
    """The initiators are named."""
    return bool(facts["initiators"])


@demands("no_rules", _("No version of the rules has been published."), Role.STAFF)
def rules_published(facts: Facts, _attempt: Attempt) -> bool:
    """A version of the rules is published."""
    return bool(facts["rules_version"])


@over_edition(Part.CONFERENCES)
def conferences_planned(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Conferences are planned, the summary conference among them."""
    planned = totals.conferences
    if not planned:
        return missing("no_conferences", _("No conferences have been planned."), Role.STAFF)
    if not any(is_summary for _number, _state, is_summary, _at in planned):
        return missing("no_summary", _("None of the conferences is the summary conference."), Role.STAFF)
    return None


@over_edition(Part.CONFERENCES)
def conferences_dated(_facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Every conference that will be has a day, so that a calendar is announced."""
    undated = [number for number, state, _summary, at in totals.conferences
               if at is None and state != ConferenceState.CANCELLED]  # fmt: skip
    if not undated:
        return None
    sentence = _("Conferences without a day: {numbers}.", numbers=", ".join(map(str, undated)))
    return missing("conferences_undated", sentence, Role.STAFF)


@over_edition(Part.COMMITTEE)
def committee_balanced(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The committee is appointed, and no sector holds a larger share of its seats than the edition permits."""
    seats, limit = totals.committee, value(facts.edition, "parity")
    if not sum(seats.values()):
        return missing("no_committee", _("The steering committee has not been appointed."), Role.ADMIN)
    above = above_parity(seats, limit)
    if above is None:
        return None
    return missing(
        "committee_unbalanced",
        _(
            'The sector "{sector}" holds {percent} % of the committee\'s seats; at most {limit} % are allowed.',
            sector=above[0] or "-",
            percent=above[1],
            limit=limit,
        ),
        Role.ADMIN,
    )


@guard
def clause_published(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The information clause and the accessibility statement are published."""
    if not facts["clause_version"]:
        return missing("no_clause", _("The information clause has not been published."), Role.STAFF)
    if not facts.entry("publish_statements"):
        return missing(
            "no_statement", _("Note that the clause and the accessibility statement are published."), Role.STAFF
        )
    return None


@over_edition(Part.CONFERENCES)
def first_conference_reached(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The day of the first conference has come."""
    dates = [at for _number, _state, _summary, at in totals.conferences if at is not None]
    if not dates:
        return missing("no_dates", _("No conference has a date yet."), Role.STAFF)
    if warsaw_date(min(dates)) <= warsaw_date(attempt.at):
        return None
    return missing("too_early", _("The first conference is on {day}.", day=warsaw_date(min(dates))), until=min(dates))


@demands("registration_closed", _("The registration list is not open."), Role.STAFF)
def registration_list_open(facts: Facts, _attempt: Attempt) -> bool:
    """People may enter themselves in the list of participants."""
    return bool(facts["registration_open"])


@over_edition(Part.CONFERENCES)
def earlier_conferences_done(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Every conference before the summary is cancelled or has approved minutes."""
    unfinished = [
        str(number)
        for number, state, is_summary, _at in totals.conferences
        if not is_summary and state not in {ConferenceState.MINUTES_APPROVED, ConferenceState.CANCELLED}
    ]
    if not unfinished:
        return None
    return missing(
        "conferences_open",
        _("Conferences without approved minutes: {numbers}.", numbers=", ".join(unfinished)),
        Role.STAFF,
        Role.SECRETARY,
    )


@over_edition(Part.EXTENSIONS, states=IN_VERIFICATION)
def submission_and_verification_closed(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The term for projects has passed for every group, and none is in verification."""
    until = facts["submission_deadline"]
    if until is None or not is_past(until, attempt.at):
        return missing("submission_open", _("The term for projects has not passed yet."), Role.STAFF, until=until)
    longer = totals.extended_until
    if longer and not is_past(longer, attempt.at):
        return missing("submission_extended", _("A group has a longer term for its project."), Role.STAFF, until=longer)
    waiting = totals.of(*IN_VERIFICATION)
    if waiting:
        return missing("verification_open", _("Projects still in verification: {count}.", count=waiting), Role.STAFF)
    return None


@over_edition(states=(ProposalState.ADMITTED,))
def something_admitted(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """At least one project is admitted."""
    if totals.of(ProposalState.ADMITTED):
        return None
    return missing("nothing_admitted", _("No project has been admitted to the presentation."), Role.STAFF)


@over_edition(states=(ProposalState.APPEALED,))
def no_admission_appeal(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """No appeal waits for a decision before the selection."""
    return pending_appeals(totals)


@over_edition(states=(ProposalState.APPEALED,))
def no_appeal_pending(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """No appeal waits for a decision."""
    return pending_appeals(totals)


def pending_appeals(totals: Totals) -> Missing | None:
    """How many appeals wait for a decision; None where none does. Their guards count proposals under appeal."""
    pending = totals.of(ProposalState.APPEALED)
    if not pending:
        return None
    return missing("appeal_pending", _("Appeals still to be decided: {count}.", count=pending), Role.APPEAL_BODY)


@over_edition(Part.CONFERENCES)
def summary_minutes_approved(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The report of the summary conference is approved."""
    if any(
        is_summary and state == ConferenceState.MINUTES_APPROVED for _n, state, is_summary, _at in totals.conferences
    ):
        return None
    return missing(
        "summary_minutes_open",
        _("The report of the summary conference has not been approved."),
        Role.STAFF,
        Role.SECRETARY,
    )


@over_edition(states=(ProposalState.ADMITTED,))
def everything_presented(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Every admitted project was presented or marked as not presented."""
    waiting = totals.of(ProposalState.ADMITTED)
    if not waiting:
        return None
    return missing(
        "not_presented",
        _("Admitted projects neither presented nor marked as not presented: {count}.", count=waiting),
        Role.STAFF,
        Role.ANIMATOR,
    )


@over_edition(Part.COMMITTEE)
def declarations_collected(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Everybody of the committee, substitutes too, has declared impartiality."""
    declared = {entry.get("by") for entry in facts.entries("declare_interests")}
    undeclared = totals.committee_ids - declared
    if not undeclared:
        return None
    return missing(
        "declarations_lacking",
        _("Committee members who have not declared their impartiality: {count}.", count=len(undeclared)),
        Role.COMMITTEE_MEMBER,
        Role.COMMITTEE_CHAIR,
    )


@over_edition(Part.DECLARATIONS)
def members_declared(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Everybody who sits in the committee, substitutes too, has declared about every presented project.

    An edition that votes without declarations opens its selection without them.
    Nobody outside learns from it who has.
    """
    if not totals.undeclared or not may_see_private(facts):
        return None
    if not value(facts.edition, "declarations_before_vote"):
        return None
    sentence = _("Not every declaration of impartiality is in: {names}.", names=", ".join(totals.undeclared))
    return missing("declarations_lacking", sentence, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR)


@over_edition(states=(ProposalState.PRESENTED,))
def everything_decided(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """Every presented project has an announced decision."""
    waiting = totals.of(ProposalState.PRESENTED)
    if not waiting:
        return None
    return missing(
        "not_decided", _("Presented projects without a decision: {count}.", count=waiting), Role.COMMITTEE_CHAIR
    )


@demands("minutes_unsigned", _("The minutes of the selection have not been signed."), Role.COMMITTEE_CHAIR)
def minutes_signed(facts: Facts, _attempt: Attempt) -> bool:
    """The minutes of the selection are signed."""
    return bool(facts.entry("sign_minutes"))


@demands("no_ranking", _("The ranking list has not been published."), Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.STAFF)
def ranking_published(facts: Facts, _attempt: Attempt) -> bool:
    """The ranking list is published."""
    return bool(facts.entry("publish_ranking"))


@over_edition(Part.APPEAL_TERMS)
def appeal_window_over(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The edition knows no appeals, or the term for them has passed, also where it runs from a later notice."""
    until = max((term for term in (facts["appeals_until"], *totals.appeal_terms) if term), default=None)
    if not value(facts.edition, "allows_appeals") or (until is not None and attempt.at > until):
        return None
    return missing("appeals_running", _("The term for appeals has not passed yet."), until=until)


@over_edition(states=(ProposalState.PRESENTED,))
def something_to_decide_again(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """An appeal was upheld or a decision annulled, so that a project waits for a decision."""
    if totals.of(ProposalState.PRESENTED):
        return None
    return missing(
        "nothing_to_decide", _("No appeal was upheld and no decision annulled."), Role.APPEAL_BODY, Role.COMMITTEE_CHAIR
    )


@over_edition(Part.AGREEMENT)
def agreement_or_waiver(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The agreement is concluded with enough signatures, or is not required and its absence recorded."""
    if not facts["requires_agreement"]:
        if facts.entry("waive_agreement") or totals.agreement_state == AgreementState.CONCLUDED:
            return None
        return missing("no_waiver", _("Record that this edition has no agreement, with the reason."), Role.STAFF)
    if totals.agreement_state != AgreementState.CONCLUDED:
        return missing(
            "agreement_open", _("The partnership agreement has not been concluded yet."), Role.STAFF, Role.PARTNER
        )
    return signatures_below(totals.partners, facts["minimum_signatures"])
