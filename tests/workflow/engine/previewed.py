"""Holds a preview against what the same command then did: entries, letters, group, terms, places and money."""

from sqlalchemy import Connection, select

from workflow.base.errors import Refusal
from workflow.engine import facts_reader
from workflow.engine.edition_totals import with_totals
from workflow.engine.move import UNDO
from workflow.engine.preview import Preview, PreviewedMove
from workflow.models import HistoryEntry, OutboxRow, Proposal, Timer
from workflow.rules.deadlines import next_moment
from workflow.rules.facts import SYSTEM


def assert_foretold(tx: Connection, shown: Preview, version: int, refusal: Refusal | None) -> None:
    """The command was taken, or refused, since the preview; `version` is that of its subject before."""
    if shown.refusals:
        (foretold,) = shown.refusals
        assert refusal is not None
        assert (foretold.refusal.code, foretold.refusal.missing) == (refusal.code, refusal.missing)
        return
    first = shown.moves[0]
    assert first.version == version
    assert [_entry(move) for move in shown.moves] == _written(tx, first)
    for move in shown.moves:
        _assert_subject(tx, move)
    if first.command.step == UNDO:
        return
    facts = facts_reader.read_facts(tx, [first.command.ref], actor=SYSTEM)
    totals = with_totals(tx, facts)[first.command.ref].totals
    assert totals is not None
    assert (shown.places, shown.money) == (totals.funded, totals.funded_cost)


def _entry(move: PreviewedMove) -> tuple[object, ...]:
    ref = move.command.ref
    return ref.kind, ref.id, move.version + 1, move.command.step, move.source, move.target, move.topic


def _written(tx: Connection, first: PreviewedMove) -> list[tuple[object, ...]]:
    """The entry of the command and all after it, each with the topic of its letter."""
    h, o, ref = HistoryEntry, OutboxRow, first.command.ref
    own = (h.subject_kind == ref.kind, h.subject_id == ref.id, h.version == first.version + 1)
    start = select(h.id).where(*own).scalar_subquery()
    query = select(h.subject_kind, h.subject_id, h.version, h.step, h.from_state, h.to_state, o.topic)
    rows = tx.execute(query.outerjoin(o, o.history_id == h.id).where(h.id >= start).order_by(h.id))
    return [tuple(row) for row in rows]


def _assert_subject(tx: Connection, move: PreviewedMove) -> None:
    ref = move.command.ref
    if ref.kind == "proposal":
        count = select(Proposal.member_count).where(Proposal.id == ref.id)
        assert move.member_count == tx.execute(count).scalar_one()
    if move.source != move.target:
        timer = select(Timer.due_at).where(Timer.subject_kind == ref.kind, Timer.subject_id == ref.id)
        due_at = tx.execute(timer).scalar_one_or_none()
        assert due_at == next_moment(move.deadlines, at=move.command.at, reminded_until=move.command.at)
