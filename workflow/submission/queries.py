"""What was handed in: its versions with their receipts, what is printed of them, and whether a receipt is genuine."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, select

from workflow.base.i18n import _, say
from workflow.models import Person, Proposal, Receipt, SheetVersion
from workflow.rules.facts import Facts
from workflow.rules.sheet_sections import asked_sections
from workflow.sheet.pdf import LANGUAGE, HandedIn, Print
from workflow.sheet.versions import LISTED, VersionText, written_by

PUPIL = _("a pupil")


class Submission(Struct, frozen=True):
    """One version that was handed in, without its text."""

    number: int
    receipt: str | None
    digest: str
    by_name: str
    at: datetime
    # submitted or resubmitted
    reason: str


def submissions_of(tx: Connection, proposal_id: int, *, names_minors: bool) -> tuple[Submission, ...]:
    """Everything that was handed in for a proposal, newest first; one statement."""
    v = SheetVersion
    query = (
        select(v.number, v.receipt, v.digest, written_by(names_minors=names_minors), v.at, v.reason)
        .where(v.proposal_id == proposal_id, v.receipt.is_not(None))
        .order_by(v.number.desc())
    )
    return tuple(Submission(*row) for row in tx.execute(query))


def last_texts(tx: Connection, proposal_id: int) -> tuple[VersionText, ...]:
    """The texts of the latest two hand-ins, newest first: what the office compares; one statement."""
    v = SheetVersion
    query = (
        select(*LISTED, v.content)
        .where(v.proposal_id == proposal_id, v.receipt.is_not(None))
        .order_by(v.number.desc())
        .limit(2)
    )
    return tuple(VersionText(*row) for row in tx.execute(query))


def handed_in_at(tx: Connection, number: str, digest: str) -> datetime | None:
    """When the text with this digest was handed in under this receipt; None where the two do not belong together."""
    row = tx.execute(select(Receipt.digest, Receipt.at).where(Receipt.number == number)).one_or_none()
    return row.at if row and compare_digest(row.digest, digest) else None


def version_print(tx: Connection, proposal_id: int, number: int, *, names_minors: bool) -> Print | None:
    """What is printed of a version that was handed in; None where there is no such one. Two statements."""
    mine = and_(SheetVersion.proposal_id == proposal_id, SheetVersion.number == number)
    return _print(tx, mine, names_minors=names_minors)


def receipt_print(tx: Connection, receipt: str, *, names_minors: bool) -> Print | None:
    """What is printed of the version that has this receipt; None where there is no such one. Two statements."""
    return _print(tx, SheetVersion.receipt == receipt, names_minors=names_minors)


def _print(tx: Connection, which: ColumnElement[bool], *, names_minors: bool) -> Print | None:
    v, r = SheetVersion, Receipt
    query = (
        select(v.content, v.digest, v.by_id, v.by_name, v.at, r.number.label("receipt"), r.printed, Proposal.number)
        .join(r, r.number == v.receipt)
        .join(Proposal, Proposal.id == v.proposal_id)
        .where(which)
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    people = names_of(tx, {row.by_id, row.printed.get("leader_id")}, names_minors=names_minors)
    return Print(
        content=row.content, edition=row.printed["edition"], number=row.number, sections=row.printed["sections"],
        leader=people.get(row.printed.get("leader_id"), ""), members=row.printed["members"], at=row.at,
        handed_in=HandedIn(row.receipt, row.digest, people.get(row.by_id, row.by_name), row.at),
    )  # fmt: skip


def draft_print(tx: Connection, facts: Facts, *, at: datetime, names_minors: bool) -> Print:
    """What is printed of the present text, marked as a draft; one statement."""
    leader = facts["leader_id"]
    return Print(
        content=facts.sheet_content(), edition=facts.edition["title"], number=facts["number"],
        sections=[(section.name, say(section.label, LANGUAGE)) for section in asked_sections(facts.edition)],
        leader=names_of(tx, {leader}, names_minors=names_minors).get(leader, ""), members=facts["member_count"], at=at,
    )  # fmt: skip


def names_of(tx: Connection, ids: set[int | None], *, names_minors: bool) -> Mapping[Any, str]:
    """Names of people as they may stand on a document that travels."""
    query = select(Person.id, Person.name, Person.is_minor).where(Person.id.in_(ids - {None}))
    return {
        row.id: say(PUPIL, LANGUAGE) if row.is_minor and not names_minors else row.name for row in tx.execute(query)
    }
