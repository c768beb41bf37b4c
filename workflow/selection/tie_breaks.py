"""Breaking a tie and recording it: by a draw whose seed was committed to beforehand, by the chair, or by taking all.

A row of a tie is written once and never changed. The edition is locked, and not written.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update

from workflow.base.errors import BadInput, not_ready
from workflow.base.i18n import Sentence, _
from workflow.engine.draws import commit_once
from workflow.models import Edition, HallVote, Motion, Proposal, ScoreCard, TieDraw
from workflow.models import Tie as TieRow
from workflow.models.meeting import Meeting
from workflow.rules.facts import Actor
from workflow.selection.score_queries import scoring_of
from workflow.voting.counting.draw import drawn_order
from workflow.voting.counting.election import RecordedOrders, Tie
from workflow.voting.results.writing import BrokenBy


class DrawLine(Struct, frozen=True):
    """The draw of an edition; seed and word are empty before it was drawn."""

    commitment: str
    committed_at: datetime
    seed: str
    word: str
    drawn_at: datetime | None


class TieLine(Struct, frozen=True):
    """A tie that was broken."""

    kind: str
    members: tuple[str, ...]
    order: tuple[str, ...]
    broken_by: str
    meeting_id: int | None
    motion_number: int | None
    words: str
    recorded_at: datetime


def draw_of(tx: Connection, edition_id: int) -> DrawLine | None:
    """The draw of an edition, without its seed as long as it was not drawn; one statement."""
    d = TieDraw
    query = select(d.commitment, d.committed_at, d.seed, d.word, d.drawn_at).where(d.edition_id == edition_id)
    row = tx.execute(query).one_or_none()
    return None if row is None else DrawLine(*row[:2], row.seed if row.drawn_at else "", row.word, row.drawn_at)


def ties_of(tx: Connection, edition_id: int) -> tuple[TieLine, ...]:
    """The ties of an edition that were broken, in the order of their recording; one statement."""
    t = TieRow
    query = select(t.kind, t.members, t.taken_in, t.broken_by, t.meeting_id, t.motion_number, t.words, t.recorded_at)
    rows = tx.execute(query.where(t.edition_id == edition_id).order_by(t.recorded_at, t.members_digest))
    return tuple(TieLine(row.kind, tuple(row.members), tuple(row.taken_in), *row[3:]) for row in rows)


def recorded(ties: Iterable[TieLine]) -> RecordedOrders:
    """The orders that were recorded, for a count."""
    known = list(ties)
    joint = frozenset(frozenset(tie.members) for tie in known if tie.broken_by == BrokenBy.JOINT)
    return RecordedOrders(orders={frozenset(tie.members): tie.order for tie in known}, joint=joint)


def commit_draw(tx: Connection, edition: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Commit to the seed of the edition's only draw before the first meeting is convened, which does it otherwise.

    NotReady where there is one already, and once scores are open or ballots were imported: a tie may be known then, and
    a seed that is recorded afterwards proves nothing.
    """
    _lock(tx, edition["id"])
    imported = tx.execute(select(HallVote.edition_id).where(HallVote.edition_id == edition["id"])).first()
    if imported or scoring_of(tx, edition, at=at).any_open:
        sentence = _("Scores or ballots are known already, so the seed of a draw is not recorded any more. The chair "
                     "breaks a tie, with reasons.")  # fmt: skip
        raise not_ready("known_already", sentence)
    if not commit_once(tx, edition["id"], actor.id or 0, at=at):
        raise not_ready("committed", _("The draw of this edition has its seed already. There is only one."))


def break_by_draw(tx: Connection, edition_id: int, tie: Tie, word: str, *, actor: Actor, at: datetime) -> None:
    """Break a tie by the edition's draw. The first one reveals the seed and fixes the word for all ties of the edition.

    NotReady without a commitment, where this tie was broken, or where scores or ballots came in after the seed was
    revealed, since whoever knows the order could bring about a tie; BadInput without a word for the first draw.
    """
    _lock(tx, edition_id)
    d = TieDraw
    row = tx.execute(select(d.seed, d.word, d.drawn_at).where(d.edition_id == edition_id)).one_or_none()
    if row is None:
        sentence = _("No seed of a draw was recorded beforehand. The chair breaks the tie, with reasons.")
        raise not_ready("not_committed", sentence)
    if row.drawn_at is not None and _counted_since(tx, edition_id, row.drawn_at):
        sentence = _("The seed of the draw has been known since {moment}, and scores or ballots came in after that. "
                     "The chair breaks the tie, with reasons.", moment=row.drawn_at)  # fmt: skip
        raise not_ready("seed_known", sentence)
    said = row.word
    if row.drawn_at is None:
        said = word.strip()[:200]
        if not said:
            raise BadInput({"word": _("Type the word that was said aloud.")})
        drawn = {"word": said, "drawn_at": at, "drawn_by_id": actor.id}
        tx.execute(update(d).where(d.edition_id == edition_id).values(**drawn))
    order = drawn_order(row.seed, said, tie.members).keys
    _record(tx, edition_id, tie, order, BrokenBy.DRAW, words="", motion=None, actor=actor, at=at)


def break_by_chair(
    tx: Connection, edition_id: int, tie: Tie, order: Sequence[str], *, words: str, motion: tuple[int, int] | None,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Break a tie by an order that the chair gives, with its reasons, and the motion if one was carried about it.

    BadInput where the order does not name each member once, or without reasons; NotReady where it was broken.
    """
    _lock(tx, edition_id)
    wrong = _unsaid(tx, edition_id, words, _("Write down why the projects are taken in this order."), motion)
    if sorted(order) != sorted(tie.members):
        wrong["order"] = _("Give each of these projects a place of its own: {members}.", members=", ".join(tie.members))
    if wrong:
        raise BadInput(wrong)
    _record(tx, edition_id, tie, order, BrokenBy.CHAIR, words=words.strip()[:4000], motion=motion, actor=actor, at=at)


def break_together(
    tx: Connection, edition_id: int, tie: Tie, obstacle: Sentence | None, *, words: str, motion: tuple[int, int] | None,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Break a tie by taking all its members, with reasons, and the motion if one was carried about it.

    NotReady with the obstacle where they do not fit together, or where the tie was broken; BadInput without reasons.
    """
    _lock(tx, edition_id)
    if obstacle is not None:
        raise not_ready("together_too_much", obstacle)
    wrong = _unsaid(tx, edition_id, words, _("Write down why all of these projects are taken."), motion)
    if wrong:
        raise BadInput(wrong)
    _record(tx, edition_id, tie, sorted(tie.members), BrokenBy.JOINT, words=words.strip()[:4000], motion=motion,
            actor=actor, at=at)  # fmt: skip


def _unsaid(
    tx: Connection, edition_id: int, words: str, wanted: Sentence, motion: tuple[int, int] | None
) -> dict[str, Sentence]:
    """What the form of whoever breaks a tie lacks: the reasons, and a motion that there is."""
    wrong = {} if words.strip() else {"words": wanted}
    if motion is not None and not _is_motion(tx, edition_id, *motion):
        wrong["motion"] = _("There is no such motion in this edition.")
    return wrong


def _lock(tx: Connection, edition_id: int) -> None:
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))


def _counted_since(tx: Connection, edition_id: int, moment: datetime) -> bool:
    """Whether a score card was handed in, or ballots were imported, after a moment."""
    cards = select(ScoreCard.id).join(Proposal, Proposal.id == ScoreCard.proposal_id)
    cards = cards.where(Proposal.edition_id == edition_id, ScoreCard.submitted_at > moment)
    ballots = select(HallVote.edition_id).where(HallVote.edition_id == edition_id, HallVote.imported_at > moment)
    return any(tx.execute(query.limit(1)).first() is not None for query in (cards, ballots))


def _is_motion(tx: Connection, edition_id: int, meeting_id: int, number: int) -> bool:
    query = select(Motion.number).join(Meeting, Meeting.id == Motion.meeting_id)
    here = Meeting.edition_id == edition_id, Motion.meeting_id == meeting_id, Motion.number == number
    return tx.execute(query.where(*here)).first() is not None


def _record(
    tx: Connection, edition_id: int, tie: Tie, order: Sequence[str], broken_by: BrokenBy, *, words: str,
    motion: tuple[int, int] | None, actor: Actor, at: datetime,
) -> None:  # fmt: skip
    members = sorted(tie.members)
    digest = sha256(",".join(members).encode()).hexdigest()
    t = TieRow
    if tx.execute(select(t.kind).where(t.edition_id == edition_id, t.members_digest == digest)).first():
        raise not_ready("broken", _("This tie was broken already."))
    meeting_id, number = motion or (None, None)
    tx.execute(insert(t).values(
        edition_id=edition_id, members_digest=digest, kind=tie.kind.value, members=members, taken_in=list(order),
        broken_by=broken_by.value, meeting_id=meeting_id, motion_number=number, words=words, recorded_at=at,
        recorded_by_id=actor.id,
    ))  # fmt: skip
