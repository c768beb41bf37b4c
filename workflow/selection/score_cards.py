"""Writes of score cards: saved, handed in, revised until scores open, void; and the opening of scores.

Nothing here writes a row of a proposal or of the edition. The edition, the seat and the proposal are locked in this
order, the first and the last of them shared, so that criteria, openings and steps of the project wait for a card that
is being written, and two people of one seat wait for each other. Everything happens in the caller's transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection, delete, insert, select, update

from workflow.base.errors import BadInput, Missing, NotAllowed, NotReady, Stale, found, not_ready
from workflow.base.i18n import Sentence, _
from workflow.db.dialect import upsert
from workflow.engine.draws import commit_once
from workflow.models import Edition, Proposal, Score, ScoreCard, ScoreOpening, Seat, SeatHolder
from workflow.models.base import table_of
from workflow.rules.facts import SHEET_CONTENT, Actor, sheet_digest
from workflow.rules.states import CardState
from workflow.selection.score_queries import scoring_of
from workflow.selection.score_rules import CardLine, CriterionLine, ProjectLine, Scoring, is_handed_in

COMMENT = 4000
# What a person may never do from this chair, as against what has to wait.
NEVER = frozenset({"no_seat", "recused"})


class GivenCard(Struct, frozen=True):
    """A card as it was typed: points by criterion, and a comment."""

    points: Mapping[int, str] = field(default_factory=dict)
    comment: str = ""
    # The revision of the page on which it was typed; 0 where there was no card yet.
    revision: int = 0


def save_card(
    tx: Connection, edition: Mapping[str, Any], proposal_id: int, given: GivenCard, *, hand_in: bool, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Save a person's card for a project, or hand it in; returns its new revision.

    A card that was handed in stays so and has to be complete. The last card that was awaited opens the scores of the
    project where the edition says so. Refused, with nothing written: NotFound for a project that the committee does not
    have before it, NotAllowed without a seat or with a conflict of interest, NotReady where scores are open or
    something else is missing, Stale for an old page, BadInput for points off the scale.
    """
    _lock(tx, edition["id"], proposal_id, actor)
    scoring = scoring_of(tx, edition, at=at, proposal_id=proposal_id)
    project = found(scoring.projects.get(proposal_id))
    _refuse(scoring.obstacle(project, actor.id))
    card = project.card_of(actor.id)
    if (card.revision if card else 0) != given.revision:
        raise Stale(card.revision if card else 0)
    hand_in = hand_in or is_handed_in(card)
    points = read_points(scoring.criteria, given, complete=hand_in)
    card_id = _write_card(tx, scoring, project, given, hand_in=hand_in, actor=actor, at=at)
    _write_points(tx, card_id, points)
    if hand_in:
        _open_when_all_in(tx, edition, proposal_id, actor=actor, at=at)
    return given.revision + 1


def read_points(criteria: tuple[CriterionLine, ...], given: GivenCard, *, complete: bool) -> dict[int, int]:
    """The points of a card by criterion; BadInput names every field that is off its scale or, if complete, missing."""
    points: dict[int, int] = {}
    wrong: dict[str, Sentence] = {}
    for criterion in criteria:
        typed = given.points.get(criterion.id, "").strip()
        if typed.isascii() and typed.isdecimal() and len(typed) < 6 and int(typed) in criterion.scale:
            points[criterion.id] = int(typed)
        elif typed:
            wrong[f"points-{criterion.id}"] = _("Choose one of the points of the scale, from {lowest} to {highest}.",
                                                lowest=criterion.scale_min, highest=criterion.scale_max)  # fmt: skip
        elif complete and criterion.required:
            wrong[f"points-{criterion.id}"] = _("Give points for this criterion.")
    if complete and not points and not wrong:
        wrong |= {f"points-{criterion.id}": _("Give points for at least one criterion.") for criterion in criteria[:1]}
    if len(given.comment) > COMMENT:
        wrong["comment"] = _("This is too long: at most {maximum} characters fit.", maximum=COMMENT)
    if wrong:
        raise BadInput(wrong)
    return points


def void_cards(tx: Connection, proposal_id: int, person_id: int, *, reason: str) -> int:
    """Make the card of a person for a project void, for a conflict of interest that was confirmed; how many were."""
    c = ScoreCard
    theirs = update(c).where(c.proposal_id == proposal_id, c.person_id == person_id, c.state != CardState.VOID)
    return tx.execute(theirs.values(state=CardState.VOID, void_reason=reason, revision=c.revision + 1)).rowcount


def open_scores(
    tx: Connection, edition: Mapping[str, Any], *, roles: frozenset[str], actor: Actor, at: datetime
) -> int:
    """Open the scores of every project that waits for its decision and has a card; how many were opened.

    From then on no card of them is written. NotAllowed for anybody but the chair and whoever sits in a deputy's seat.
    """
    tx.execute(select(Edition.id).where(Edition.id == edition["id"]).with_for_update(key_share=True))
    scoring = scoring_of(tx, edition, at=at)
    if not scoring.may_open(actor.id, roles):
        raise NotAllowed(sentence=_("The chair or a deputy of the committee opens the scores."))
    ready = [project.id for project in scoring.projects.values()
             if project.counted and project.opened_at is None and project.waits]  # fmt: skip
    if not ready:
        raise not_ready("nothing_to_open", _("No project has cards whose scores are still closed."))
    commit_once(tx, edition["id"], actor.id or 0, at=at)
    for proposal_id in ready:
        _open(tx, proposal_id, by=actor.id, at=at)
    return len(ready)


def _lock(tx: Connection, edition_id: int, proposal_id: int, actor: Actor) -> None:
    """Lock the edition shared, the seats in which the person may sit, and the project shared."""
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(read=True))
    sits = select(SeatHolder.seat_id).where(SeatHolder.person_id == actor.id)
    own = select(Seat.id).where(Seat.edition_id == edition_id, Seat.id.in_(sits)).order_by(Seat.id)
    tx.execute(own.with_for_update(key_share=True)).all()
    tx.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(read=True))


def _refuse(obstacle: Missing | None) -> None:
    if obstacle is None:
        return
    if obstacle.code in NEVER:
        raise NotAllowed([obstacle], obstacle.sentence)
    raise NotReady([obstacle])


def _write_card(
    tx: Connection, scoring: Scoring, project: ProjectLine, given: GivenCard, *, hand_in: bool, actor: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """Insert the card, or replace the revision that the page showed."""
    c, card = ScoreCard, project.card_of(actor.id)
    sits = found(scoring.seat_of(actor.id))
    values: dict[str, Any] = {
        "state": CardState.SUBMITTED if hand_in else CardState.DRAFT, "comment": given.comment.strip(),
        "sheet_digest": _digest(tx, project.id), "revision": given.revision + 1, "saved_at": at, "void_reason": "",
        "submitted_at": _handed_in_at(card, at) if hand_in else card.submitted_at if card else None,
    }  # fmt: skip
    if card is None:
        values |= {"proposal_id": project.id, "seat_id": sits[0].id, "person_id": actor.id}
        return int(tx.execute(insert(c).values(**values).returning(c.id)).scalar_one())
    tx.execute(update(c).where(c.id == card.id).values(seat_id=sits[0].id, **values))
    return card.id


def _handed_in_at(card: CardLine | None, at: datetime) -> datetime:
    """When a card was handed in first; a later revision keeps it."""
    return card.submitted_at if card and card.submitted_at and is_handed_in(card) else at


def _digest(tx: Connection, proposal_id: int) -> str:
    query = select(*(getattr(Proposal, name) for name in SHEET_CONTENT)).where(Proposal.id == proposal_id)
    return sheet_digest(dict(tx.execute(query).one()._mapping))


def _write_points(tx: Connection, card_id: int, points: Mapping[int, int]) -> None:
    tx.execute(delete(Score).where(Score.card_id == card_id))
    rows = [{"card_id": card_id, "criterion_id": criterion, "points": number} for criterion, number in points.items()]
    if rows:
        tx.execute(insert(Score), rows)


def _open_when_all_in(
    tx: Connection, edition: Mapping[str, Any], proposal_id: int, *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Write down that the scores are open where the last card that was awaited is in."""
    scoring = scoring_of(tx, edition, at=at, proposal_id=proposal_id)
    if scoring.is_open(scoring.projects[proposal_id]):
        commit_once(tx, edition["id"], actor.id or 0, at=at)
        _open(tx, proposal_id, by=None, at=at)


def _open(tx: Connection, proposal_id: int, *, by: int | None, at: datetime) -> None:
    values = {"proposal_id": proposal_id, "opened_at": at, "opened_by_id": by}
    tx.execute(upsert(tx)(table_of(ScoreOpening)).values(**values).on_conflict_do_nothing())
