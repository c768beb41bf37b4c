"""Reads who took part in what an appeal is against, what ties the reader to it, and what the appeal body resolved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, select

from workflow.base.i18n import DEFAULT, Sentence, _
from workflow.db.number_lists import in_list
from workflow.db.statements import Query
from workflow.engine.conflicts_of_interest import conflicts_of
from workflow.models import Decision, Elector, Meeting, MotionItem, Poll, Proposal, Resolution
from workflow.models.resolution import RESOLVED_BY
from workflow.rules.bodies import Body
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see_private
from workflow.rules.roles import Role
from workflow.rules.states import PollState, ProposalState

TOOK_PART = _("The member took part in the decision that the appeal is against.")
# Constants, because each step of a meeting of the appeal body asks them.
_ELECTORS = Query(
    select(MotionItem.proposal_id, Elector.person_id, Elector.cast_by_id, Elector.recused)
    .join(Poll, (Poll.meeting_id == MotionItem.meeting_id) & (Poll.motion_number == MotionItem.motion_number))
    .join(Meeting, Meeting.id == Poll.meeting_id).join(Elector, Elector.poll_id == Poll.id)
    .where(in_list(MotionItem.proposal_id, "proposals"), Poll.state != PollState.DRAFTED,
           Meeting.body == Body.COMMITTEE)
)  # fmt: skip
_RESOLVED = Query(
    select(Decision.proposal_id, Decision.outcome, Decision.justification, Resolution.number, Resolution.year)
    .join(Resolution, RESOLVED_BY)
    .where(in_list(Decision.proposal_id, "proposals"), Decision.pending.is_(True), Decision.body == Body.APPEAL)
)  # fmt: skip
_RECORDED = Query(select(Proposal.id, Proposal.recorded).where(in_list(Proposal.id, "proposals")))


def with_electors(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of appealed proposals with the electors of every poll of the committee about them, and what the appeal
    body has resolved, for those who may know it; others as they are.

    Two statements, and none where nothing is under appeal. Annulled polls count too: whoever sat in one has an opinion.
    For a member of the appeal body also the own conflict of interest, nine statements an edition more.
    """
    appealed = [ref.id for ref, of in facts.items() if ref.kind == "proposal" and of.state == ProposalState.APPEALED]
    if not appealed:
        return dict(facts)
    electors, resolved = _electors(tx, appealed), _resolved(tx, appealed)
    tied = _tied(tx, [of for ref, of in facts.items() if ref.id in appealed])
    return {
        ref: replace(of, electors=electors.get(ref.id, {}), own_conflict=tied.get(ref.id),
                     appeal_decision=resolved.get(ref.id) if _may_know(of) else None)
        if ref.kind == "proposal" and ref.id in appealed else of
        for ref, of in facts.items()
    }  # fmt: skip


def involved_in(tx: Connection, proposals: Collection[int]) -> dict[int, dict[int, str]]:
    """Proposal -> person -> why this person does not vote about an appeal against the decision about it.

    Whoever was an elector of a poll of the committee about it and not recused; where none was held, whoever the case
    file names as having decided. Two statements, none without proposals; in Polish, as minutes are written.
    """
    if not proposals:
        return {}
    electors, reason = _electors(tx, proposals), TOOK_PART.say(DEFAULT)
    involved: dict[int, dict[int, str]] = {}
    for proposal_id, recorded in _RECORDED.all(tx, {"proposals": list(proposals)}):
        here = electors.get(proposal_id, {})
        decided = dict.fromkeys((recorded.get("deciders") or {}).get("ids", ()), True) | here
        involved[proposal_id] = {person: reason for person, took_part in decided.items() if took_part}
    return involved


def barred(*reasons: Mapping[int, Mapping[int, str]]) -> dict[int, dict[int, str]]:
    """Proposal -> person -> why this person does not vote, for any of several reasons; pure."""
    together: dict[int, dict[int, str]] = defaultdict(dict)
    for of in reasons:
        for proposal, people in of.items():
            for person, words in people.items():
                together[proposal][person] = f"{together[proposal].get(person, '')} {words}".strip()
    return together


def _electors(tx: Connection, proposals: Collection[int]) -> dict[int, dict[int, bool]]:
    """Proposal -> person -> whether this person could vote about it, also for somebody else."""
    electors: dict[int, dict[int, bool]] = defaultdict(dict)
    for proposal_id, person_id, cast_by_id, recused in _ELECTORS.all(tx, {"proposals": list(proposals)}):
        for person in {person_id, cast_by_id or person_id}:
            electors[proposal_id][person] = electors[proposal_id].get(person, False) or not recused
    return electors


def _resolved(tx: Connection, appealed: Collection[int]) -> dict[int, dict[str, Any]]:
    return {
        row.proposal_id: {"outcome": row.outcome, "resolution": f"{row.number}/{row.year}",
                          "written_reasons": row.justification}
        for row in _RESOLVED.all(tx, {"proposals": list(appealed)})
    }  # fmt: skip


def _may_know(facts: Facts) -> bool:
    return may_see_private(facts) or Role.APPEAL_BODY in facts.rights.roles


def _tied(tx: Connection, appealed: Sequence[Facts]) -> dict[int, Sentence]:
    """What ties the reader, a member of the appeal body, to proposals under appeal."""
    mine = [of for of in appealed if Role.APPEAL_BODY in of.rights.roles and of.rights.id is not None]
    tied: dict[int, Sentence] = {}
    for edition in sorted({of.edition["id"] for of in mine}):
        here = [of for of in mine if of.edition["id"] == edition]
        people = {of.rights.id for of in here if of.rights.id is not None}
        for conflict in conflicts_of(tx, edition, proposals={of.ref.id for of in here}, people=people):
            if conflict.binds:
                tied[conflict.proposal_id] = conflict.words
    return tied
