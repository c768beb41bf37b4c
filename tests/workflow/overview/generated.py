"""Editions with random projects and pasts, written past the machine: for what depends on rows alone."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from workflow.base.collation import sort_key
from workflow.models import BudgetLine, Edition, Expense, HistoryEntry, Milestone, ProgressReport, Proposal
from workflow.rules.facts import Ref
from workflow.rules.states import FUNDED, MilestoneState, ProposalState, ReportKind, ReportState

STATES = tuple(ProposalState)
SECTORS = ("gospodarka", "edukacja", "kultura", "")
COMMUNES = ("Gąbin", "Łosice", "Wierzbica")
MOST = 60


def fill(tx: Connection, edition: Ref, seed: int, *, at: datetime) -> None:
    """Fill an edition with up to `MOST` projects, each with a walk through states that ends in its own."""
    chance = random.Random(seed)
    tx.execute(update(Edition).where(Edition.id == edition.id).values(
        sectors=[sector for sector in SECTORS if sector], communes=list(COMMUNES), budget=chance.randrange(10**9),
    ))  # fmt: skip
    first = max(tx.execute(select(Proposal.number).where(Proposal.edition_id == edition.id)).scalars(), default=0) + 1
    for number in range(first, first + chance.randrange(MOST)):
        _add(tx, edition, number, chance, at)


def _add(tx: Connection, edition: Ref, number: int, chance: random.Random, at: datetime) -> None:
    walk = [ProposalState.IDEA, *chance.choices(STATES, k=chance.randrange(8))]
    moments = sorted(at - timedelta(minutes=chance.randrange(200_000)) for _ in walk)
    title = f"Projekt {number}"
    row = {
        "edition_id": edition.id, "number": number, "title": title, "sort_key": sort_key(title), "search": title.lower(),
        "lifecycle": "local_partnership", "lifecycle_version": 5, "state": walk[-1], "version": len(walk),
        "state_since": moments[-1], "sector": chance.choice(SECTORS), "sheet": {"places": chance.sample(COMMUNES, 2)},
        "cost": chance.choice([None, chance.randrange(10**8)]), "created_at": moments[0], "updated_at": moments[-1],
        "report_due_at": chance.choice([None, at + timedelta(days=chance.randrange(-30, 30), hours=1)]),
        "due_at": chance.choice([None, at + timedelta(days=chance.randrange(-30, 30), hours=1)]),
        "plan_accepted_at": chance.choice([None, moments[-1]]),
    }  # fmt: skip
    number_of_row = tx.execute(insert(Proposal).values(**row).returning(Proposal.id)).scalar_one()
    if walk[-1] in (*FUNDED, ProposalState.CANCELLED):
        for model, values in _plan(edition, number_of_row, chance, at):
            if row["plan_accepted_at"] is None and model in (BudgetLine, Expense):
                continue
            tx.execute(insert(model).values(**values))
    for version, (state, moment) in enumerate(zip(walk, moments, strict=True), start=1):
        tx.execute(insert(HistoryEntry).values(_entry(number_of_row, version, walk, state, moment)))


def _plan(edition: Ref, project: int, chance: random.Random, at: datetime) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Rows of a plan: milestones around now, a line of money with a contract and a payment, perhaps a report."""
    for number in range(1, chance.randrange(1, 6)):
        yield Milestone, {
            "edition_id": edition.id, "proposal_id": project, "number": number, "title": f"Etap {number}",
            "lifecycle": "milestone", "lifecycle_version": 1, "state": chance.choice(tuple(MilestoneState)),
            "due_at": chance.choice([None, at + timedelta(days=chance.randrange(-40, 40), hours=1)]), "created_at": at,
            "updated_at": at,
        }  # fmt: skip
    # Its own number, so that what stands on it can name it.
    yield BudgetLine, {"id": project, "proposal_id": project, "number": 1, "label": "Remont", "agreed": 0,
                       "planned": chance.randrange(10**7), "created_at": at}  # fmt: skip
    for number, kind in enumerate(chance.choices(("committed", "spent"), k=chance.randrange(4)), start=1):
        yield Expense, {"proposal_id": project, "line_id": project, "number": number, "kind": kind, "day": at.date(),
                        "amount": chance.randrange(1, 10**6), "what": "Cement", "noted_at": at,
                        "struck_at": chance.choice([None, None, at])}  # fmt: skip
    yield ProgressReport, {"proposal_id": project, "number": 1, "kind": ReportKind.PROGRESS, "created_at": at,
                           "state": chance.choice((ReportState.HANDED_IN, ReportState.ACCEPTED, ReportState.RETURNED)),
                           "light": chance.choice(("red", "amber", "green"))}  # fmt: skip


def _entry(number: int, version: int, walk: list[ProposalState], state: ProposalState, at: datetime) -> dict[str, Any]:
    return {
        "subject_kind": "proposal", "subject_id": number, "version": version, "lifecycle": "local_partnership",
        "lifecycle_version": 5, "row": "T01", "step": "generated", "from_state": walk[version - 2] if version > 1 else None,
        "to_state": state, "role": "system", "at": at, "prev_hash": "", "hash": f"{number}-{version}",
    }  # fmt: skip
