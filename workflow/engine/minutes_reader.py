"""What the minutes of a meeting say, from its rows; and the documents made of them, with readers and signatures.

All of it is plain JSON, so that its digest tells whether anything has changed since a document was generated.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, bindparam, or_, select

from workflow.db.number_lists import in_list
from workflow.db.statements import Query, among, query_together, slot
from workflow.engine.proceedings import AttendanceLine, PollLine, Proceedings, VoteLine, proceedings
from workflow.engine.proxy_reader import ProxyLine
from workflow.engine.result_reader import digests
from workflow.models import (
    Absence,
    Decision,
    Document,
    DocumentReading,
    DocumentSignature,
    Organisation,
    Poll,
    Resolution,
    Seat,
    SheetVersion,
    Tie,
    TieDraw,
)
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import Capacity, Function
from workflow.rules.documents import DocumentFacts, DocumentKind, MinutesFacts, digest_of
from workflow.rules.effects.meetings import ADJOURNMENTS
from workflow.rules.facts import Facts
from workflow.rules.hands import HandsCounted, agreed
from workflow.rules.session import Choice, Session, SessionMotion
from workflow.rules.states import MeetingState, PollState
from workflow.rules.vote_settings import settings_of_votes
from workflow.voting.results.writing import BrokenBy

OVER = frozenset({MeetingState.ENDED, MeetingState.MINUTES_APPROVED})
Sheets = Mapping[tuple[int, str], Any]
# Constants, because each step of a meeting that is over asks them.
_MEETING: Any = bindparam("meeting", None, BigInteger)
_D, _T, _S, _V = Document, Tie, DocumentSignature, SheetVersion
_DOCUMENTS = Query(
    select(_D.id, _D.kind, _D.number, _D.version, _D.state, _D.data_digest, _D.author_id)
    .where(_D.subject_kind == "meeting", _D.subject_id == _MEETING,
           among(_D.kind, (DocumentKind.MINUTES, DocumentKind.CORRECTION)))
    .order_by(_D.version)
)  # fmt: skip
_READING = Query(
    select(DocumentReading.document_id, DocumentReading.person_id)
    .where(in_list(DocumentReading.document_id, "documents"))
)  # fmt: skip
_SIGNING = Query(select(_S.document_id, _S.meaning, _S.person_id).where(in_list(_S.document_id, "documents")))
_TIES = Query(
    select(_T.kind, _T.members, _T.taken_in, _T.broken_by, _T.words, TieDraw.commitment, TieDraw.committed_at,
           TieDraw.seed, TieDraw.word)
    .outerjoin(TieDraw, (TieDraw.edition_id == _T.edition_id) & (_T.broken_by == BrokenBy.DRAW))
    .where(_T.edition_id == slot("edition", _T.edition_id), or_(_T.meeting_id == _MEETING, and_(
        _T.meeting_id.is_(None), _T.recorded_at >= slot("begun", _T.recorded_at),
        _T.recorded_at <= slot("ended", _T.recorded_at))))
    .order_by(_T.recorded_at)
)  # fmt: skip
_ABSENCES = Query(select(Absence.seat_id, Absence.excused, Absence.reason).where(Absence.meeting_id == _MEETING))
_ORGANISATIONS = Query(
    select(Seat.id, Organisation.name).join(Organisation, Organisation.id == Seat.organisation_id)
    .where(in_list(Seat.id, "seats"))
)  # fmt: skip
_SHEETS = Query(
    select(_V.proposal_id, _V.digest, _V.number, _V.receipt).where(in_list(_V.proposal_id, "projects"))
    .order_by(_V.receipt.is_not(None), _V.number)
)  # fmt: skip
_DECIDED = Query(
    select(Resolution.motion_number, Decision.proposal_id, Decision.sheet_digest)
    .where(RESOLVED_BY, Resolution.meeting_id == _MEETING)
)  # fmt: skip
_ANNULLED = Query(
    select(Poll.motion_number, Poll.opened_at, Poll.result, Poll.recorded)
    .where(Poll.meeting_id == _MEETING, Poll.state == PollState.ANNULLED).order_by(Poll.id)
)  # fmt: skip


def minutes_of(tx: Connection, facts: Facts, session: Session) -> MinutesFacts | None:
    """The minutes of a meeting that is over, None of any other; takes no lock beside the meeting's.

    At most eighteen statements while the minutes are open, five once they are approved.
    """
    if facts.ref.kind != "meeting" or facts.state not in OVER:
        return None
    record = proceedings(tx, facts.ref.id, reader_id=None)
    data = _record(tx, facts, session, record) if facts.state == MeetingState.ENDED else {}
    minutes, corrections = _documents(tx, facts.ref.id)
    holders = {line.function for line in record.attendance if line.capacity == Capacity.HOLDER}
    return MinutesFacts(
        data, digest_of(data) if data else "", minutes, corrections, _presided(facts, record.attendance),
        Function.CHAIR not in holders,
    )  # fmt: skip


def _presided(facts: Facts, attendance: Sequence[AttendanceLine]) -> int | None:
    seat = facts["chair_seat_id"]
    return next((line.person_id for line in attendance if line.seat_id == seat), None)


def _documents(tx: Connection, meeting_id: int) -> tuple[DocumentFacts | None, tuple[DocumentFacts, ...]]:
    """The latest version of the minutes, and the latest version of each correction note."""
    newest = {(row.kind, row.number): row for row in _DOCUMENTS.all(tx, {"meeting": meeting_id})}
    if not newest:
        return None, ()
    these = {"documents": [row.id for row in newest.values()]}
    reading, signing = query_together(tx, [(_READING, these), (_SIGNING, these)])
    found = [
        DocumentFacts(
            row.id, row.kind, row.number, row.version, row.state, row.data_digest, row.author_id,
            readers=frozenset(one.person_id for one in reading if one.document_id == row.id),
            signatures={one.meaning: one.person_id for one in signing if one.document_id == row.id},
        ) for row in newest.values()
    ]  # fmt: skip
    minutes = next((one for one in found if one.kind == DocumentKind.MINUTES), None)
    return minutes, tuple(one for one in found if one.kind == DocumentKind.CORRECTION)


def _record(tx: Connection, facts: Facts, session: Session, record: Proceedings) -> dict[str, Any]:
    """Everything that the minutes say, as JSON; names are those of now."""
    own = facts.own
    present = [line for line in record.attendance if _was_present(line, own["begun_at"])]
    chair = next((line for line in record.attendance if line.seat_id == own["chair_seat_id"]), None)
    return {
        "edition": facts.edition["title"], "county": facts.edition["county"], "body": own["body"],
        "number": own["number"], "form": own["form"], "place": own["place"],
        **{name: _moment(own[name]) for name in ("starts_at", "convened_at", "begun_at", "ended_at")},
        "chair": {"name": chair.name, "function": chair.function} if chair else None,
        "minute_taker": record.minute_taker, "rules": settings_of_votes(facts.edition, own["body"]),
        "filled": session.filled, "present_at_start": len(present),
        "seats": list(_seats(tx, facts.ref.id, session, record.attendance)),
        "agenda": [{"number": item.number, "title": item.title, "project": item.project} for item in record.agenda],
        "motions": _motions(tx, facts.ref.id, session, record), "annulled": _annulled(tx, facts.ref.id),
        "ties": _ties(tx, facts),
        **({"adjournments": stops} if (stops := facts.recorded.get(ADJOURNMENTS)) else {}),
        **({"proxies": list(map(_proxy, record.proxies))} if record.proxies else {}),
    }  # fmt: skip


def _ties(tx: Connection, facts: Facts) -> list[dict[str, Any]]:
    """The ties that were broken by a motion of the meeting, or by a draw while it sat, with its seed and word."""
    # Where it has not begun or ended nothing lies between the two, which are NULL.
    here = {"edition": facts.edition["id"], "meeting": facts.ref.id, "begun": facts["begun_at"],
            "ended": facts["ended_at"]}  # fmt: skip
    return [{"kind": row.kind, "members": list(row.members), "order": list(row.taken_in), "broken_by": row.broken_by,
             "words": row.words, "draw": _draw(row)} for row in _TIES.all(tx, here)]  # fmt: skip


def _draw(row: Any) -> dict[str, Any] | None:
    """What lets anybody draw again: the digest of the seed with its time, the seed, and the word said aloud."""
    if row.commitment is None:
        return None
    return {"commitment": row.commitment, "committed_at": _moment(row.committed_at), "seed": row.seed, "word": row.word}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _was_present(line: AttendanceLine, at: datetime | None) -> bool:
    return at is not None and line.arrived_at <= at and (line.left_at is None or line.left_at > at)


def _seats(
    tx: Connection, meeting_id: int, session: Session, attendance: Sequence[AttendanceLine]
) -> Iterator[dict[str, Any]]:
    """Each seat of the body on the day: who sat in it and when, or why nobody did."""
    here = {"meeting": meeting_id, "seats": [seat.id for seat in session.seats]}
    away, names = query_together(tx, [(_ABSENCES, here), (_ORGANISATIONS, here)])
    absences = {row.seat_id: {"excused": row.excused, "reason": row.reason} for row in away}
    organisations = {row.id: row.name for row in names}
    for seat in session.seats:
        sat = [line for line in attendance if line.seat_id == seat.id]
        yield {
            "number": seat.number, "function": seat.function, "sector": seat.sector,
            "holder": seat.names.get(seat.holder or 0, ""),
            "organisation": organisations.get(seat.id, ""), "absence": None if sat else absences.get(seat.id),
            "attendance": [
                {"name": line.name, "capacity": line.capacity, "arrived_at": _moment(line.arrived_at),
                 "left_at": _moment(line.left_at)} for line in sat
            ],
        }  # fmt: skip


def _motions(tx: Connection, meeting_id: int, session: Session, record: Proceedings) -> list[dict[str, Any]]:
    sheets, decided, files = _sheets(tx, session), _decided(tx, meeting_id), digests(tx, meeting_id)
    return [
        {
            "number": motion.number, "kind": motion.kind, "wording": motion.wording, "outcome": motion.outcome,
            "items": list(_items(motion, sheets, decided)),
            "poll": _poll(record.polls.get(motion.number), files.get(motion.number, "")),
            "figures": record.figures.get(motion.number),
            "resolution": _resolution(record, motion.number),
        } for motion in session.motions
    ]  # fmt: skip


def _items(motion: SessionMotion, sheets: Sheets, decided: Mapping[tuple[int, int], str]) -> Iterator[dict[str, Any]]:
    """Each project of a motion with the version of its sheet that was decided about."""
    for item in motion.items:
        digest = decided.get((motion.number, item.proposal_id), item.sheet_digest)
        version = sheets.get((item.proposal_id, digest))
        yield {
            "project": item.number, "title": item.title, "outcome": item.outcome, "position": item.position,
            "cost": item.cost, "justification": item.justification, "digest": digest,
            "version": version.number if version else None, "receipt": version.receipt if version else None,
        }  # fmt: skip


def _poll(poll: PollLine | None, file_digest: str) -> dict[str, Any] | None:
    if poll is None:
        return None
    more: dict[str, Any] = {"hands": _hands(poll.counts)} if poll.by_hands else {}
    if poll.secret:
        more = {"secret": True, **({"clerks": [typed.name for typed in poll.cards.typed]} if poll.cards else {})}
    votes = [_vote(vote, secret=poll.secret) for vote in poll.votes]
    return {"opened_at": _moment(poll.opened_at), "closed_at": _moment(poll.closed_at), "rules": dict(poll.rules),
            "file_digest": file_digest, "votes": votes, **more}  # fmt: skip


def _hands(counts: Sequence[HandsCounted]) -> dict[str, Any]:
    """Who counted the hands, and how many there were of each sector."""
    hands = agreed(counts) or {}
    return {
        "clerks": [count.name for count in counts],
        "lines": [{"sector": sector, **{choice.value: hands.get((sector, choice), 0) for choice in Choice}}
                  for sector in sorted({sector for sector, _choice in hands})],
    }  # fmt: skip


def _proxy(line: ProxyLine) -> dict[str, Any]:
    return {"giver": line.giver, "from": line.from_number, "receiver": line.receiver, "to": line.to_number,
            "given_on": line.given_on.isoformat(), "file": line.file_name,
            "ended_at": _moment(line.ended_at)}  # fmt: skip


def _vote(vote: VoteLine, *, secret: bool) -> dict[str, Any]:
    proxy = {"cast_by": vote.cast_by} if vote.cast_by else {}
    given = {"voted": vote.voted} if secret else {"choice": vote.choice}
    return {**proxy, "name": vote.name, "sector": vote.sector, "recused": vote.recused, "reason": vote.reason,
            **given, "channel": vote.channel}  # fmt: skip


def _resolution(record: Proceedings, motion: int) -> dict[str, Any] | None:
    line = record.resolutions.get(motion)
    if line is None:
        return None
    return {"number": line.number, "year": line.year, "adopted_on": line.adopted_on.isoformat()}


def _sheets(tx: Connection, session: Session) -> Sheets:
    """The versions of the sheets that motions are about, by project and digest; one that has a receipt goes first."""
    projects = {item.proposal_id for motion in session.motions for item in motion.items}
    rows = _SHEETS.all(tx, {"projects": sorted(projects)}) if projects else ()
    return {(row.proposal_id, row.digest): row for row in rows}


def _decided(tx: Connection, meeting_id: int) -> dict[tuple[int, int], str]:
    """The sheets that resolutions of the meeting decided about, by motion and project."""
    rows = _DECIDED.all(tx, {"meeting": meeting_id})
    return {(row.motion_number, row.proposal_id): row.sheet_digest for row in rows}


def _annulled(tx: Connection, meeting_id: int) -> list[dict[str, Any]]:
    """Votes that were annulled, and are repeated or not; one that had been counted with its figures and the reason."""
    return [{"motion": row.motion_number, "opened_at": _moment(row.opened_at), **_counted_before(row)}
            for row in _ANNULLED.all(tx, {"meeting": meeting_id})]  # fmt: skip


def _counted_before(row: Any) -> dict[str, Any]:
    """How an annulled vote had been counted, and who proposed to annul it, why."""
    if not row.result:
        return {}
    proposal = row.recorded.get("propose_annulment", {})
    figures = {choice.value: row.result[choice] for choice in Choice}
    return {"figures": figures, "proposed_by": proposal.get("by_name", ""), "reason": proposal.get("reason", "")}
