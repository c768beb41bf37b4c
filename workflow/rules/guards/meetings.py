"""Only if: meetings of a body, motions, votes, and the resolutions that they adopt; all judged from rows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from workflow.base.errors import Missing
from workflow.base.i18n import Sentence, _, inner_quotes
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.reckoning import needed
from workflow.rules.roles import Role
from workflow.rules.session import MotionOutcome, Session, SessionMotion
from workflow.rules.settings_catalogue import value
from workflow.rules.states import UNCOUNTED, MeetingState
from workflow.rules.vote import ListWithConflict, has_quorum, quorum_figures
from workflow.rules.vote_settings import vote_rules

CHAIRS = (Role.COMMITTEE_CHAIR, Role.SECRETARY)
# A meeting may begin so long before its hour.
EARLY = timedelta(minutes=30)
# A motion about so many projects is a list.
LIST = 2
# How a motion stands whose counted vote can still be annulled.
ANNULLABLE = frozenset({MotionOutcome.CARRIED, MotionOutcome.LOST})


def session_of(facts: Facts) -> Session:
    """The session that was read with the facts; LookupError for a kind of subject that has none."""
    if facts.session is None:
        raise LookupError(f"no session was read with {facts.ref}")
    return facts.session


def motion_of(facts: Facts, attempt: Attempt) -> SessionMotion | None:
    """The motion that a step is about: the poll's own, or the one that the answers name."""
    session = session_of(facts)
    return session.motion(session.poll_motion or answers(attempt).get("motion"))


@demands("no_date", _("Set day and hour of the meeting."), *CHAIRS)
def meeting_dated(facts: Facts, _attempt: Attempt) -> bool:
    """The meeting has a day and an hour."""
    return facts["starts_at"] is not None


@demands("no_agenda", _("The agenda is empty. Add at least one item."), *CHAIRS)
def agenda_given(facts: Facts, _attempt: Attempt) -> bool:
    """The agenda has an item."""
    return bool(session_of(facts).agenda)


@guard
def meeting_day_reached(facts: Facts, attempt: Attempt) -> Missing | None:
    """The meeting begins within half an hour, or its hour has passed."""
    starts = facts["starts_at"]
    if starts is None or attempt.at >= starts - EARLY:
        return None
    return missing("too_early", _("The meeting begins on {starts}.", starts=starts), *CHAIRS, until=starts)


@demands("not_in_session", _("The meeting is not in session."), *CHAIRS)
def meeting_in_session(facts: Facts, _attempt: Attempt) -> bool:
    """The meeting is in session."""
    return session_of(facts).state == MeetingState.IN_SESSION


@guard
def meeting_has_quorum(facts: Facts, attempt: Attempt) -> Missing | None:
    """The members present have quorum, those aside who have a conflict about the motion."""
    session, motion = session_of(facts), motion_of(facts, attempt)
    if session.by_circulation and facts.ref.kind == "meeting":
        # By circulation quorum is a matter of the answers.
        return None
    figures = session.figures_before(motion)
    quorum = vote_rules(facts.edition, session.body).quorum
    if has_quorum(figures, quorum):
        return None
    base, present = quorum_figures(figures, quorum)
    sentence = _("There is no quorum: {present} are present, and at least {needed} of {base} are needed.",
                 present=present, base=base, needed=needed(quorum, base))  # fmt: skip
    return missing("no_quorum", sentence, *CHAIRS)


@guard
def seat_may_be_taken(facts: Facts, attempt: Attempt) -> Missing | None:
    """The person holds the seat or substitutes in it, and neither the seat nor the person is present already."""
    if attempt.data is None:
        return None
    session, given = session_of(facts), answers(attempt)
    seat = session.seat(given.get("seat") or 0)
    if seat is None or not seat.may_sit(given.get("person") or 0):
        return missing("not_seated", _("This person neither holds this seat nor substitutes in it."), field="person")
    if seat.present is not None:
        return missing("seat_taken", _("Somebody is present in this seat already."), field="seat")
    if any(other.present == given["person"] for other in session.seats):
        return missing("present_already", _("This person is present in another seat."), field="person")
    return None


@demands("not_present", _("Nobody is present in this seat."), field="seat")
def seat_is_present(facts: Facts, attempt: Attempt) -> bool:
    """Somebody is present in the seat."""
    seat = session_of(facts).seat(answers(attempt).get("seat") or 0)
    return bool(attempt.data is None or (seat and seat.present is not None))


@guard
def motion_is_open(facts: Facts, attempt: Attempt) -> Missing | None:
    """The motion exists and is not settled."""
    motion = motion_of(facts, attempt)
    if motion is None:
        return None if attempt.data is None else missing("no_motion", _("There is no such motion."), field="motion")
    if motion.outcome == MotionOutcome.OPEN:
        return None
    return missing("motion_settled", _("This motion has been settled already."), field="motion")


@demands("in_vote", _("This motion is being voted on or was voted on."), field="motion")
def motion_not_in_vote(facts: Facts, attempt: Attempt) -> bool:
    """The motion is not and was not voted on."""
    motion = motion_of(facts, attempt)
    return motion is None or motion.poll_id is None or facts.ref.kind == "poll"


@guard
def list_without_conflict(facts: Facts, attempt: Attempt) -> Missing | None:
    """A list with a project in which somebody present has a conflict is not voted on as a whole."""
    motion = motion_of(facts, attempt)
    if motion is None or len(motion.items) < LIST:
        return None
    conflicted = session_of(facts).conflicted(motion)
    if not conflicted:
        return None
    return missing("conflict_in_list", separately(motion, conflicted), *CHAIRS)


def separately(motion: SessionMotion, conflicted: Mapping[int, Sequence[str]]) -> Sentence:
    """The projects of a list that are voted on separately, each with those who have a conflict about it."""
    named = [(item.title, ", ".join(conflicted[item.proposal_id])) for item in motion.items
             if item.proposal_id in conflicted]  # fmt: skip
    projects = "; ".join(f"„{inner_quotes(title)}” ({people})" for title, people in named)
    return _("Vote separately about projects in which a member has a conflict of interest: {projects}.",
             projects=projects)  # fmt: skip


@guard
def list_may_be_split(facts: Facts, attempt: Attempt) -> Missing | None:
    """The motion is a list with a conflicted project, and the edition lets such a list be split."""
    motion = motion_of(facts, attempt)
    if motion is None:
        return None
    conflicted = session_of(facts).conflicted(motion)
    if len(motion.items) < LIST or not conflicted:
        sentence = _("Only a list in which somebody present has a conflict of interest is split.")
        return missing("nothing_to_split", sentence, *CHAIRS, field="motion")
    if splits_lists(facts):
        return None
    return missing("lists_refused", separately(motion, conflicted), *CHAIRS, field="motion")


def splits_lists(facts: Facts) -> bool:
    """Whether the edition splits a list with a conflict of interest, or refuses it."""
    return bool(value(facts.edition, "list_with_conflict") == ListWithConflict.SPLIT)


@demands("vote_open", _("A vote is still open. Close it first."), *CHAIRS)
def no_open_poll(facts: Facts, _attempt: Attempt) -> bool:
    """No vote of the meeting is prepared or open."""
    return not any(motion.poll_state in UNCOUNTED for motion in session_of(facts).motions)


@guard
def motions_settled(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Every motion of the meeting is settled or withdrawn, and what was carried is adopted."""
    left = [motion for motion in session_of(facts).motions
            if motion.outcome == MotionOutcome.OPEN or motion.is_carried]  # fmt: skip
    if not left:
        return None
    numbers = ", ".join(str(motion.number) for motion in left)
    sentence = _("Motions that are neither settled nor withdrawn: {numbers}.", numbers=numbers)
    return missing("motions_open", sentence, *CHAIRS)


@guard
def motion_carried(facts: Facts, attempt: Attempt) -> Missing | None:
    """The motion is one that becomes a resolution, and was carried."""
    motion = motion_of(facts, attempt)
    if motion is None:
        return None if attempt.data is None else missing("no_motion", _("There is no such motion."), field="motion")
    if motion.is_carried:
        return None
    return missing("not_carried", _("Only a motion that was carried can be adopted."), *CHAIRS, field="motion")


@demands(
    "vote_adopted", _("The resolution has been adopted. What it decided is annulled by a motion of its own."), *CHAIRS
)
def vote_not_adopted(facts: Facts, attempt: Attempt) -> bool:
    """What was counted has not become a resolution; a resolution is annulled by another motion."""
    motion = motion_of(facts, attempt)
    return motion is None or motion.outcome in ANNULLABLE


@guard
def annulment_proposed(facts: Facts, _attempt: Attempt) -> Missing | None:
    """Somebody else has proposed to annul the counted vote."""
    return annulment_unconfirmed(facts, *CHAIRS)


def annulment_unconfirmed(facts: Facts, *who: Role) -> Missing | None:
    """The sentence where nobody has proposed to annul a vote, or the actor did; `who` may propose and confirm it."""
    proposed_by = facts.entry("propose_annulment").get("by")
    if proposed_by is None:
        return missing("not_proposed", _("Somebody proposes first to annul the vote, with the reason."), *who)
    if proposed_by == facts.rights.id:
        return missing("same_person", _("You proposed to annul the vote. Somebody else confirms it."), *who)
    return None
