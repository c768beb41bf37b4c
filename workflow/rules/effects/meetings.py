"""Then: what the steps of a meeting and of its votes write; figures and outcomes are computed, never answered."""

from typing import Any

from workflow.base.version import VERSION
from workflow.rules.bodies import Body, Capacity
from workflow.rules.choices import CIRCULATION
from workflow.rules.documents import digest_of
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.effects.motions import settle
from workflow.rules.effects.proxies import add_represented
from workflow.rules.facts import Ref
from workflow.rules.guards.convening import moment_of
from workflow.rules.guards.meetings import motion_of, session_of
from workflow.rules.session import MotionOutcome, Session, SessionMotion
from workflow.rules.settings_catalogue import value
from workflow.rules.states import UNCOUNTED
from workflow.rules.vote import Figures, Result, resolve
from workflow.rules.vote_settings import rules_of, settings_of_votes

# Where a meeting's case file keeps when it was adjourned.
ADJOURNMENTS = "adjournments"


@effect
def begin_meeting(context: EffectContext, change: Change) -> None:
    """Write body, form, time and place of a new meeting."""
    change.columns |= {"body": context.data["body"], "form": context.data["form"],
                       **_times(context, by_circulation=context.data["form"] == CIRCULATION),
                       "place": context.data.get("venue") or ""}  # fmt: skip


@effect
def move_meeting(context: EffectContext, change: Change) -> None:
    """A new time, and a new place where one was given."""
    change.columns |= _times(context, by_circulation=context.facts["form"] == CIRCULATION)
    if context.data.get("venue"):
        change.columns["place"] = context.data["venue"]


def _times(context: EffectContext, *, by_circulation: bool) -> dict[str, Any]:
    """When a meeting begins; a vote by circulation begins at any time and is answered until the moment given."""
    given = moment_of(context.data)
    return {"starts_at": context.at, "answer_until": given} if by_circulation else {"starts_at": given}


@effect
def add_agenda_item(context: EffectContext, change: Change) -> None:
    """Add an item with the next number to the agenda, about a project where one is given."""
    session = session_of(context.facts)
    number = context.data.get("project") or 0
    appealed = session.appealed.get(number)
    project = session.presented.get(number) or (appealed.id if appealed else None)
    change.rows.append(("agenda_item", {
        "meeting_id": session.meeting_id, "number": session.agenda + 1, "title": context.data["item"],
        "proposal_id": project,
    }))  # fmt: skip


@effect
def note_convened(context: EffectContext, change: Change) -> None:
    """Record when the meeting was convened; the seed of a draw is committed to before the committee meets."""
    change.columns["convened_at"] = context.at
    change.commits_draw = context.facts["body"] == Body.COMMITTEE


@effect
def begin_session(context: EffectContext, change: Change) -> None:
    """The chair presides, a deputy where the chair is away; whoever begins it takes the minutes."""
    chair = session_of(context.facts).chair()
    change.columns |= {"begun_at": context.at, "chair_seat_id": chair.id if chair else None,
                       "minute_taker_id": context.actor_id}  # fmt: skip


@effect
def note_adjournment(context: EffectContext, change: Change) -> None:
    """Keep for the minutes when the meeting was adjourned, until when and why."""
    change.note(context.facts, ADJOURNMENTS, {
        "at": context.at.isoformat(), "until": moment_of(context.data).isoformat(), "reason": context.data["reason"],
    })  # fmt: skip


@effect
def everybody_leaves(context: EffectContext, change: Change) -> None:
    """Whoever is present leaves; who is there when the meeting goes on is noted anew."""
    for seat in session_of(context.facts).present:
        key = {"meeting_id": context.facts.ref.id, "seat_id": seat.id, "left_at": None, "person_id": seat.present}
        change.updates.append(("attendance", key, {"left_at": context.at}))


@effect
def end_session(context: EffectContext, change: Change) -> None:
    """Record when the meeting ended."""
    change.columns["ended_at"] = context.at


@effect
def stop_circulation(context: EffectContext, change: Change) -> None:
    """End a vote by circulation: open votes are annulled, and what is not adopted by then is withdrawn."""
    session = session_of(context.facts)
    change.columns["ended_at"] = context.at
    for motion in session.motions:
        if motion.poll_id and motion.poll_state in UNCOUNTED:
            change.follow.append((Ref("poll", motion.poll_id), "annul", {"reason": context.data["reason"]}))
        if motion.outcome == MotionOutcome.OPEN or motion.is_carried:
            settle(session, motion.number, {"outcome": MotionOutcome.WITHDRAWN}, change)


@effect
def note_arrival(context: EffectContext, change: Change) -> None:
    """Record who sits in a seat from now on, as its holder or as a substitute."""
    session = session_of(context.facts)
    seat = session.seat(context.data["seat"])
    person = context.data["person"]
    capacity = Capacity.HOLDER if seat and seat.holder == person else Capacity.SUBSTITUTE
    change.rows.append(("attendance", {
        "meeting_id": session.meeting_id, "seat_id": context.data["seat"], "person_id": person, "capacity": capacity,
        "arrived_at": context.at, "entered_by_id": context.actor_id,
    }))  # fmt: skip


@effect
def note_departure(context: EffectContext, change: Change) -> None:
    """Record that the person in a seat has left."""
    session = session_of(context.facts)
    seat = session.seat(context.data["seat"])
    key = {"meeting_id": session.meeting_id, "seat_id": context.data["seat"], "left_at": None,
           "person_id": seat.present if seat else None}  # fmt: skip
    change.updates.append(("attendance", key, {"left_at": context.at}))


@effect
def begin_poll(context: EffectContext, change: Change) -> None:
    """Write the meeting and the motion of a new vote; its question follows when it is opened."""
    change.columns |= {"meeting_id": context.data["meeting"], "motion_number": context.data["motion"], "question": "",
                       "by_hands": bool(context.data.get("by_hands"))}  # fmt: skip


@effect
def freeze_electorate(context: EffectContext, change: Change) -> None:
    """Everybody present now is an elector, recused where a conflict is known; the rules are frozen with them."""
    session, motion = session_of(context.facts), motion_of(context.facts, context.attempt)
    edition = context.facts.edition
    rules = {**settings_of_votes(edition, session.body), "rules_version": edition["rules_version"]}
    secret, by_hands = context.facts["secret"], context.facts["by_hands"]
    if rules["casting_vote"] and not (by_hands or secret) and (chair := session.chair()):
        rules["chair_seat"] = chair.id
    if secret:
        rules["linked_from"] = value(context.facts.edition, "secret_linked_from")
    if session.by_circulation:
        # Counted by the clock at that moment, if not before.
        rules["circulation"] = True
        change.columns["due_at"] = session.answer_until
    if by_hands or secret:
        # One hand cannot be taken out of a sum, nor a ballot out of a box, so a count needs the same people.
        rules["recused"] = sum(bool(motion and motion.conflict_of(seat.present or 0)) for seat in session.present)
    change.columns |= {"opened_at": context.at, "question": motion.wording if motion else "", "rules": rules,
                       "rules_digest": digest_of(rules)}  # fmt: skip
    for seat in session.present:
        reason = motion.conflict_of(seat.present or 0) if motion else ""
        change.rows.append(("elector", {
            "poll_id": context.facts.ref.id, "seat_id": seat.id, "person_id": seat.present, "sector": seat.sector,
            "recused": bool(reason), "recusal_reason": reason, "voted": False,
        }))  # fmt: skip
    add_represented(context.facts.ref.id, session.represented(motion), change)


@effect
def count_poll(context: EffectContext, change: Change) -> None:
    """Figures, conditions and outcome from the ballots; the motion is carried or lost by nothing else.

    Whoever has a conflict that came up since the opening is recused first, and that vote is void.
    """
    session, motion = session_of(context.facts), motion_of(context.facts, context.attempt)
    _recuse_late(context.facts.ref.id, session, motion, change)
    session = session.recuse(motion)
    figures = session.figures(context.facts["rules"].get("chair_seat"))
    outcome = resolve(figures, rules_of(context.facts["rules"]))
    result = {**described(figures, outcome), **({"secret": True} if session.secret else {}),
              "recused_people": session.recused_names(),
              "electors": sorted(elector.person_id for elector in session.electors),
              "product_version": VERSION}  # fmt: skip
    if cards := session.cards.agreed if session.cards else None:
        missing = session.cards_dropped - cards.in_box - cards.spoiled
        result["cards"] = {"in_box": cards.in_box, "spoiled": cards.spoiled, "missing": missing}
    change.columns |= {"closed_at": context.facts.own.get("closed_at") or context.at, "result": result,
                       "result_digest": digest_of(result)}  # fmt: skip
    values = {"outcome": MotionOutcome.CARRIED if outcome.adopted else MotionOutcome.LOST, "figures": result}
    settle(session, session.poll_motion or 0, values, change)


def _recuse_late(poll_id: int, session: Session, motion: SessionMotion | None, change: Change) -> None:
    for elector in session.electors:
        reason = motion.conflict_of(*elector.people) if motion else ""
        if reason and not elector.recused:
            key = {"poll_id": poll_id, "seat_id": elector.seat_id}
            change.updates.append(("elector", key, {"recused": True, "voted": False, "recusal_reason": reason}))
            change.updates.append(("ballot", key, {"valid": False}))


def described(figures: Figures, outcome: Result) -> dict[str, Any]:
    """Figures and conditions as they are stored, published and recounted; shares as "a/b"."""
    return {
        "seats": figures.seats, "recused": figures.recused, "present": figures.present, "for": figures.ayes,
        "against": figures.noes, "abstain": figures.abstentions, "by_sector": dict(sorted(figures.by_sector.items())),
        "quorum": {"held": outcome.quorum, "present": outcome.quorum_present, "base": outcome.quorum_base},
        "majority": outcome.majority, "parity": outcome.parity,
        "above_parity": {sector: str(share) for sector, share in outcome.above_parity.items()},
        **({} if figures.chair_voted_for is None else {"chair_voted_for": figures.chair_voted_for}),
    }  # fmt: skip
