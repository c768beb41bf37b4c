"""Reads what auditors compare: every subject against its history, the head to publish, the state of every subject."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, func, select

from workflow.engine import chains, history
from workflow.engine.chains import NO_HEADS, Broken, Heads, Verdict
from workflow.engine.facts_reader import KINDS
from workflow.engine.replay import Replay
from workflow.models import Edition, HistoryEntry, OutboxRow, Proposal
from workflow.rules.facts import Ref


class NotAHead(Exception):
    """A text is not what `head` gives; the message is a sentence that says why."""


def heads(connection: Connection, edition_id: int | None = None) -> dict[Ref, tuple[int, str]]:
    """Version and head hash that every subject's row names, of all kinds or of one edition; one statement a kind."""
    by_ref: dict[Ref, tuple[int, str]] = {}
    for kind, model in KINDS.items():
        query = select(model.id, model.version, model.head_hash).order_by(model.id)
        if edition_id is not None:
            query = query.where((model.id if kind == "edition" else model.edition_id) == edition_id)
        by_ref |= {Ref(kind, row.id): (row.version, row.head_hash) for row in connection.execute(query)}
    return by_ref


def verify(connection: Connection, *, edition_id: int | None = None, published: Heads = NO_HEADS) -> Verdict:
    """Recompute every chain, compare it with the published head, and replay it against the subject's row and records.

    Also finds subjects of which there are traces and no row. With an edition, only what belongs to it is read; a
    subject that is gone cannot be assigned to an edition any more and is always named. Reads only; the connection has
    to see one snapshot (`Database.snapshot`), or a step taken while it reads would be a fault.
    """
    everything = heads(connection)
    chosen = heads(connection, edition_id) if edition_id is not None else everything
    replay = Replay(connection)
    verdict = chains.verify(connection, chosen, published=published, check=replay)
    if verdict.broken:
        return verdict
    return replace(verdict, erased=replay.erased, broken=_gone(connection, everything, published))


def _gone(connection: Connection, known: Heads, published: Heads) -> Broken | None:
    """The first subject that an entry, a message or a published head names, and that has no row."""
    named = ((ref, "is in the published head and") for ref in published)
    for ref, trace in (*_traces(connection), *named):
        if ref not in known:
            return Broken(str(ref), 1, None, f"it {trace} has no row any more")
    return _missing_number(connection)


def _traces(connection: Connection) -> Iterator[tuple[Ref, str]]:
    h, o = HistoryEntry, OutboxRow
    for row in connection.execute(select(h.subject_kind, h.subject_id).distinct()):
        yield Ref(row.subject_kind, row.subject_id), "has entries and"
    about = select(o.subject_kind, o.subject_id).where(o.subject_kind.in_(KINDS)).distinct()
    for row in connection.execute(about):
        yield Ref(row.subject_kind, row.subject_id), "has messages and"


def _missing_number(connection: Connection) -> Broken | None:
    """The first edition whose proposals are not numbered from 1 without a gap, as they are when they are created."""
    p, e = Proposal, Edition
    counted = select(p.edition_id, func.count().label("count"), func.max(p.number).label("last")).group_by(p.edition_id)
    row = connection.execute(counted.having(func.count() != func.max(p.number)).order_by(p.edition_id).limit(1)).first()
    if row is None:
        return None
    version = connection.execute(select(e.version).where(e.id == row.edition_id)).scalar_one()
    why = f"a proposal is gone: there are {row.count}, and the last one has the number {row.last}"
    return Broken(f"edition:{row.edition_id}", version, None, why)


def head(connection: Connection) -> dict[str, Any]:
    """The head to publish: how much there is, the version and hash of each subject, and one hash over all of these."""
    subjects = {str(ref): list(value) for ref, value in sorted(heads(connection).items())}
    last = connection.execute(select(func.count(), func.max(HistoryEntry.id), func.max(HistoryEntry.at))).one()
    return {
        "entries": last[0], "seq": last[1] or 0, "at": history.moment(last[2]) if last[0] else None,
        "hash": _hash_of(subjects), "subjects": subjects,
    }  # fmt: skip


def read_head(text: str) -> Heads:
    """The subjects of a published head. Raises NotAHead where the text is none or its own hash does not fit."""
    try:
        subjects = json.loads(text)["subjects"]
        fits = json.loads(text)["hash"] == _hash_of(subjects)
        by_ref = {_ref(name): (int(version), str(link)) for name, (version, link) in subjects.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotAHead("This is not the output of `history head`.") from None
    if not fits:
        raise NotAHead("The hash of this head does not fit its subjects: the file itself was changed.")
    return by_ref


def _ref(name: str) -> Ref:
    kind, _colon, number = name.partition(":")
    return Ref(kind, int(number))


def _hash_of(subjects: Mapping[str, Any]) -> str:
    return hashlib.sha256(history.canonical(subjects).encode()).hexdigest()


def states(connection: Connection) -> Iterator[dict[str, Any]]:
    """The state of every subject, kind by kind."""
    for kind, model in KINDS.items():
        for row in connection.execute(select(model.id, model.state, model.version).order_by(model.id)):
            yield {
                "kind": kind,
                "id": row.id,
                "subject": f"{kind}:{row.id}",
                "state": row.state,
                "version": row.version,
            }
