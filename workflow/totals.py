"""What an edition amounts to, for guards that look at the whole of it: four statements however many editions."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from workflow.facts import Facts, Ref, Totals
from workflow.models import Agreement, Conference, Proposal, RoleGrant

_FUNDED = ("selected", "in_implementation", "suspended", "completed", "settled")


def with_totals(tx: Connection, found: Mapping[Ref, Facts]) -> dict[Ref, Facts]:
    """Add to each subject what its edition amounts to; four statements however many subjects."""
    editions = {_edition_id(facts) for facts in found.values()}
    totals = _totals(tx, editions)
    return {ref: replace(facts, totals=totals[_edition_id(facts)]) for ref, facts in found.items()}


def _edition_id(facts: Facts) -> int:
    return facts.ref.id if facts.ref.kind == "edition" else int(facts["edition_id"])


@cache
def _freed() -> Any:
    """Left the programme after it had been selected."""
    left = Proposal.recorded["withdrawal"]["left"].as_string() == "selected"
    return or_(Proposal.state == "cancelled", and_(Proposal.state == "withdrawn", left))


def _totals(tx: Connection, editions: set[int]) -> dict[int, Totals]:
    counts: dict[int, dict[str, Any]] = {
        one: {"proposals": {}, "taken": set(), "funded_cost": 0, "freed": 0} for one in editions
    }
    p = Proposal
    grouped = (
        select(p.edition_id, p.state, func.count(), func.coalesce(func.sum(p.cost), 0))
        .where(p.edition_id.in_(editions)).group_by(p.edition_id, p.state)
    )  # fmt: skip
    for edition_id, state, number, cost in tx.execute(grouped):
        here = counts[edition_id]
        here["proposals"][state] = number
        here["funded_cost"] += int(cost or 0) if state in _FUNDED else 0
    positions = select(p.edition_id, p.reserve_position, p.state, _freed()).where(
        p.edition_id.in_(editions), or_(p.reserve_position.is_not(None), _freed())
    )
    for edition_id, position, _state, freed in tx.execute(positions):
        if position is not None:
            counts[edition_id]["taken"].add(position)
        counts[edition_id]["freed"] += int(bool(freed))
    around_it = _conferences_and_committee(tx, editions)
    return {one: _total(counts[one], around_it[one]) for one in editions}


def _total(here: Mapping[str, Any], around_it: Mapping[str, Any]) -> Totals:
    return Totals(
        proposals=here["proposals"], funded=sum(here["proposals"].get(s, 0) for s in _FUNDED), freed=here["freed"],
        funded_cost=here["funded_cost"], taken_positions=frozenset(here["taken"]),
        first_reserve=min(here["taken"], default=None), conferences=tuple(sorted(around_it["conferences"])),
        committee=around_it["committee"], committee_ids=frozenset(around_it["ids"]),
        agreement_state=around_it["agreement"][0], partners=around_it["agreement"][1],
    )  # fmt: skip


def _conferences_and_committee(tx: Connection, editions: set[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {
        one: {"conferences": [], "committee": {}, "ids": set(), "agreement": (None, 0)} for one in editions
    }
    c, a, g = Conference, Agreement, RoleGrant
    for row in tx.execute(
        select(c.edition_id, c.number, c.state, c.is_summary, c.starts_at).where(c.edition_id.in_(editions))
    ):
        found[row[0]]["conferences"].append(tuple(row)[1:])
    seats = select(g.edition_id, g.person_id, func.max(g.sector)).where(
        g.edition_id.in_(editions), g.withdrawn_at.is_(None), g.role.in_(("committee_member", "committee_chair"))
    )
    for edition_id, person, sector in tx.execute(seats.group_by(g.edition_id, g.person_id)):
        here = found[edition_id]
        here["ids"].add(person)
        here["committee"][sector] = here["committee"].get(sector, 0) + 1
    for edition_id, state, partners in tx.execute(
        select(a.edition_id, a.state, a.partners).where(a.edition_id.in_(editions))
    ):
        found[edition_id]["agreement"] = (state, partners)
    return found
