"""Decisions whose figures were typed become rows without electors; the announcement gets its requests.

Resolutions and decisions are written anew, because a typed resolution had no meeting. What was announced stays
effective, marked as typed; what was not announced is kept as well, but has to be voted on again. Historical
editions keep what their sources say.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
ACTIVE = sa.text("active")
WAITING = sa.text("closed_at IS NULL")
COMMITTEE = "committee"
NUMBERED = re.compile(r"(\d{1,6})\s*/\s*(\d{4})")
FIGURES = ("members", "present", "votes_for", "votes_against", "votes_abstain", "votes_by_sector", "recused", "score")


def _tables(*, typed: bool) -> tuple[sa.Table, sa.Table]:
    """Resolutions and decisions, with or without those that were typed, and what they refer to."""
    others = sa.MetaData()
    for name in ("edition", "proposal"):
        sa.Table(name, others, sa.Column("id", Key, primary_key=True))
    sa.Table("motion", others, sa.Column("meeting_id", sa.BigInteger(), primary_key=True),
             sa.Column("number", sa.Integer(), primary_key=True))  # fmt: skip
    return _resolution(others, typed=typed), _decision(others, typed=typed)


def _resolution(others: sa.MetaData, *, typed: bool) -> sa.Table:
    """The table of resolutions, with or without those that were typed."""
    more = [sa.Column("designation", sa.String(300), server_default=EMPTY, nullable=False)] if typed else []
    return sa.Table(
        "resolution", others,
        sa.Column("edition_id", Key, nullable=False), sa.Column("body", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.BigInteger(), nullable=typed),
        sa.Column("motion_number", sa.Integer(), nullable=typed),
        sa.Column("title", sa.Text(), nullable=False), sa.Column("adopted_on", sa.Date(), nullable=False), *more,
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_resolution_edition_id")),
        sa.ForeignKeyConstraint(["meeting_id", "motion_number"], ["motion.meeting_id", "motion.number"],
                                name=op.f("fk_resolution_meeting_id_motion_number")),
        sa.PrimaryKeyConstraint("edition_id", "body", "year", "number", name=op.f("pk_resolution")),
        sa.UniqueConstraint("meeting_id", "motion_number", name=op.f("uq_resolution_meeting_id_motion_number")),
    )  # fmt: skip


def _decision(others: sa.MetaData, *, typed: bool) -> sa.Table:
    more = [sa.Column("figures", Json, nullable=True)] if typed else []
    return sa.Table(
        "decision", others,
        sa.Column("edition_id", sa.BigInteger(), nullable=False), sa.Column("body", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False), sa.Column("resolution_number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", Key, nullable=False), sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("justification", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("sheet_digest", sa.String(64), server_default=EMPTY, nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=True), *more,
        sa.ForeignKeyConstraint(["edition_id", "body", "year", "resolution_number"],
                                ["resolution.edition_id", "resolution.body", "resolution.year", "resolution.number"],
                                name=op.f("fk_decision_edition_id_body_year_resolution_number")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_decision_proposal_id")),
        sa.PrimaryKeyConstraint("edition_id", "body", "year", "resolution_number", "proposal_id",
                                name=op.f("pk_decision")),
        sa.Index("uq_decision_active", "proposal_id", unique=True, postgresql_where=ACTIVE, sqlite_where=ACTIVE),
    )  # fmt: skip


def _rebuild(*, typed: bool) -> None:
    """Write both tables in their other form, with the rows that fit it."""
    connection, old = op.get_bind(), _tables(typed=not typed)
    resolutions, decisions = ([dict(row) for row in connection.execute(sa.select(table)).mappings()] for table in old)
    if not typed:
        resolutions = [row for row in resolutions if row["meeting_id"] is not None]
        kept = {(row["edition_id"], row["body"], row["year"], row["number"]) for row in resolutions}
        decisions = [row for row in decisions
                     if (row["edition_id"], row["body"], row["year"], row["resolution_number"]) in kept]  # fmt: skip
    op.drop_table("decision")
    op.drop_table("resolution")
    for table, rows in zip(_tables(typed=typed), (resolutions, decisions), strict=True):
        table.create(connection)
        names = table.c.keys()
        for row in rows:
            connection.execute(table.insert().values({name: row[name] for name in names if name in row}))


def upgrade() -> None:
    _rebuild(typed=True)
    _carry_over()
    op.create_table(
        "announcement_request",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("notes", Json, nullable=False),
        sa.Column("requested_by_id", Key, nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by_id", Key, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("announced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_announcement_request_edition_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], name=op.f("fk_announcement_request_requested_by_id")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_announcement_request_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_request")),
    )
    op.create_index(
        "uq_announcement_request_waiting",
        "announcement_request",
        ["edition_id"],
        unique=True,
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("announcement_request")
    _rebuild(typed=False)


def _carry_over() -> None:
    """A row for every decision that a case file of a present edition holds and no resolution has made."""
    connection = op.get_bind()
    resolution, decision = _tables(typed=True)
    numbers = {
        (row.edition_id, row.year, row.number)
        for row in connection.execute(sa.select(resolution).where(resolution.c.body == COMMITTEE))
    }
    made: dict[tuple[int, str, date], tuple[int, int]] = {}
    decided = {row.proposal_id for row in connection.execute(sa.select(decision))}
    for proposal_id, edition_id, entry, announced_at in _typed(connection):
        if proposal_id in decided:
            continue
        day = date.fromisoformat(entry["adopted_on"])
        designation = str(entry.get("resolution") or "")
        key = edition_id, designation, day
        if key not in made:
            made[key] = _number(designation, day, edition_id, numbers)
            numbers.add((edition_id, *made[key]))
            connection.execute(resolution.insert().values(
                edition_id=edition_id, body=COMMITTEE, year=made[key][0], number=made[key][1], title=designation,
                adopted_on=day, designation=designation,
            ))  # fmt: skip
        connection.execute(decision.insert().values(
            edition_id=edition_id, body=COMMITTEE, year=made[key][0], resolution_number=made[key][1],
            proposal_id=proposal_id, outcome=entry["outcome"], position=entry.get("position"),
            justification=entry.get("justification") or "", active=announced_at is not None, announced_at=announced_at,
            figures={"source": "typed", **{name: entry[name] for name in FIGURES if name in entry}},
        ))  # fmt: skip


def _typed(connection: sa.Connection) -> Iterator[tuple[int, int, Mapping[str, Any], datetime | None]]:
    """Proposal, edition, what was typed, and when it was announced, in the order of their numbers."""
    p, e = (sa.table(name, *(sa.column(column, kind) for column, kind in columns)) for name, columns in _COLUMNS)
    query = sa.select(p.c.id, p.c.edition_id, p.c.recorded).join(e, e.c.id == p.c.edition_id)
    for row in connection.execute(query.where(e.c.historical.is_(False)).order_by(p.c.id)).all():
        announced, waiting = row.recorded.get("decision"), row.recorded.get("decide")
        entry = announced or waiting
        # What a resolution decided names its electors.
        if not entry or "electors" in entry or not entry.get("adopted_on"):
            continue
        at = datetime.fromisoformat(announced["announced_at"]).astimezone(UTC) if announced else None
        yield row.id, row.edition_id, entry, at


_COLUMNS: Sequence[tuple[str, Sequence[tuple[str, Any]]]] = (
    ("proposal", (("id", Key), ("edition_id", Key), ("recorded", Json))),
    ("edition", (("id", Key), ("historical", sa.Boolean()))),
)


def _number(designation: str, day: date, edition_id: int, taken: set[tuple[int, int, int]]) -> tuple[int, int]:
    """Year and number of a typed resolution: those in its designation where they are free, else the next number."""
    if (found := NUMBERED.fullmatch(designation.strip())) and (edition_id, int(found[2]), int(found[1])) not in taken:
        return int(found[2]), int(found[1])
    last = max((number for edition, year, number in taken if (edition, year) == (edition_id, day.year)), default=0)
    return day.year, last + 1
