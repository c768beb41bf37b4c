"""Partners of the agreement, their papers, and its amendments; the terms of the agreement itself."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

EMPTY, NOTHING = sa.text("''"), sa.text("'{}'")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _column(name: str, kind: sa.types.TypeEngine | type, default: sa.TextClause | None = None) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, kind, nullable=False, server_default=default)


def upgrade() -> None:
    op.add_column("agreement", sa.Column("minimum_signatures", sa.Integer(), nullable=True))
    op.add_column("agreement", sa.Column("valid_until", UtcDateTime(), nullable=True))
    _create_partner()
    _create_file()
    _create_amendment()


def _create_partner() -> None:
    name = "agreement_partner"
    op.create_table(
        name,
        _column("id", Key),
        _column("edition_id", Key),
        _column("agreement_id", Key),
        _column("organisation_id", Key),
        _column("number", sa.Integer()),
        _column("name", sa.String(200)),
        sa.Column("contact_id", Key, nullable=True),
        sa.Column("signatory_id", Key, nullable=True),
        _column("signatory_name", sa.String(200), EMPTY),
        _column("signatory_function", sa.String(200), EMPTY),
        _column("mandate_note", sa.Text(), EMPTY),
        _column("signed_by", sa.String(12), EMPTY),
        sa.Column("signed_on", UtcDateTime(), nullable=True),
        sa.Column("signed_document_id", Key, nullable=True),
        _column("reason", sa.Text(), EMPTY),
        _column("lifecycle", sa.String(64)),
        _column("lifecycle_version", sa.Integer()),
        _column("state", sa.String(40)),
        _column("version", sa.Integer(), sa.text("0")),
        sa.Column("previous_state", sa.String(40), nullable=True),
        _column("recorded", Json, NOTHING),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        _column("head_hash", sa.String(64), EMPTY),
        _column("created_at", UtcDateTime()),
        _column("updated_at", UtcDateTime()),
        _refers(name, "edition_id", "edition"),
        _refers(name, "agreement_id", "agreement"),
        _refers(name, "organisation_id", "organisation"),
        _refers(name, "contact_id", "person"),
        _refers(name, "signatory_id", "person"),
        _refers(name, "signed_document_id", "document"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("agreement_id", "organisation_id", name=op.f(f"uq_{name}_agreement_id_organisation_id")),
    )
    for column in ("edition_id", "organisation_id", "contact_id", "signatory_id"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _create_file() -> None:
    name = "agreement_partner_file"
    op.create_table(
        name,
        _column("id", Key),
        _column("partner_id", Key),
        _column("paper", sa.String(12)),
        _column("file_name", sa.String(200)),
        _column("file_type", sa.String(100)),
        _column("file_size", sa.BigInteger()),
        _column("file_sha256", sa.String(64)),
        sa.Column("file_key", sa.String(64), nullable=True),
        sa.Column("recorded_by_id", Key, nullable=True),
        _column("recorded_at", UtcDateTime()),
        _refers(name, "partner_id", "agreement_partner"),
        _refers(name, "recorded_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("file_key", name=op.f(f"uq_{name}_file_key")),
    )
    op.create_index(op.f(f"ix_{name}_partner_id"), name, ["partner_id"])


def _create_amendment() -> None:
    name = "agreement_amendment"
    op.create_table(
        name,
        _column("agreement_id", Key),
        _column("number", sa.Integer()),
        _column("kind", sa.String(12)),
        sa.Column("partner_id", Key, nullable=True),
        sa.Column("document_id", Key, nullable=True),
        _column("reason", sa.Text(), EMPTY),
        _column("at", UtcDateTime()),
        _refers(name, "agreement_id", "agreement"),
        _refers(name, "partner_id", "agreement_partner"),
        _refers(name, "document_id", "document"),
        sa.PrimaryKeyConstraint("agreement_id", "number", name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    for table in ("agreement_amendment", "agreement_partner_file", "agreement_partner"):
        op.drop_table(table)
    op.drop_column("agreement", "valid_until")
    op.drop_column("agreement", "minimum_signatures")
