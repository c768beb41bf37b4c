"""Reads who voted about a proposal under appeal, so that nobody decides an appeal against an own vote."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from workflow.models import Elector, MotionItem, Poll
from workflow.rules.facts import Facts, Ref
from workflow.rules.states import PollState, ProposalState


def with_electors(tx: Connection, facts: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """The facts of appealed proposals with the electors of every poll about them; others as they are.

    One statement, and none where nothing is under appeal. Annulled polls count too: whoever sat in one has an opinion.
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
    return {ref: replace(of, electors=electors.get(ref.id, {})) if ref.id in appealed else of
            for ref, of in facts.items()}  # fmt: skip
