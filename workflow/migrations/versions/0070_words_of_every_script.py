"""Fold the words for searching anew: letters of every script and emoji are found since, in whatever form they come."""

import sqlalchemy as sa
from alembic import op

from workflow.base.collation import fold

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_SEARCHED = ("title", "summary", "sector", "area")
_LONGEST_NAME = 200
_BATCH = 500


def upgrade() -> None:
    """Only rows with other letters than the Polish ones have other words now; triggers keep the index of words."""
    _fold_anew("proposal", _SEARCHED)
    _fold_anew("organisation", ("name",), longest=_LONGEST_NAME)


def _fold_anew(name: str, columns: tuple[str, ...], longest: int | None = None) -> None:
    table = sa.table(name, sa.column("id"), sa.column("search"), *map(sa.column, columns))
    page = sa.select(table).order_by(table.c.id).limit(_BATCH)
    connection, last = op.get_bind(), 0
    while rows := connection.execute(page.where(table.c.id > last)).mappings().all():
        for row in rows:
            words = fold(" ".join(row[column] for column in columns if row[column]))[:longest]
            if words != row["search"]:
                connection.execute(sa.update(table).where(table.c.id == row["id"]).values(search=words))
        last = rows[-1]["id"]


def downgrade() -> None:
    """The words of before are found among those of today."""
