"""The sheets of all projects that a committee has before it, read in four statements however many there are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.i18n import say
from workflow.models import Proposal, SheetVersion
from workflow.rules.facts import SHEET_CONTENT, sheet_digest
from workflow.rules.sheet_sections import asked_sections
from workflow.rules.states import ProposalState
from workflow.sheet.packet import Packet
from workflow.sheet.pdf import LANGUAGE, HandedIn, Print
from workflow.submission.queries import names_of

# Admitted, and everything that the committee decides about afterwards.
BEFORE_THE_COMMITTEE = (
    ProposalState.ADMITTED, ProposalState.PRESENTED, ProposalState.SELECTED, ProposalState.RESERVE,
    ProposalState.NOT_SELECTED,
)  # fmt: skip


def packet_of(tx: Connection, edition: Mapping[str, Any], *, at: datetime, names_minors: bool) -> Packet:
    """All sheets as they are now; a text that was handed in so comes with its receipt. Three statements."""
    p, v = Proposal, SheetVersion
    rows = tx.execute(
        select(p.id, p.number, p.leader_id, p.member_count, p.updated_at, *(getattr(p, name) for name in SHEET_CONTENT))
        .where(p.edition_id == edition["id"], p.state.in_(BEFORE_THE_COMMITTEE)).order_by(p.number)
    ).all()  # fmt: skip
    query = select(v.proposal_id, v.digest, v.receipt, v.by_name, v.at).where(
        v.proposal_id.in_([row.id for row in rows]), v.receipt.is_not(None)
    )
    handed_in = {(row.proposal_id, row.digest): row for row in tx.execute(query.order_by(v.number))}
    people = names_of(tx, {row.leader_id for row in rows}, names_minors=names_minors)
    sections = [(section.name, say(section.label, LANGUAGE)) for section in asked_sections(edition)]
    sheets = [_print(row, handed_in, edition["title"], sections, people.get(row.leader_id, "")) for row in rows]
    return Packet(edition["title"], sheets, at)


def _print(
    row: Any, handed_in: Mapping[tuple[int, str], Any], edition: str, sections: list[tuple[str, str]], leader: str
) -> Print:
    content = {name: getattr(row, name) for name in SHEET_CONTENT}
    version = handed_in.get((row.id, sheet_digest(content)))
    return Print(
        content=content, edition=edition, number=row.number, sections=sections, leader=leader,
        members=row.member_count, at=version.at if version else row.updated_at,
        handed_in=HandedIn(version.receipt, version.digest, version.by_name, version.at) if version else None,
    )  # fmt: skip
