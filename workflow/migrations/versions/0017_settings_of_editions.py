"""Settings of an edition in one column: what differs from the defaults; seven columns without an editor go.

Editions that are there keep what they have had: each value of a column, and a quorum of more than half of the seats,
where new editions begin with at least half.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key

revision = "0017"
down_revision = "0019"
branch_labels = None
depends_on = None

# The columns with their defaults, which are those of the catalogue.
NUMBERS = {"completion_days": 7, "appeal_days": 7, "appeal_decision_days": 14, "freeze_days": 7, "settlement_days": 60}
FLAGS = {"allows_appeals": True, "reserve_may_skip": False}
DEFAULTS: dict[str, Any] = {**FLAGS, **NUMBERS}
KEPT = {"quorum_strict": True}


def _edition() -> sa.Table:
    return sa.Table(
        "edition", sa.MetaData(), sa.Column("id", Key, primary_key=True), sa.Column("settings", Json),
        *(sa.Column(name, sa.Boolean()) for name in FLAGS), *(sa.Column(name, sa.Integer()) for name in NUMBERS),
    )  # fmt: skip


def upgrade() -> None:
    op.add_column("edition", sa.Column("settings", Json, server_default=sa.text("'{}'"), nullable=False))
    connection, edition = op.get_bind(), _edition()
    for row in connection.execute(sa.select(edition)).mappings().all():
        settings = {**KEPT, **{name: row[name] for name, default in DEFAULTS.items() if row[name] != default}}
        connection.execute(sa.update(edition).where(edition.c.id == row["id"]).values(settings=settings))
    for name in DEFAULTS:
        op.drop_column("edition", name)


def downgrade() -> None:
    for name, default in DEFAULTS.items():
        kind = sa.Boolean() if name in FLAGS else sa.Integer()
        text = sa.text(str(default).lower())
        op.add_column("edition", sa.Column(name, kind, server_default=text, nullable=False))
    connection, edition = op.get_bind(), _edition()
    for row in connection.execute(sa.select(edition.c.id, edition.c.settings)).all():
        values = {name: row.settings[name] for name in DEFAULTS if name in row.settings}
        if values:
            connection.execute(sa.update(edition).where(edition.c.id == row.id).values(values))
    op.drop_column("edition", "settings")
