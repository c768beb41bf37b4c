"""Then: what becomes of motions: put, withdrawn, split, and adopted as resolutions."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.base.calendar import warsaw_date
from workflow.base.i18n import DEFAULT
from workflow.rules.choices import MOTION_KINDS, OUTCOMES_OF_DECISIONS
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.guards.meetings import motion_of, session_of
from workflow.rules.guards.motion_items import OUTCOMES_OF_KIND
from workflow.rules.later_decisions import Later
from workflow.rules.secret_votes import is_secret
from workflow.rules.session import RESOLVED, MotionItem, MotionKind, MotionOutcome, Outcome, Session, SessionMotion
from workflow.rules.states import ProposalState


@effect
def put_motion(context: EffectContext, change: Change) -> None:
    """Add a motion with the next number, and what it decides about each project."""
    session, data = session_of(context.facts), context.data
    number = len(session.motions) + 1
    here = {"meeting_id": session.meeting_id}
    secret = is_secret(context.facts, wanted=bool(data.get("secret")), by_circulation=session.by_circulation)
    change.rows.append(("motion", {**here, "number": number, "kind": data["motion_kind"], "wording": data["wording"],
                                   "secret": secret, "put_at": context.at, "outcome": MotionOutcome.OPEN}))  # fmt: skip
    for row in data.get("decisions") or () if data["motion_kind"] in RESOLVED else ():
        project, outcome, position = _proposed(session, data["motion_kind"], row)
        change.rows.append(("motion_item", {
            **here, "motion_number": number, "proposal_id": project, "outcome": outcome, "position": position,
            "justification": row["justification"], "departure": row.get("departure") or "",
        }))  # fmt: skip


def _proposed(session: Session, kind: str, row: Mapping[str, Any]) -> tuple[int, str, int | None]:
    """Project, outcome and position of a row of a motion; a motion to annul names what it takes back."""
    decided = {decision.proposal_id: decision.outcome for decision in session.decisions}
    project, announced = session.presented.get(row["project"]), session.announced.get(row["project"])
    if kind == MotionKind.DECIDE and project:
        return project, row["outcome"], row.get("position")
    if kind == MotionKind.ANNUL and project:
        return project, decided[project], None
    if kind == MotionKind.APPEAL:
        return session.appealed[row["project"]].id, row["outcome"], None
    if announced is None:
        raise LookupError(f"project {row['project']} is neither presented nor decided about")
    if kind == MotionKind.PROMOTE:
        return announced.id, Outcome.SELECT, announced.position
    return announced.id, announced.outcome if kind == MotionKind.ANNUL else Later.CANCEL, None


@effect
def withdraw_motion(context: EffectContext, change: Change) -> None:
    """Record that the motion was withdrawn."""
    settle(session_of(context.facts), context.data["motion"], {"outcome": MotionOutcome.WITHDRAWN}, change)


@effect
def reopen_motion(context: EffectContext, change: Change) -> None:
    """The motion waits for another vote; the annulled one keeps its ballots and its result."""
    session = session_of(context.facts)
    settle(session, session.poll_motion or 0, {"outcome": MotionOutcome.OPEN, "figures": None}, change)


@effect
def split_motion(context: EffectContext, change: Change) -> None:
    """One motion for each project in which somebody present has a conflict, and one for the rest of the list."""
    session, motion = session_of(context.facts), motion_of(context.facts, context.attempt)
    if motion is None:
        return
    for number, part in enumerate(parts_of(session, motion), len(session.motions) + 1):
        key = {"meeting_id": session.meeting_id}
        change.rows.append(("motion", {
            **key, "number": number, "kind": motion.kind, "wording": wording_of(motion.kind, part),
            "secret": motion.secret, "put_at": context.at, "outcome": MotionOutcome.OPEN, "split_from": motion.number,
        }))  # fmt: skip
        change.rows += [("motion_item", {
            **key, "motion_number": number, "proposal_id": item.proposal_id, "outcome": item.outcome,
            "position": item.position, "justification": item.justification, "departure": item.departure,
        }) for item in part]  # fmt: skip
    settle(session, motion.number, {"outcome": MotionOutcome.SPLIT}, change)


def parts_of(session: Session, motion: SessionMotion) -> list[list[MotionItem]]:
    """The projects of a list by the motions that it is split into: first those in which nobody has a conflict."""
    conflicted = session.conflicted(motion)
    rest = [item for item in motion.items if item.proposal_id not in conflicted]
    return [*([rest] if rest else []), *([item] for item in motion.items if item.proposal_id in conflicted)]


def wording_of(kind: str, items: Sequence[MotionItem]) -> str:
    """What a motion says that was split off, about its own projects alone; in the language of the minutes."""
    by_word: dict[str, list[str]] = {}
    for item in items:
        word = OUTCOMES_OF_DECISIONS[item.outcome] if kind in OUTCOMES_OF_KIND else MOTION_KINDS[kind]
        by_word.setdefault(word.say(DEFAULT), []).append(f"{item.number}. {item.title}")
    return "; ".join(f"{word}: {', '.join(projects)}" for word, projects in by_word.items()) + "."


@effect
def adopt_motion(context: EffectContext, change: Change) -> None:
    """The resolution with the next number of the body in this year, and its decisions; nothing of a project moves."""
    session, motion = session_of(context.facts), motion_of(context.facts, context.attempt)
    if motion is None:
        return
    today = warsaw_date(context.at)
    key = {"edition_id": context.facts["edition_id"], "body": session.body, "year": today.year}
    number = session.last_resolution + 1
    change.rows.append(("resolution", {
        **key, "number": number, "meeting_id": session.meeting_id, "motion_number": motion.number,
        "title": motion.wording, "adopted_on": today,
    }))  # fmt: skip
    for item in motion.items:
        if motion.kind == MotionKind.ANNUL and item.state == ProposalState.PRESENTED:
            waiting = {"proposal_id": item.proposal_id, "active": True, "announced_at": None}
            change.updates.append(("decision", waiting, {"active": False}))
            continue
        change.rows.append(("decision", {
            **key, "resolution_number": number, "proposal_id": item.proposal_id, **_decided(motion, item),
            "justification": item.justification, "sheet_digest": item.sheet_digest,
        }))  # fmt: skip
    settle(session, motion.number, {"outcome": MotionOutcome.ADOPTED}, change)


def _decided(motion: SessionMotion, item: MotionItem) -> dict[str, Any]:
    """A decision that waits for its announcement, or one that waits to be carried out while another is effective."""
    if motion.kind == MotionKind.DECIDE:
        return {"outcome": item.outcome, "position": item.position, "active": True, "pending": False}
    outcome = Later.ANNUL if motion.kind == MotionKind.ANNUL else item.outcome
    return {"outcome": outcome, "position": None, "active": False, "pending": True}


def settle(session: Session, number: int, values: Mapping[str, Any], change: Change) -> None:
    """Write what became of a motion of the meeting."""
    change.updates.append(("motion", {"meeting_id": session.meeting_id, "number": number}, values))
