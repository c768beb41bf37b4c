"""What resolutions say about decisions that were announced: they wait until they are carried out.

A project that was promoted by a typed resolution gets a row for it, marked as typed: the decision about its place on
the reserve list is not effective any more.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.base.calendar import warsaw_date
from workflow.models.base import Json, Key, UtcDateTime

revision = "0026"
down_revision = "0032"
branch_labels = None
depends_on = None

PENDING = sa.text("pending")
COMMITTEE = "committee"
_RESOLUTION = sa.table(
    "resolution", sa.column("edition_id", Key), sa.column("body"), sa.column("year", sa.Integer()),
    sa.column("number", sa.Integer()), sa.column("title"), sa.column("adopted_on", sa.Date()), sa.column("designation"),
)  # fmt: skip
_DECISION = sa.table(
    "decision", sa.column("edition_id", Key), sa.column("body"), sa.column("year", sa.Integer()),
    sa.column("resolution_number", sa.Integer()), sa.column("proposal_id", Key), sa.column("outcome"),
    sa.column("justification"), sa.column("active", sa.Boolean()), sa.column("announced_at", UtcDateTime()),
    sa.column("figures", Json),
)  # fmt: skip
_PROPOSAL = sa.table("proposal", sa.column("id", Key), sa.column("edition_id", Key), sa.column("recorded", Json))
_EDITION = sa.table("edition", sa.column("id", Key), sa.column("historical", sa.Boolean()))


def upgrade() -> None:
    op.add_column("decision", sa.Column("pending", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("uq_decision_pending", "decision", ["proposal_id"], unique=True, postgresql_where=PENDING,
                    sqlite_where=PENDING)  # fmt: skip
    _carry_over()


def downgrade() -> None:
    op.drop_index("uq_decision_pending", "decision")
    op.drop_column("decision", "pending")


def _carry_over() -> None:
    connection, d, r = op.get_bind(), _DECISION, _RESOLUTION
    for proposal_id, edition_id, entry in list(_promoted(connection)):
        at = datetime.fromisoformat(entry["at"]).astimezone(UTC)
        day = warsaw_date(at)
        here = r.c.edition_id == edition_id, r.c.body == COMMITTEE, r.c.year == day.year
        last = connection.execute(sa.select(sa.func.max(r.c.number)).where(*here)).scalar() or 0
        key = {"edition_id": edition_id, "body": COMMITTEE, "year": day.year}
        designation = str(entry.get("resolution") or "")
        connection.execute(r.insert().values(**key, number=last + 1, title=designation, adopted_on=day,
                                             designation=designation))  # fmt: skip
        connection.execute(d.update().where(d.c.proposal_id == proposal_id, d.c.active.is_(True)).values(active=False))
        connection.execute(d.insert().values(
            **key, resolution_number=last + 1, proposal_id=proposal_id, outcome="select", justification="", active=True,
            announced_at=at, figures={"source": "typed"},
        ))  # fmt: skip


def _promoted(connection: sa.Connection) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """The projects of present editions that were promoted, whose effective decision is still their place in reserve."""
    d, p, e = _DECISION, _PROPOSAL, _EDITION
    query = sa.select(p.c.id, p.c.edition_id, p.c.recorded).join(d, d.c.proposal_id == p.c.id)
    query = query.join(e, e.c.id == p.c.edition_id)
    here = e.c.historical.is_(False), d.c.active.is_(True), d.c.outcome == "place_on_reserve"
    for row in connection.execute(query.where(*here).order_by(p.c.id)).all():
        if entry := row.recorded.get("promotion"):
            yield row.id, row.edition_id, entry
