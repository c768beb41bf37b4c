"""Documents with their renderings, readers, signatures and publication; absences of a meeting."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0020"
down_revision = "0023"
branch_labels = None
depends_on = None

EMPTY = sa.text("''")
TABLES = ("publication", "document_signature", "document_reading", "document_rendering", "document", "absence")
# Table -> when a change of its rows is refused; NEW and OLD as in both databases.
KEPT = {
    "document": "OLD.state = 'approved' OR NEW.data_digest <> OLD.data_digest",
    "document_rendering": "",
    "document_signature": "",
}


def upgrade() -> None:
    _create_absence()
    _create_document()
    _create_about_documents()
    _create_publication()
    _keep()


def _create_absence() -> None:
    op.create_table(
        "absence",
        sa.Column("meeting_id", Key, nullable=False),
        sa.Column("seat_id", Key, nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("entered_by_id", Key, nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_absence_entered_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_absence_meeting_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_absence_seat_id")),
        sa.PrimaryKeyConstraint("meeting_id", "seat_id", name=op.f("pk_absence")),
    )


def _create_document() -> None:
    op.create_table(
        "document",
        sa.Column("id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("series", sa.String(length=40), server_default=EMPTY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("data_digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", Key, nullable=True),
        sa.Column("generated_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("corrects_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_document_author_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["document.id"], name=op.f("fk_document_corrects_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_document_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "edition_id",
            "kind",
            "series",
            "number",
            "version",
            name=op.f("uq_document_edition_id_kind_series_number_version"),
        ),
    )


def _create_about_documents() -> None:
    op.create_table(
        "document_rendering",
        sa.Column("document_id", Key, nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_rendering_document_id")),
        sa.PrimaryKeyConstraint("document_id", "format", name=op.f("pk_document_rendering")),
    )
    op.create_table(
        "document_reading",
        sa.Column("document_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_reading_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_reading_person_id")),
        sa.PrimaryKeyConstraint("document_id", "person_id", name=op.f("pk_document_reading")),
    )
    op.create_table(
        "document_signature",
        sa.Column("document_id", Key, nullable=False),
        sa.Column("meaning", sa.String(length=12), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("function", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_signature_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_signature_person_id")),
        sa.PrimaryKeyConstraint("document_id", "meaning", name=op.f("pk_document_signature")),
    )


def _create_publication() -> None:
    op.create_table(
        "publication",
        sa.Column("document_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("produced_by", sa.String(length=200), nullable=False),
        sa.Column("responsible", sa.String(length=200), nullable=False),
        sa.Column("published_by_id", Key, nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_publication_document_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_publication_edition_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_publication_published_by_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_publication")),
    )
    op.create_index(op.f("ix_publication_edition_id"), "publication", ["edition_id"], unique=False)


def _keep() -> None:
    """The database itself refuses to change what a document says, and to delete anything that was approved."""
    if op.get_bind().dialect.name == "sqlite":
        for table, when in KEPT.items():
            _keep_on_sqlite(table, when)
        return
    op.execute(
        "CREATE FUNCTION document_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an approved document never changes'; END $$"
    )
    for table, when in KEPT.items():
        for deed, condition in (("UPDATE", when), ("DELETE", when.partition(" OR ")[0])):
            clause = f"WHEN ({condition}) " if condition else ""
            op.execute(
                f"CREATE TRIGGER {table}_keeps_{deed.lower()} BEFORE {deed} ON {table} "
                f"FOR EACH ROW {clause}EXECUTE FUNCTION document_is_kept()"
            )


def _keep_on_sqlite(table: str, when: str) -> None:
    for deed, condition in (("UPDATE", when), ("DELETE", when.partition(" OR ")[0])):
        clause = f"WHEN {condition} " if condition else ""
        op.execute(
            f"CREATE TRIGGER {table}_keeps_{deed.lower()} BEFORE {deed} ON {table} {clause}"
            "BEGIN SELECT RAISE(ABORT, 'an approved document never changes'); END"
        )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION document_is_kept()")
