"""Only if: the steps of a milestone."""

from collections.abc import Iterable
from datetime import date, timedelta

from workflow.base.calendar import warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, day, demands, guard, missing
from workflow.rules.guards.plans import last_day
from workflow.rules.plan import PlannedMilestone, ProjectPlan, in_a_circle
from workflow.rules.roles import Role
from workflow.rules.states import MilestoneState

# Work on a milestone that began earlier than this before it is planned was mistyped.
EARLIEST_START = timedelta(days=366)


@guard
def milestone_days_fit(facts: Facts, attempt: Attempt) -> Missing | None:
    """The days are in order, not over, and within the implementation of the edition."""
    given, today = answers(attempt), warsaw_date(attempt.at)
    due, starts = day(given.get("due_on")), day(given.get("starts_on"))
    if due is not None and (unmet := day_unmet(facts, due, today, "due_on")):
        return unmet
    due = due or _day_of(facts)
    if starts is not None and due is not None and starts > due:
        return missing("starts_after_end", _("Work on it begins after its day."), field="starts_on")
    if starts is not None and starts < today - EARLIEST_START:
        return missing("starts_long_ago", _("This day is too long ago."), field="starts_on")
    return None


def day_unmet(facts: Facts, due: date, today: date, field: str) -> Missing | None:
    """Why a milestone cannot be planned for a day: it is over, or after the end of the implementation."""
    if due < today:
        return missing("day_over", _("This day is over."), field=field)
    if due > (end := last_day(facts, today)):
        return missing("after_the_end", _("The implementation ends on {day}.", day=end), field=field)
    return None


def _day_of(facts: Facts) -> date | None:
    due = facts.own.get("due_at")
    return warsaw_date(due) if due else None


@guard
def order_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """The milestones that come before exist, end before it, and none of them waits for it."""
    if facts.plan is None:
        return None
    numbers = answers(attempt).get("after", _comes_after(facts.plan, facts.ref.id)) or ()
    unknown = [number for number in numbers if facts.plan.milestone(number) is None]
    if unknown:
        sentence = _("There is no milestone with this number: {number}.", number=unknown[0])
        return missing("no_such_milestone", sentence, field="after")
    earlier = [milestone for number in numbers if (milestone := facts.plan.milestone(number))]
    if in_a_circle(_edges(facts.plan, facts.ref.id, earlier)):
        return missing("circle", _("This milestone would wait for itself."), field="after")
    return _too_early(day(answers(attempt).get("due_on")) or _day_of(facts), earlier)


def _comes_after(plan: ProjectPlan, own: int) -> list[int]:
    """The numbers of the milestones that come before one now."""
    planned = plan.milestone_with(own)
    before = planned.after if planned is not None else frozenset()
    return [milestone.number for milestone in plan.milestones if milestone.id in before]


def _edges(plan: ProjectPlan, own: int, earlier: Iterable[PlannedMilestone]) -> list[tuple[int, int]]:
    """Who waits for whom after the change; a milestone that does not exist yet has the number 0."""
    others = [(milestone.id, before) for milestone in plan.milestones if milestone.id != own
              for before in milestone.after]  # fmt: skip
    return [*others, *((own, milestone.id) for milestone in earlier)]


def _too_early(due: date | None, earlier: Iterable[PlannedMilestone]) -> Missing | None:
    for milestone in earlier:
        ends = warsaw_date(milestone.due_at) if milestone.due_at else None
        if due is not None and ends is not None and milestone.is_open and due < ends:
            sentence = _("“{title}” comes before it and is planned for {day}.", title=milestone.title, day=ends)
            return missing("before_earlier", sentence, field="due_on")
    return None


@guard
def done_day_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """It was done between the start of the implementation and today."""
    done = day(answers(attempt).get("done_on"))
    if done is None:
        return None
    if done > warsaw_date(attempt.at):
        return missing("done_in_future", _("This day has not come yet."), field="done_on")
    started = facts.plan.started_at if facts.plan is not None else None
    if started is None or done >= warsaw_date(started):
        return None
    sentence = _("The implementation started on {day}.", day=warsaw_date(started))
    return missing("done_before_start", sentence, field="done_on")


@guard
def earlier_milestones_done(facts: Facts, _attempt: Attempt) -> Missing | None:
    """What comes before it is done or waived."""
    own = facts.plan.milestone_with(facts.ref.id) if facts.plan is not None else None
    if own is None or facts.plan is None:
        return None
    waiting = [milestone.title for milestone in facts.plan.milestones if milestone.id in own.after
               and milestone.is_open]  # fmt: skip
    if not waiting:
        return None
    sentence = _("These milestones come before it and are not done: {names}.", names=", ".join(waiting))
    return missing("earlier_open", sentence, Role.COORDINATOR, Role.STAFF)


@guard
def later_milestones_open(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Nothing that comes after it is done; that would be reopened first."""
    later = [milestone.title for milestone in (facts.plan.milestones if facts.plan is not None else ())
             if facts.ref.id in milestone.after and milestone.state == MilestoneState.DONE]  # fmt: skip
    if not later:
        return None
    sentence = _("These milestones come after it and are done; reopen them first: {names}.", names=", ".join(later))
    return missing("later_done", sentence, Role.COORDINATOR, Role.STAFF)


@demands("no_file", _("This is no file of the project. Add it on the page “Files” first."), field="evidence")
def evidence_known(facts: Facts, attempt: Attempt) -> bool:
    """The files are files of this project."""
    files = answers(attempt).get("evidence") or ()
    known = facts.plan.named.files if facts.plan is not None else frozenset()
    return known.issuperset(files)
