"""Reads who voted about a proposal under appeal, and what ties the reader to it: neither decides the appeal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from workflow.base.i18n import Sentence
from workflow.engine.conflicts_of_interest import conflicts_of
from workflow.models import Elector, MotionItem, Poll
from workflow.rules.facts import Facts, Ref
from workflow.rules.roles import Role
from workflow.rules.states import PollState, ProposalState


def with_electors(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of appealed proposals with the electors of every poll about them; others as they are.

    One statement, and none where nothing is under appeal. Annulled polls count too: whoever sat in one has an opinion.
    For a member of the appeal body also the own conflict of interest, nine statements an edition more.
    """
    appealed = [ref.id for ref, of in facts.items() if ref.kind == "proposal" and of.state == ProposalState.APPEALED]
    if not appealed:
        return dict(facts)
    e, p, i = Elector, Poll, MotionItem
    query = (
        select(i.proposal_id, e.person_id, e.recused)
        .join(p, (p.meeting_id == i.meeting_id) & (p.motion_number == i.motion_number))
        .join(e, e.poll_id == p.id)
        .where(i.proposal_id.in_(appealed), p.state != PollState.DRAFTED)
    )
    electors: dict[int, dict[int, bool]] = defaultdict(dict)
    for proposal_id, person_id, recused in tx.execute(query):
        electors[proposal_id][person_id] = electors[proposal_id].get(person_id, False) or not recused
    tied = _tied(tx, [of for ref, of in facts.items() if ref.id in appealed])
    return {ref: replace(of, electors=electors.get(ref.id, {}), own_conflict=tied.get(ref.id)) if ref.id in appealed
            else of for ref, of in facts.items()}  # fmt: skip


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
