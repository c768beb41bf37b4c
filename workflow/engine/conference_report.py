"""What the report of a conference says, from its rows, and the version of it that was generated last.

All of it is plain JSON, so that its digest tells whether anything has changed since a report was generated.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, and_, func, select

from workflow.engine.hall_figures import hall_figures
from workflow.models import (
    ConferenceOutput,
    Document,
    DocumentReading,
    HallPoll,
    OpenMatter,
    Organisation,
    Person,
    Presence,
    Proposal,
    Registration,
)
from workflow.rules.conference_outputs import KINDS
from workflow.rules.documents import DocumentFacts, DocumentKind, MinutesFacts, OpenVote, digest_of
from workflow.rules.facts import Facts
from workflow.rules.states import TOOK_PLACE, ConferenceState, PollState, ProposalState

# The record by which a report is generated; its remarks belong to the report.
GENERATE = "generate_report"
NOT_COUNTED = frozenset({PollState.OPEN, PollState.CLOSED})


def with_report(tx: Connection, facts: Facts) -> Facts:
    """The facts of a conference that took place with its report; of any other as they are; at most 13 statements."""
    if facts.state not in TOOK_PLACE:
        return facts
    data = _data(tx, facts) if facts.state == ConferenceState.HELD else {}
    report = MinutesFacts(data, digest_of(data) if data else "", _document(tx, facts.ref.id))
    return replace(facts, report=replace(report, uncounted=_uncounted(tx, facts.ref.id) if data else ()))


def _uncounted(tx: Connection, conference_id: int) -> tuple[OpenVote, ...]:
    p = HallPoll
    query = select(p.id, p.question, p.due_at).where(p.conference_id == conference_id, p.state.in_(NOT_COUNTED))
    return tuple(OpenVote(row.id, row.question.partition("\n")[0], row.due_at)
                 for row in tx.execute(query.order_by(p.id)))  # fmt: skip


def _document(tx: Connection, conference_id: int) -> DocumentFacts | None:
    d, r = Document, DocumentReading
    here = d.kind == DocumentKind.REPORT, d.subject_kind == "conference", d.subject_id == conference_id
    query = select(d.id, d.kind, d.number, d.version, d.state, d.data_digest, d.author_id).where(*here)
    row = tx.execute(query.order_by(d.version.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    readers = tx.execute(select(r.person_id).where(r.document_id == row.id)).scalars()
    return DocumentFacts(*row, readers=frozenset(readers))


def _data(tx: Connection, facts: Facts) -> dict[str, Any]:
    own, number = facts.own, facts.ref.id
    votes, registered = hall_figures(tx, number), _registered(tx, number)
    return {
        "edition": facts.edition["title"], "county": facts.edition["county"], "number": own["number"],
        "theme": own["theme"], "purpose": own["purpose"], "host_commune": own["host_commune"], "venue": own["venue"],
        **{name: own[name].isoformat() if own[name] else None for name in ("starts_at", "ends_at")},
        "participants": own["participants"], "qualifier": own["participants_qualifier"],
        "source": own["participants_source"], "sectors": _sectors(tx, number),
        # A list that nobody is on is no figure; reports that were generated before have a nought here.
        **({"registered": registered} if registered else {}),
        "outputs": own["outputs"], "lists": _lists(tx, number, own["outputs"]),
        "presented": _presented(tx, facts) if own["is_summary"] else [], "matters": _matters(tx, number),
        # A report without votes keeps the digest that it had before reports told of them.
        **({"votes": votes} if votes else {}),
        "remarks": facts.entry(GENERATE).get("remarks") or "",
    }  # fmt: skip


def _registered(tx: Connection, conference_id: int) -> int:
    r = Registration
    query = select(func.count()).select_from(r).where(r.conference_id == conference_id, r.state == "registered")
    return int(tx.execute(query).scalar_one())


def _sectors(tx: Connection, conference_id: int) -> list[dict[str, Any]]:
    """How many were checked in, by the sector of the organisation that they came for.

    Those without an organisation, and those of an organisation whose sector nobody noted, are counted apart; the latter
    only in reports that were generated since they are.
    """
    p, r, o = Presence, Registration, Organisation
    sector, unknown = func.coalesce(o.sector, ""), and_(o.id.is_not(None), func.coalesce(o.sector, "") == "")
    query = (
        select(sector, unknown, func.count()).select_from(p).join(r, r.id == p.registration_id)
        .outerjoin(o, o.id == r.organisation_id).where(p.conference_id == conference_id).group_by(sector, unknown)
    )  # fmt: skip
    return [{"sector": name, "count": count, **({"unknown": True} if is_unknown else {})}
            for name, is_unknown, count in sorted(map(tuple, tx.execute(query)))]  # fmt: skip


def _lists(tx: Connection, conference_id: int, outputs: str) -> list[dict[str, Any]]:
    """The lines that stand, by kind and table; whoever wrote them is not named."""
    o = ConferenceOutput
    query = select(o.kind, o.table_label, o.text).where(o.conference_id == conference_id, o.struck_at.is_(None))
    lines = [tuple(row) for row in tx.execute(query.order_by(o.id))]
    return [
        {"kind": kind, "table": table, "lines": [text for of, at, text in lines if (of, at) == (kind, table)]}
        for kind in KINDS.get(outputs, {}) for table in dict.fromkeys(at for of, at, _text in lines if of == kind)
    ]  # fmt: skip


def _presented(tx: Connection, facts: Facts) -> list[dict[str, Any]]:
    p = Proposal
    query = select(p.number, p.title).where(p.edition_id == facts["edition_id"], p.state == ProposalState.PRESENTED)
    return [{"number": number, "title": title} for number, title in tx.execute(query.order_by(p.number))]


def _matters(tx: Connection, conference_id: int) -> Sequence[dict[str, Any]]:
    m = OpenMatter
    query = select(m.text, Person.name, m.due_at, m.result).join(Person, Person.id == m.owner_id)
    rows = tx.execute(query.where(m.conference_id == conference_id).order_by(m.due_at, m.id))
    return [{"text": text, "owner": owner, "due_at": due.isoformat(), "result": result}
            for text, owner, due, result in rows]  # fmt: skip
