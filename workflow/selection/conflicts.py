"""Writes about conflicts of interest: declaring impartiality or a conflict, and clearing somebody else's conflict.

Nothing here is a step: no row of a proposal or of an edition is written, so that outsiders notice nothing.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update

from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotFound, not_ready
from workflow.base.i18n import Sentence, _
from workflow.db.statements import Query, Statement, query_together, slot
from workflow.engine.conflicts_of_interest import conflicts_of, in_words, projects_of
from workflow.engine.move_sql import insert_row
from workflow.models import Ballot, Conflict, Declaration, Elector, MotionItem, Person, Poll
from workflow.models.base import table_of
from workflow.rules.conflicts_of_interest import Answer, ConflictOfInterest, ConflictState, JudgedProject, Source
from workflow.rules.facts import Actor
from workflow.rules.impartiality import Text
from workflow.rules.states import PollState
from workflow.selection.conflict_rules import Bench, digest_of, obstacle_to_clearing
from workflow.selection.late_conflicts import tell_scores_changed
from workflow.selection.score_cards import void_cards
from workflow.selection.seat_queries import seats_of

LONGEST = 2000


class Answered(Struct, frozen=True):
    """What a member answers about one project; a conflict needs its reason."""

    answer: Answer
    reason: str = ""


def barred(tx: Connection, edition_id: int, person_id: int) -> frozenset[int]:
    """The projects about which a person may see no scores, neither score nor vote; six statements.

    Whoever holds no seat is asked about as well.
    """
    conflicts = conflicts_of(tx, edition_id, people={person_id})
    return frozenset(conflict.proposal_id for conflict in conflicts if conflict.binds)


def declare(
    tx: Connection, edition_id: int, answers: Mapping[int, Answered], text: Text, *, actor: Actor, at: datetime
) -> int:
    """Write the answers of a member about projects, on the text that was shown; returns how many were new.

    All of them in the caller's transaction or none. A conflict binds at once: in open votes by name about the project
    the member's vote is void, and so is the member's score card, which the others are told where scores are open.
    Declaring to be impartial clears nothing. An answer like the one before, on the same text and about the same group
    and partners, writes nothing. Raises BadInput with the fields `reason-<proposal>`, NotFound for a project of another
    edition.
    """
    projects = projects_of(tx, edition_id, answers.keys())
    if projects.keys() != answers.keys():
        raise NotFound
    answers = _with_reasons(tx, edition_id, answers, actor)
    tx.execute(select(Person.id).where(Person.id == actor.id).with_for_update(key_share=True))
    return sum(_declare(tx, edition_id, projects[number], answered, text, actor, at)
               for number, answered in sorted(answers.items()))  # fmt: skip


def clear(
    tx: Connection, edition_id: int, person_id: int, proposal_id: int, reason: str, *, seen: str,
    roles: Collection[str], actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """Clear every conflict of a member about a project, each for what it was found from, with one reason.

    In the caller's transaction; what comes up afterwards binds again. A vote that is open stays as it was opened, and a
    score card that became void stays void. Refused: NotAllowed for whoever may not, see `obstacle_to_clearing`;
    BadInput without a reason; NotReady where nothing binds or something else does than was shown (`seen`, see
    `digest_of`).
    """
    tx.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    conflicts = [conflict for conflict in conflicts_of(tx, edition_id, proposals={proposal_id}) if conflict.binds]
    theirs = [conflict for conflict in conflicts if conflict.person_id == person_id]
    bench = Bench(seats_of(tx, edition_id), warsaw_date(at))
    barred_people = {conflict.person_id for conflict in conflicts}
    if obstacle := obstacle_to_clearing(bench, person_id, barred_people, actor_id=actor.id, roles=roles):
        raise NotAllowed(sentence=obstacle)
    if not theirs or digest_of(theirs) != seen:
        raise not_ready("conflicts_changed", _("These conflicts have changed. Read them again first."))
    words = reason.strip()
    if not words or len(words) > LONGEST:
        raise BadInput({"reason": _("Use at most {count} characters.", count=LONGEST) if words else
                        _("Write why this conflict does not stand in the way.")})  # fmt: skip
    for conflict in theirs:
        _write(tx, replace(conflict, state=ConflictState.CLEARED, reason=words), edition_id, actor, at)


def _with_reasons(
    tx: Connection, edition_id: int, answers: Mapping[int, Answered], actor: Actor
) -> dict[int, Answered]:
    """The answers, each conflict with its reason: the member's own, or what was found already."""
    found: dict[int, str] = {}
    for conflict in conflicts_of(tx, edition_id, proposals=answers.keys(), people={actor.id or 0}):
        if conflict.state is ConflictState.FOUND:
            found[conflict.proposal_id] = f"{found.get(conflict.proposal_id, '')} {in_words(conflict)}".strip()
    complete = {number: replace(answered, reason=answered.reason.strip() or found.get(number, ""))
                for number, answered in answers.items()}  # fmt: skip
    refused: dict[str, Sentence] = {}
    for number, answered in complete.items():
        if answered.answer is Answer.CONFLICTED and not answered.reason:
            refused[f"reason-{number}"] = _("Write in a few words what ties you to this project.")
        if len(answered.reason) > LONGEST:
            refused[f"reason-{number}"] = _("Use at most {count} characters.", count=LONGEST)
    if refused:
        raise BadInput(refused)
    return complete


def _reason(answered: Answered) -> str:
    return answered.reason.strip()


# Constants, because a member declares about every project at once.
_D, _C = table_of(Declaration), table_of(Conflict).c
_PERSON, _PROPOSAL = slot("person", _D.c.person_id), slot("proposal", _D.c.proposal_id)
_MINE = _D.c.person_id == _PERSON, _D.c.proposal_id == _PROPOSAL, _D.c.revoked_at.is_(None)
_BEFORE = Query(select(_D.c.answer, _D.c.text_digest, _D.c.basis).where(*_MINE))
# The reason of a conflict that the person declared and nobody cleared.
_DECLARED_BEFORE = Query(select(_C.reason).where(
    _C.person_id == _PERSON, _C.proposal_id == _PROPOSAL, _C.revoked_at.is_(None), _C.source == Source.DECLARED,
    _C.state == ConflictState.CONFIRMED,
))  # fmt: skip
_REVOKE = Statement(update(_D).where(*_MINE).values(revoked_at=slot("moment", _D.c.revoked_at)))
_DECLARE = insert_row(_D, frozenset(_D.c.keys()) - {"id", "revoked_at"})


def _declare(
    tx: Connection, edition_id: int, project: JudgedProject, answered: Answered, text: Text, actor: Actor, at: datetime
) -> bool:
    reason = answered.reason if answered.answer is Answer.CONFLICTED else ""
    mine = {"person": actor.id, "proposal": project.proposal_id}
    declared, conflicts = query_together(tx, [(_BEFORE, mine), (_DECLARED_BEFORE, mine)])
    before = declared[0] if declared else None
    said = conflicts[0].reason if conflicts else None
    same = before is not None and (before.answer, before.text_digest, before.basis) == (
        answered.answer, text.digest, project.basis
    ) and reason in {"", said}  # fmt: skip
    if same:
        return False
    _REVOKE.run(tx, {**mine, "moment": at})
    _DECLARE.run(tx, {
        "person_id": actor.id, "proposal_id": project.proposal_id, "text_version": text.version,
        "text_digest": text.digest, "answer": answered.answer, "basis": project.basis, "at": at,
    })  # fmt: skip
    if reason and reason != said:
        _write(tx, ConflictOfInterest(actor.id or 0, project.proposal_id, Source.DECLARED, ConflictState.CONFIRMED,
                                      Sentence(reason), reason=reason), edition_id, actor, at)  # fmt: skip
    recuse(tx, edition_id, project.proposal_id, actor.id or 0)
    if reason and void_cards(tx, project.proposal_id, actor.id or 0, reason=reason):
        tell_scores_changed(tx, edition_id, project.proposal_id, actor=actor, at=at)
    return True


def _write(tx: Connection, conflict: ConflictOfInterest, edition_id: int, actor: Actor, at: datetime) -> None:
    """Write what is said about a conflict; what was said before is revoked and stays."""
    c = Conflict
    same = c.person_id == conflict.person_id, c.proposal_id == conflict.proposal_id, c.source == conflict.source
    tx.execute(update(c).where(*same, c.revoked_at.is_(None)).values(revoked_at=at))
    values: dict[str, Any] = {
        "edition_id": edition_id, "person_id": conflict.person_id, "proposal_id": conflict.proposal_id,
        "source": conflict.source, "basis": list(conflict.basis), "state": conflict.state, "reason": conflict.reason,
        "decided_by_id": actor.id, "at": at,
    }  # fmt: skip
    tx.execute(insert(c).values(**values))


def recuse(tx: Connection, edition_id: int, proposal_id: int, person_id: int) -> None:
    """Make the votes of a person with a conflict void in open polls by name about the project.

    Each poll is locked shared, as a ballot locks it, so that its count waits or has been; where nobody has a conflict
    nothing is written.
    """
    conflicts = conflicts_of(tx, edition_id, proposals={proposal_id}, people={person_id})
    reasons = " ".join(in_words(conflict) for conflict in conflicts if conflict.binds)
    if not reasons:
        return
    e, b = Elector, Ballot
    for poll_id in _open_polls(tx, proposal_id):
        mine = e.poll_id == poll_id, e.person_id == person_id
        seats = tx.execute(select(e.seat_id).where(*mine, e.recused.is_(False))).scalars().all()
        tx.execute(
            update(e).where(*mine, e.recused.is_(False)).values(recused=True, voted=False, recusal_reason=reasons)
        )
        tx.execute(update(b).where(b.poll_id == poll_id, b.seat_id.in_(seats)).values(valid=False))


def _open_polls(tx: Connection, proposal_id: int) -> Collection[int]:
    i, p = MotionItem, Poll
    about = (i.meeting_id == p.meeting_id) & (i.motion_number == p.motion_number) & (i.proposal_id == proposal_id)
    query = select(p.id).where(p.state == PollState.OPEN, select(i.proposal_id).where(about).exists()).order_by(p.id)
    return tx.execute(query.with_for_update(read=True)).scalars().all()
