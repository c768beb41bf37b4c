"""Votes in the hall of a conference: options, electors, the box, ballots, receipts, cards."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0052"
down_revision = "0053"
branch_labels = None
depends_on = None

EMPTY, NO, NOTHING = sa.text("''"), sa.text("false"), sa.text("'{}'")
TABLES = ("hall_card_line", "hall_card_count", "hall_receipt", "hall_named_ballot", "hall_ballot", "hall_box",
          "hall_elector", "hall_option", "hall_poll")  # fmt: skip


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _column(name: str, kind: sa.types.TypeEngine | type, default: sa.TextClause | None = None) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, kind, nullable=False, server_default=default)


def upgrade() -> None:
    _create_poll()
    _create_options_and_electors()
    _create_ballots()
    _create_cards()


def _create_poll() -> None:
    op.create_table(
        "hall_poll",
        _column("id", Key),
        _column("edition_id", Key),
        _column("conference_id", Key),
        _column("question", sa.Text()),
        _column("method", sa.String(12), sa.text("'ayes'")),
        sa.Column("max_choices", sa.Integer(), nullable=True),
        sa.Column("points_total", sa.Integer(), nullable=True),
        sa.Column("points_each", sa.Integer(), nullable=True),
        _column("secret", sa.Boolean(), NO),
        sa.Column("minutes", sa.Integer(), nullable=True),
        _column("rules", Json, NOTHING),
        _column("rules_digest", sa.String(64), EMPTY),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=True),
        _column("result_digest", sa.String(64), EMPTY),
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
        _refers("hall_poll", "edition_id", "edition"),
        _refers("hall_poll", "conference_id", "conference"),
        _key("hall_poll", "id"),
    )
    op.create_index("uq_hall_poll_id_secret", "hall_poll", ["id", "secret"], unique=True)
    op.create_index(op.f("ix_hall_poll_edition_id"), "hall_poll", ["edition_id"])
    op.create_index(op.f("ix_hall_poll_conference_id"), "hall_poll", ["conference_id"])


def _create_options_and_electors() -> None:
    op.create_table(
        "hall_option",
        _column("poll_id", Key),
        _column("key", sa.String(12)),
        _column("place", sa.Integer()),
        _column("label", sa.Text()),
        sa.Column("proposal_id", Key, nullable=True),
        _column("details", sa.Text(), EMPTY),
        _column("cost", Key, sa.text("0")),
        _refers("hall_option", "poll_id", "hall_poll"),
        _refers("hall_option", "proposal_id", "proposal"),
        _key("hall_option", "poll_id", "key"),
        sa.UniqueConstraint("poll_id", "place", name=op.f("uq_hall_option_poll_id_place")),
    )
    op.create_table(
        "hall_elector",
        _column("poll_id", Key),
        _column("registration_id", Key),
        _column("person_id", Key),
        _column("sector", sa.String(120), EMPTY),
        _column("stratum", sa.Text(), EMPTY),
        _column("voted", sa.Boolean(), NO),
        _column("channel", sa.String(12), EMPTY),
        _column("card_issued", sa.Boolean(), NO),
        sa.CheckConstraint("voted OR channel = ''", name=op.f("ck_hall_elector_channel_of_a_vote")),
        _refers("hall_elector", "poll_id", "hall_poll"),
        _refers("hall_elector", "registration_id", "registration"),
        _refers("hall_elector", "person_id", "person"),
        _key("hall_elector", "poll_id", "registration_id"),
        sa.UniqueConstraint("poll_id", "person_id", name=op.f("uq_hall_elector_poll_id_person_id")),
    )
    op.create_index("ix_hall_elector_voted", "hall_elector", ["poll_id", "voted"])
    op.create_index(op.f("ix_hall_elector_person_id"), "hall_elector", ["person_id"])


def _create_ballots() -> None:
    op.create_table(
        "hall_box",
        _column("poll_id", Key),
        _column("number", sa.String(8)),
        _column("sealed", sa.Text()),
        _column("revision", sa.Integer()),
        _refers("hall_box", "poll_id", "hall_poll"),
        _key("hall_box", "poll_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hall_ballot",
        _column("poll_id", Key),
        _column("code", sa.String(8)),
        _column("secret", sa.Boolean(), sa.text("true")),
        _column("choice", sa.Text()),
        _column("stratum", sa.Text(), EMPTY),
        sa.CheckConstraint("secret", name=op.f("ck_hall_ballot_of_a_secret_vote")),
        sa.ForeignKeyConstraint(
            ["poll_id", "secret"], ["hall_poll.id", "hall_poll.secret"], name=op.f("fk_hall_ballot_poll_id_secret")
        ),
        _key("hall_ballot", "poll_id", "code"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "hall_named_ballot",
        _column("poll_id", Key),
        _column("registration_id", Key),
        _column("choice", sa.Text()),
        _column("cast_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["poll_id", "registration_id"],
            ["hall_elector.poll_id", "hall_elector.registration_id"],
            name=op.f("fk_hall_named_ballot_poll_id_registration_id"),
        ),
        _key("hall_named_ballot", "poll_id", "registration_id"),
    )
    op.create_table(
        "hall_receipt",
        _column("poll_id", Key),
        _column("number", sa.String(8)),
        _refers("hall_receipt", "poll_id", "hall_poll"),
        _key("hall_receipt", "poll_id", "number"),
        sqlite_with_rowid=False,
    )


def _create_cards() -> None:
    op.create_table(
        "hall_card_count",
        _column("poll_id", Key),
        _column("clerk", sa.Integer()),
        _column("person_id", Key),
        _column("in_box", sa.Integer()),
        _column("spoiled", sa.Integer()),
        _column("typed_at", UtcDateTime()),
        sa.CheckConstraint("clerk IN (1, 2)", name=op.f("ck_hall_card_count_two_clerks")),
        sa.CheckConstraint("in_box >= 0 AND spoiled >= 0", name=op.f("ck_hall_card_count_counts")),
        _refers("hall_card_count", "poll_id", "hall_poll"),
        _refers("hall_card_count", "person_id", "person"),
        _key("hall_card_count", "poll_id", "clerk"),
        sa.UniqueConstraint("poll_id", "person_id", name=op.f("uq_hall_card_count_poll_id_person_id")),
    )
    op.create_table(
        "hall_card_line",
        _column("poll_id", Key),
        _column("clerk", sa.Integer()),
        _column("card", sa.Integer()),
        _column("choice", sa.Text()),
        sa.ForeignKeyConstraint(
            ["poll_id", "clerk"],
            ["hall_card_count.poll_id", "hall_card_count.clerk"],
            name=op.f("fk_hall_card_line_poll_id_clerk"),
        ),
        _key("hall_card_line", "poll_id", "clerk", "card"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
