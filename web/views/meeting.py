"""A meeting as its page shows it: each motion with what holds now, or with its outcome reckoned line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from web.http import identity
from web.http.template_context import say
from web.views.motion_consequences import consequences_of
from web.views.subject import Subject
from workflow.base.i18n import Money, Sentence, _
from workflow.engine.proceedings import PollLine, Proceedings, ResolutionLine
from workflow.rules.bodies import Body
from workflow.rules.choices import OUTCOMES_OF_MOTIONS
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.meetings import LIST, list_without_conflict, session_of, splits_lists
from workflow.rules.guards.motion_items import exclusions_hold, positions_free
from workflow.rules.hands import awaited_count
from workflow.rules.permissions import RULES, may_see
from workflow.rules.reckoning import Condition, counted, parity_condition, quorum_condition
from workflow.rules.roles import Role
from workflow.rules.session import (
    ActiveDecision,
    Choice,
    MotionKind,
    MotionOutcome,
    Outcome,
    Session,
    SessionMotion,
    room_left,
)
from workflow.rules.states import MeetingState, PollState
from workflow.rules.vote import Figures, Quorum
from workflow.rules.vote_settings import rules_of, vote_rules
from workflow.selection.attendance import expected_holders

CHOICES: Mapping[str, Sentence] = {
    Choice.FOR: _("For"), Choice.AGAINST: _("Against"), Choice.ABSTAIN: _("I abstain"),
}  # fmt: skip
MOTION_OUTCOMES: Mapping[str, tuple[Sentence, str, str]] = {
    MotionOutcome.OPEN: (OUTCOMES_OF_MOTIONS[MotionOutcome.OPEN], "", "circle-dashed"),
    MotionOutcome.CARRIED: (OUTCOMES_OF_MOTIONS[MotionOutcome.CARRIED], "good", "circle-check"),
    MotionOutcome.LOST: (OUTCOMES_OF_MOTIONS[MotionOutcome.LOST], "shut", "circle-x"),
    MotionOutcome.ADOPTED: (OUTCOMES_OF_MOTIONS[MotionOutcome.ADOPTED], "good", "badge-check"),
    MotionOutcome.WITHDRAWN: (OUTCOMES_OF_MOTIONS[MotionOutcome.WITHDRAWN], "", "log-out"),
    MotionOutcome.SPLIT: (OUTCOMES_OF_MOTIONS[MotionOutcome.SPLIT], "", "git-merge"),
}
UNSETTLED = frozenset({MotionOutcome.OPEN, MotionOutcome.CARRIED})
# Convened, and not over.
NOT_OVER = frozenset({MeetingState.CONVENED, MeetingState.IN_SESSION, MeetingState.ADJOURNED})
# Never voted on.
LEFT = frozenset({MotionOutcome.WITHDRAWN, MotionOutcome.SPLIT})


class Check(Struct, frozen=True):
    """One condition of a resolution with the figures that were compared; `holds` is None where nothing is judged."""

    label: str
    text: str
    holds: bool | None = None


class MotionView(Struct, frozen=True):
    """A motion with its poll, what is reckoned of it, and the resolution that it became."""

    motion: SessionMotion
    poll: PollLine | None
    checks: tuple[Check, ...]
    figures: Mapping[str, Any] | None
    resolution: ResolutionLine | None
    # Whether the reader conducts what is done with it.
    conducts: bool
    # What follows from adopting, splitting or withdrawing it, by the step.
    consequences: Mapping[str, list[str]]
    # What a list is split by: the projects that are voted on separately; empty where it is not split.
    splits: str = ""
    # Why opening the vote would be refused, or could carry nothing, as things stand.
    obstacles: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its vote is open."""
        return self.poll is not None and self.poll.state == PollState.OPEN

    @property
    def awaited_count(self) -> Sentence | None:
        """Who has to count hands as the second person, where one has."""
        if self.poll is None or len(self.poll.counted_by) != 1:
            return None
        others = [vote.name for vote in self.poll.electors if vote.name not in self.poll.counted_by]
        return awaited_count(self.poll.counted_by, others)

    def is_recused(self, person_id: int | None) -> bool:
        """Whether a person is recused in its vote."""
        return self.poll is not None and any(vote.person_id == person_id and vote.recused for vote in self.poll.votes)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to be done with it."""
        return self.motion.outcome not in UNSETTLED


class SeatView(Struct, frozen=True):
    """A seat on the day of the meeting: its people, and who is present in it."""

    id: int
    number: int
    function: str
    sector: str
    people: tuple[tuple[int, str], ...]
    present: str
    # Whether an absence that was noted is excused; None where none was noted.
    absence: bool | None


class MeetingView(Struct, frozen=True):
    """Everything that the page shows of a meeting."""

    subject: Subject
    session: Session
    proceedings: Proceedings
    motions: tuple[MotionView, ...]
    seats: tuple[SeatView, ...]
    quorum: Check
    # Whether the reader conducts the meeting or takes its minutes.
    conducts: bool
    # Whether the reader may be one of the two who count hands: whoever works for the body or sits in it.
    counts_hands: bool
    # How many holders may still come; noting all of them takes one press.
    expected: int
    # SHA-256 of the result file of each settled motion that was voted on.
    result_digests: Mapping[int, str]

    @property
    def undecided(self) -> list[int]:
        """The numbers of the projects that still wait for a decision of the committee."""
        decided = {decision.proposal_id for decision in self.session.decisions}
        waiting = self.session.presented if self.session.body == Body.COMMITTEE else {}
        return sorted(number for number, project in waiting.items() if project not in decided)

    @property
    def unsettled(self) -> list[MotionView]:
        """The motions that wait for something, the open vote first."""
        waiting = [motion for motion in self.motions if not motion.is_settled]
        return sorted(waiting, key=lambda motion: not motion.is_open)

    @property
    def settled(self) -> list[MotionView]:
        """The motions that are done, the latest first."""
        return [motion for motion in reversed(self.motions) if motion.is_settled]


def conducts(facts: Facts) -> bool:
    """Whether the reader conducts a meeting or the vote at hand, and enters votes given by hand."""
    return any(RULES[role](facts) for role in (Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.PRESIDING_DEPUTY))


def meeting_view(subject: Subject, proceedings: Proceedings, result_digests: Mapping[int, str]) -> MeetingView:
    """A meeting for whoever looks; pure, of what was read."""
    session = session_of(subject.facts)
    return MeetingView(
        subject, session, proceedings, tuple(_motion(subject.facts, motion, proceedings) for motion in session.motions),
        tuple(_seats(session)), _quorum(session.figures_before(None), vote_rules(subject.edition, session.body).quorum),
        conducts(subject.facts), may_see(subject.facts), len(expected_holders(subject.facts)),
        result_digests,
    )  # fmt: skip


def _seats(session: Session) -> Iterator[SeatView]:
    for seat in session.seats:
        order = [person for person in (seat.holder, *seat.substitutes) if person is not None]
        people = tuple((person, seat.names.get(person, "")) for person in order)
        present = seat.names.get(seat.present, "–") if seat.present is not None else ""
        yield SeatView(seat.id, seat.number, seat.function, seat.sector, people, present, seat.absence)


def _motion(facts: Facts, motion: SessionMotion, proceedings: Proceedings) -> MotionView:
    poll, figures = proceedings.polls.get(motion.number), proceedings.figures.get(motion.number)
    resolution = proceedings.resolutions.get(motion.number)
    if figures:
        checks = _counted(facts, figures, poll)
    elif motion.outcome in LEFT:
        checks = ()
    else:
        checks = _before_count(facts, motion, poll)
    if motion.outcome not in LEFT | {MotionOutcome.LOST}:
        checks = (*checks, *_room(facts, motion))
    at_hand = replace(facts, session=replace(session_of(facts), at_hand=motion.number))
    follows = consequences_of(session_of(facts), motion, identity.at())
    return MotionView(motion, poll, checks, figures, resolution, conducts(at_hand), follows,
                      _splits(facts, motion, poll),
                      () if figures or (poll and poll.votes) else tuple(_obstacles(facts, motion, checks)))  # fmt: skip


def _splits(facts: Facts, motion: SessionMotion, poll: PollLine | None) -> str:
    """The projects of a list that are voted on separately if it is split; empty where it cannot be."""
    conflicted = session_of(facts).conflicted(motion)
    if poll or len(motion.items) < LIST or not splits_lists(facts):
        return ""
    return ", ".join(f"{item.number}. {item.title}" for item in motion.items if item.proposal_id in conflicted)


def _obstacles(facts: Facts, motion: SessionMotion, checks: Sequence[Check]) -> Iterator[str]:
    """Why the vote on an open motion would not be opened now, or would be lost however people vote."""
    if motion.outcome != MotionOutcome.OPEN:
        return
    at_hand = replace(facts, session=replace(session_of(facts), poll_motion=motion.number))
    for guard in (list_without_conflict, exclusions_hold, positions_free):
        if unmet := guard(at_hand, Attempt(identity.at())):
            yield say(unmet.sentence)
    yield from (f"{check.label}: {check.text}" for check in checks if check.holds is False)


def _before_count(facts: Facts, motion: SessionMotion, poll: PollLine | None) -> tuple[Check, ...]:
    """Quorum and parity as they would be if everybody voted."""
    session = session_of(facts)
    if poll and poll.votes:
        rules = rules_of(poll.rules)
        sectors = Counter(vote.sector for vote in poll.electors)
        present, recused = len(poll.votes), len(poll.votes) - len(poll.electors)
        # By circulation whoever has not answered is not present.
        here = len(poll.electors) - len(poll.waiting_for) if session.by_circulation else present - recused
        figures = Figures(seats=session.filled, recused=recused, present=here, present_recused=here + recused,
                          ayes=0, noes=0)  # fmt: skip
    else:
        rules, figures = vote_rules(facts.edition, session.body), session.figures_before(motion)
        sectors = Counter(seat.sector for seat in session.present if not motion.conflict_of(seat.present or 0))
    quorum = _quorum(figures, rules.quorum)
    if names := _left_out(session, motion, poll):
        without = say(_("Without {names}, because of a conflict of interest.", names=", ".join(names)))
        quorum = replace(quorum, text=f"{quorum.text} {without}")
    return quorum, _parity(sectors, rules.parity, _("If everybody votes: "))


def _left_out(session: Session, motion: SessionMotion, poll: PollLine | None) -> list[str]:
    """Who is present and does not vote on a motion; before the vote is opened whoever has a conflict about it."""
    if poll and poll.votes:
        return [vote.name for vote in poll.votes if vote.recused]
    present = ((seat, seat.present) for seat in session.present if seat.present is not None)
    return [seat.names.get(person, "") for seat, person in present if motion.conflict_of(person)]


def _counted(facts: Facts, figures: Mapping[str, Any], poll: PollLine | None) -> tuple[Check, ...]:
    """Majority, quorum and parity as they were counted."""
    rules = rules_of(poll.rules) if poll and poll.rules else vote_rules(facts.edition, session_of(facts).body)
    return tuple(map(_check, counted(figures, rules)))


def _check(condition: Condition) -> Check:
    return Check(say(condition.label), say(condition.text), condition.holds)


def _quorum(figures: Figures, quorum: Quorum) -> Check:
    return _check(quorum_condition(figures, quorum))


def _parity(sectors: Mapping[str, int], limit: int | None, before: Sentence) -> Check:
    """The sector with the largest share of votes beside the limit, before anybody has voted."""
    check = _check(parity_condition(sectors, limit))
    return replace(check, text=say(before) + check.text) if check.holds is not None else check


def _room(facts: Facts, motion: SessionMotion) -> Iterator[Check]:
    """What is taken of places and budget by a resolution, or would be if the motion became one."""
    session = session_of(facts)
    if session.body != Body.COMMITTEE or not motion.items:
        return
    is_adopted = motion.outcome == MotionOutcome.ADOPTED
    chosen = [item for item in motion.items if item.outcome == Outcome.SELECT and not is_adopted]
    if motion.kind == MotionKind.PROMOTE:
        # Places are offered one after the other, the next only where one is declined.
        chosen = sorted(chosen, key=lambda item: item.cost)[-1:]
    added = [ActiveDecision(item.proposal_id, item.outcome, None, item.cost, announced=False) for item in chosen]
    places, money = facts.edition["places"], facts.edition["budget"]
    free, left = room_left(places, money, (*session.decisions, *added))
    if places is not None and free is not None:
        sentence = _("{taken} of {places}.", taken=places - free, places=places)
        yield Check(say(_("Places taken") if is_adopted else _("Places, if it is carried")), say(sentence), free >= 0)
    if money is not None and left is not None:
        sentence = (
            _("{spent} of {budget}, {left} remain.", spent=Money(money - left), budget=Money(money), left=Money(left))
            if left >= 0
            else _("{over} over the budget of {budget}.", over=Money(-left), budget=Money(money))
        )
        yield Check(say(_("Budget taken") if is_adopted else _("Budget, if it is carried")), say(sentence), left >= 0)
