"""Publishes what was announced: resolutions with their reasons, the ranking list, extracts and corrections of minutes.

Nothing is published of a resolution one of whose effective decisions waits for its announcement. What is published is a
document of its own, approved at once, made from what the minutes say; it never changes afterwards.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from workflow.base.i18n import say
from workflow.engine import facts_reader
from workflow.engine.session_reader import with_session
from workflow.models import Decision, Document, Edition, Proposal, Publication, Resolution
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import BODIES
from workflow.rules.documents import LANGUAGE, DocumentKind, DocumentState, digest_of
from workflow.rules.facts import SYSTEM, Actor, Ref

Data = Mapping[str, Any]
# What of minutes everybody may know as it stands; votes by name, reasons of recusals and scores are not among it.
OPEN = ("edition", "county", "body", "number", "form", "place", "starts_at", "convened_at", "begun_at", "ended_at",
        "chair", "minute_taker", "rules", "filled", "present_at_start", "agenda", "approved_at")  # fmt: skip


@dataclass(slots=True)
class Announced:
    """A resolution all of whose effective decisions are announced, with the numbers of its projects."""

    meeting_id: int
    motion: int
    body: str
    year: int
    number: int
    projects: set[int] = field(default_factory=set)
    waits: bool = False


def publish(tx: Connection, edition_id: int, *, actor: Actor, at: datetime) -> int:
    """Publish everything announced that is not published yet, in the caller's transaction; returns how many documents.

    The edition's row is locked, and not written. Taken again it publishes nothing twice. Announcing ends with this, and
    so does the approval of minutes or of a correction, by whatever door.
    """
    tx.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(key_share=True))
    announced = list(_announced(tx, edition_id))
    d = Document
    keys = tx.execute(select(d.kind, d.series, d.number).where(d.edition_id == edition_id))
    known = {(row.kind, row.series, row.number) for row in keys}
    made = [*_resolutions(tx, announced), *_extracts(tx, edition_id, announced)]
    fresh = [one for one in made if (one["kind"], one["series"], one["number"]) not in known]
    ranking = _ranking(tx, edition_id) if announced else None
    for document in [*fresh, *([ranking] if ranking else [])]:
        _publish(tx, edition_id, document, actor=actor, at=at)
    return len(fresh) + bool(ranking) + _corrections(tx, edition_id, actor=actor, at=at)


def publish_about(tx: Connection, refs: Iterable[Ref], *, actor: Actor, at: datetime) -> None:
    """Publish what was announced in the editions of these proposals, in the caller's transaction."""
    query = select(Proposal.edition_id).where(Proposal.id.in_([ref.id for ref in refs])).distinct()
    for edition_id in sorted(tx.execute(query).scalars()):
        publish(tx, edition_id, actor=actor, at=at)


def _announced(tx: Connection, edition_id: int) -> Iterator[Announced]:
    """The resolutions of meetings of which everything effective is announced; one statement."""
    d, r = Decision, Resolution
    query = (
        select(r.meeting_id, r.motion_number, r.body, r.year, r.number, Proposal.number.label("project"), d.active,
               d.pending, d.announced_at)
        .join(d, RESOLVED_BY).join(Proposal, Proposal.id == d.proposal_id)
        .where(d.edition_id == edition_id, r.meeting_id.is_not(None))
    )  # fmt: skip
    found: dict[tuple[str, int, int], Announced] = {}
    for row in tx.execute(query.order_by(r.body, r.year, r.number)):
        key = row.body, row.year, row.number
        one = found.setdefault(key, Announced(row.meeting_id, row.motion_number, *key))
        if row.announced_at is not None:
            one.projects.add(row.project)
        one.waits |= (row.active or row.pending) and row.announced_at is None
    yield from (one for one in found.values() if one.projects and not one.waits)


def _resolutions(tx: Connection, announced: Sequence[Announced]) -> Iterator[dict[str, Any]]:
    for meeting_id in sorted({one.meeting_id for one in announced}):
        data = _minutes(tx, meeting_id)
        for one in announced:
            motion = _motion(data, one.motion) if one.meeting_id == meeting_id else None
            if motion is not None:
                yield {
                    "kind": DocumentKind.RESOLUTION, "series": f"{one.body}/{one.year}", "number": one.number,
                    "subject_kind": "meeting", "subject_id": meeting_id, "responsible": _chair(data),
                    "data": _resolution(data, motion, one),
                }  # fmt: skip


def _minutes(tx: Connection, meeting_id: int) -> Data:
    """What the approved minutes of a meeting say, else what its rows say; empty before the meeting is over."""
    d = Document
    approved = select(d.data, d.approved_at).where(
        d.subject_kind == "meeting", d.subject_id == meeting_id, d.kind == DocumentKind.MINUTES,
        d.state == DocumentState.APPROVED,
    )  # fmt: skip
    row = tx.execute(approved).first()
    if row is not None:
        return {**row.data, "approved_at": row.approved_at.isoformat()}
    ref = Ref("meeting", meeting_id)
    facts = facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref]
    session = with_session(tx, facts, {}, at=None).session
    return session.minutes.data if session and session.minutes else {}


def _motion(data: Data, number: int) -> Data | None:
    return next((motion for motion in data.get("motions", ()) if motion["number"] == number), None)


def _chair(data: Data) -> str:
    return data["chair"]["name"] if data["chair"] else ""


def _resolution(data: Data, motion: Data, one: Announced) -> dict[str, Any]:
    """What a resolution says in public: its announced projects alone, figures without names."""
    return {
        "edition": data["edition"], "body": one.body, "year": one.year, "number": one.number,
        "meeting": data["number"], "adopted_on": motion["resolution"]["adopted_on"], "chair": _chair(data),
        "seats": list(_members(data)), **_public(motion, one.projects),
    }  # fmt: skip


def _public(motion: Data, projects: set[int]) -> dict[str, Any]:
    """A motion without votes by name and without the reasons of recusals."""
    poll, figures = motion["poll"], motion["figures"]
    return {
        "wording": motion["wording"], "items": [item for item in motion["items"] if item["project"] in projects],
        "figures": figures and {name: value for name, value in figures.items()
                                if name not in {"electors", "recused_people"}},
        "poll": poll and {name: value for name, value in poll.items() if name != "votes"},
    }  # fmt: skip


def _members(data: Data) -> Iterator[dict[str, Any]]:
    """Who sat in each seat, or holds it: name, function, sector, organisation."""
    for seat in data["seats"]:
        names = dict.fromkeys(line["name"] for line in seat["attendance"])
        name = "; ".join(names) or seat["holder"]
        if name:
            yield {"name": name, **{key: seat[key] for key in ("function", "sector", "organisation")}}


def _extracts(tx: Connection, edition_id: int, announced: Sequence[Announced]) -> Iterator[dict[str, Any]]:
    """An extract of the approved minutes of each meeting all of whose resolutions are announced."""
    projects: dict[int, set[int]] = defaultdict(set)
    for one in announced:
        projects[one.meeting_id] |= one.projects
    r = Resolution
    every = select(r.meeting_id, r.motion_number).where(r.edition_id == edition_id)
    public = {(one.meeting_id, one.motion) for one in announced}
    private = {meeting for meeting, motion in tx.execute(every) if (meeting, motion) not in public}
    for meeting_id in sorted(projects.keys() - private):
        data = _minutes(tx, meeting_id)
        if "approved_at" in data:
            yield {
                "kind": DocumentKind.EXTRACT, "series": data["body"], "number": data["number"],
                "subject_kind": "meeting", "subject_id": meeting_id, "responsible": _chair(data),
                "data": _extract(data, projects[meeting_id]),
            }  # fmt: skip


def _extract(data: Data, projects: set[int]) -> dict[str, Any]:
    """What everybody may know of the minutes: motions that name a project only where all of them are announced."""
    motions = [
        {"number": motion["number"], "kind": motion["kind"], "outcome": motion["outcome"],
         "resolution": motion["resolution"], "recused": _recused(motion), **_public(motion, projects)}
        for motion in data["motions"] if projects.issuperset(item["project"] for item in motion["items"])
    ]  # fmt: skip
    return {**{name: data[name] for name in OPEN}, "members": list(_members(data)), "motions": motions}


def _recused(motion: Data) -> list[str]:
    return [vote["name"] for vote in motion["poll"]["votes"] if vote["recused"]] if motion["poll"] else []


def _ranking(tx: Connection, edition_id: int) -> dict[str, Any] | None:
    """The ranking list as it stands, as the next version where it differs from the one published last."""
    d, e = Document, Edition
    data = {"edition": tx.execute(select(e.title).where(e.id == edition_id)).scalar_one(),
            "projects": _ranked(tx, edition_id)}  # fmt: skip
    query = select(d.version, d.data_digest).where(d.edition_id == edition_id, d.kind == DocumentKind.RANKING)
    last = tx.execute(query.order_by(d.version.desc())).first()
    if last is not None and last.data_digest == digest_of(data):
        return None
    return {"kind": DocumentKind.RANKING, "series": "", "number": 1, "version": last.version + 1 if last else 1,
            "subject_kind": "edition", "subject_id": edition_id, "responsible": "", "data": data}  # fmt: skip


def _ranked(tx: Connection, edition_id: int) -> list[dict[str, Any]]:
    """Announced and effective decisions about projects, the reserve list in its order."""
    d, p, r = Decision, Proposal, Resolution
    query = (
        select(p.number, p.title, p.sector, p.cost, d.outcome, d.position, d.justification, d.resolution_number, d.year,
               r.designation)
        .join(d, d.proposal_id == p.id).join(r, RESOLVED_BY)
        .where(d.edition_id == edition_id, d.active.is_(True), d.announced_at.is_not(None))
    )  # fmt: skip
    rows = [
        {"project": row.number, "title": row.title, "sector": row.sector or "", "cost": row.cost or 0,
         "outcome": row.outcome, "position": row.position, "justification": row.justification,
         "resolution": row.designation or f"{row.resolution_number}/{row.year}"}
        for row in tx.execute(query.order_by(p.number))
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row["position"] or 0)


def _publish(tx: Connection, edition_id: int, made: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Write the document, approved, and its publication."""
    responsible, data = made.pop("responsible"), made["data"]
    row = {
        "version": 1, **made, "edition_id": edition_id, "language": LANGUAGE, "data_digest": digest_of(data),
        "author_id": actor.id, "generated_at": at, "state": DocumentState.APPROVED, "approved_at": at,
    }  # fmt: skip
    number = tx.execute(insert(Document).values(**row).returning(Document.id)).scalar_one()
    _note(tx, edition_id, number, _body(data), responsible, actor=actor, at=at)


def _body(data: Data) -> str:
    return say(BODIES[data.get("body", "committee")], LANGUAGE)


def _note(
    tx: Connection, edition_id: int, document_id: int, body: str, responsible: str, *, actor: Actor, at: datetime
) -> None:
    tx.execute(insert(Publication).values(
        document_id=document_id, edition_id=edition_id, produced_by=body, responsible=responsible or body,
        published_by_id=actor.id, published_at=at,
    ))  # fmt: skip


def _corrections(tx: Connection, edition_id: int, *, actor: Actor, at: datetime) -> int:
    """Publish approved corrections of minutes whose extract is published; they are documents already."""
    d, p = Document, Publication
    published = select(p.document_id).where(p.edition_id == edition_id)
    extracts = select(d.subject_id).where(d.id.in_(published), d.kind == DocumentKind.EXTRACT)
    query = select(d.id, d.data).where(
        d.edition_id == edition_id, d.kind == DocumentKind.CORRECTION, d.state == DocumentState.APPROVED,
        d.subject_id.in_(extracts), d.id.not_in(published),
    )  # fmt: skip
    rows = tx.execute(query).all()
    for row in rows:
        _note(tx, edition_id, row.id, _body(row.data), row.data["author"], actor=actor, at=at)
    return len(rows)
