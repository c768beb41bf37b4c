"""Organisations with their people, seats of the committee and of the appeal body; both filled from what is there.

A text in `person.organisation` becomes an organisation and an affiliation; the text stays. A role of the committee or
of the appeal body that is in force becomes a seat of its sector, held since the day on which the role was given.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.base.collation import fold
from workflow.models.base import Key, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
OPEN = sa.text("to_on IS NULL")
# The seats that roles become, the chair's first; a person holds one seat of a body.
SEATS = {"committee_chair": ("committee", "chair"), "committee_member": ("committee", "member"),
         "appeal_body": ("appeal", "member")}  # fmt: skip


def upgrade() -> None:
    _create_organisations()
    _create_seats()
    if not op.get_context().as_sql:
        _carry_organisations(op.get_bind())
        _carry_seats(op.get_bind())


def _create_organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", Key, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("search", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), server_default=EMPTY, nullable=False),
        sa.Column("sector", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("commune", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("contact", sa.String(length=400), server_default=EMPTY, nullable=False),
        sa.Column("merged_into_id", Key, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into_id"], ["organisation.id"],
                                name=op.f("fk_organisation_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )  # fmt: skip
    op.create_index("ix_organisation_search", "organisation", ["search"])
    op.create_table(
        "affiliation",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("organisation_id", Key, nullable=False),
        sa.Column("position", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_affiliation_person_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_affiliation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliation")),
    )
    op.create_index(op.f("ix_affiliation_organisation_id"), "affiliation", ["organisation_id"])
    op.create_index("uq_affiliation_open", "affiliation", ["person_id", "organisation_id"], unique=True,
                    postgresql_where=OPEN, sqlite_where=OPEN)  # fmt: skip


def _create_seats() -> None:
    op.create_table(
        "seat",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("body", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("organisation_id", Key, nullable=True),
        sa.Column("function", sa.String(length=12), nullable=False),
        sa.Column("appointed_by", sa.String(length=120), server_default=EMPTY, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_seat_term")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_seat_edition_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_seat_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("edition_id", "body", "number", name=op.f("uq_seat_edition_id_body_number")),
    )
    op.create_table(
        "seat_holder",
        sa.Column("id", Key, nullable=False),
        sa.Column("seat_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("capacity", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", Key, nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("to_on IS NULL OR to_on >= from_on", name=op.f("ck_seat_holder_term")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_holder_seat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_holder_person_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_seat_holder_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_holder")),
        sa.UniqueConstraint("seat_id", "person_id", "from_on", name=op.f("uq_seat_holder_seat_id_person_id_from_on")),
    )
    op.create_index(op.f("ix_seat_holder_person_id"), "seat_holder", ["person_id"])


def _carry_organisations(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT id, organisation FROM person WHERE organisation <> '' ORDER BY id")).all()
    known: dict[str, int] = {}
    organisation, affiliation = _table("organisation"), _table("affiliation")
    now = datetime.now(UTC)
    for person_id, written in rows:
        name = " ".join(written.split())
        folded = fold(name)[:200]
        if not folded:
            continue
        if folded not in known:
            values = {"name": name[:200], "search": folded, "created_at": now}
            known[folded] = connection.execute(
                sa.insert(organisation).values(values).returning(organisation.c.id)
            ).scalar_one()
        connection.execute(sa.insert(affiliation).values(person_id=person_id, organisation_id=known[folded]))


def _carry_seats(connection: sa.Connection) -> None:
    seat, holder = _table("seat"), _table("seat_holder")
    for number, row in _numbered(connection):
        body, function = SEATS[row.role]
        since = _day(row.granted_at)
        values = {"edition_id": row.edition_id, "body": body, "number": number, "sector": row.sector,
                  "function": function, "from_on": since}  # fmt: skip
        seat_id = connection.execute(sa.insert(seat).values(values).returning(seat.c.id)).scalar_one()
        connection.execute(sa.insert(holder).values(
            seat_id=seat_id, person_id=row.person_id, capacity="holder", from_on=since,
            recorded_by_id=row.granted_by_id, recorded_at=row.granted_at,
        ))  # fmt: skip


def _numbered(connection: sa.Connection) -> Iterator[tuple[int, Any]]:
    """Each role that becomes a seat, with the seat's number in its body: the chair first, then as they were given."""
    grant = _table("role_grant")
    query = sa.select(grant).where(grant.c.role.in_(SEATS), grant.c.withdrawn_at.is_(None)).order_by(grant.c.id)
    rows = sorted(connection.execute(query), key=lambda row: list(SEATS).index(row.role))
    taken: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        people = taken.setdefault((row.edition_id, SEATS[row.role][0]), [])
        if row.person_id not in people:
            people.append(row.person_id)
            yield len(people), row


def _table(name: str) -> sa.Table:
    """The columns that this migration reads and writes, whatever the models say later."""
    moments = {"created_at", "granted_at", "recorded_at", "withdrawn_at"}
    days = {"from_on", "to_on"}
    columns = {
        "organisation": ("id", "name", "search", "created_at"), "affiliation": ("person_id", "organisation_id"),
        "seat": ("id", "edition_id", "body", "number", "sector", "function", "from_on"),
        "seat_holder": ("seat_id", "person_id", "capacity", "from_on", "recorded_by_id", "recorded_at"),
        "role_grant": ("id", "person_id", "edition_id", "role", "sector", "granted_at", "granted_by_id",
                       "withdrawn_at"),
    }[name]  # fmt: skip
    types: dict[str, Any] = {**dict.fromkeys(moments, UtcDateTime()), **dict.fromkeys(days, sa.Date())}
    numbers = {column for column in columns if column == "id" or column.endswith("_id") or column == "number"}
    return sa.Table(name, sa.MetaData(), *(
        sa.Column(column, types.get(column, Key if column in numbers else sa.String()), primary_key=column == "id")
        for column in columns
    ))  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.date()


def downgrade() -> None:
    for name in ("seat_holder", "seat", "affiliation", "organisation"):
        op.drop_table(name)
