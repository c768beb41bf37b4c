"""Tables of the first release."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Json, Key, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("county", sa.String(length=120), nullable=False),
        sa.Column("voivodeship", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("historical", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("initiators", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("sectors", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("areas", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("communes", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("facts", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("submission_deadline", UtcDateTime(), nullable=True),
        sa.Column("summary_on", UtcDateTime(), nullable=True),
        sa.Column("implementation_until", UtcDateTime(), nullable=True),
        sa.Column("appeals_until", UtcDateTime(), nullable=True),
        sa.Column("reserve_valid_until", UtcDateTime(), nullable=True),
        sa.Column("registration_open", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("rules_version", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("rules_text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("clause_version", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("clause_text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("minimum_members", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("allows_appeals", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reserve_may_skip", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("requires_agreement", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("minimum_signatures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("completion_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("appeal_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("appeal_decision_days", sa.Integer(), server_default=sa.text("14"), nullable=False),
        sa.Column("freeze_days", sa.Integer(), server_default=sa.text("7"), nullable=False),
        sa.Column("settlement_days", sa.Integer(), server_default=sa.text("60"), nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("key", name=op.f("uq_edition_key")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "history",
        sa.Column("id", Key, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("row", sa.String(length=60), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("actor_id", Key, nullable=True),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "version", name=op.f("uq_history_subject_kind_subject_id_version")
        ),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_actor", ["actor_id", "at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", Key, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("history_id", Key, nullable=True),
        sa.Column("payload", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("relayed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_subject", ["subject_kind", "subject_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_waiting",
            ["id"],
            unique=False,
            postgresql_where=sa.text("relayed_at IS NULL"),
            sqlite_where=sa.text("relayed_at IS NULL"),
        )

    op.create_table(
        "person",
        sa.Column("id", Key, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.String(length=2), server_default=sa.text("'pl'"), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.String(length=300), nullable=True),
        sa.Column("totp_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_minor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("guardian_consent_at", UtcDateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("mail_refused_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject_digest", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject_digest", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by_id", Key, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switch")),
    )
    op.create_table(
        "timer",
        sa.Column("id", Key, nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Key, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "subject_kind", "subject_id", "name", "due_at", name=op.f("uq_timer_subject_kind_subject_id_name_due_at")
        ),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_timer_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("done_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "used_key",
        sa.Column("actor_id", Key, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "key", name=op.f("pk_used_key")),
    )
    op.create_table(
        "agreement",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("partners", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("partners_source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("concluded_on", UtcDateTime(), nullable=True),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_agreement_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_agreement_edition_id")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("name", sa.String(length=100), server_default=sa.text("''"), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_token_token_digest")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conference",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_summary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("host_commune", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("venue", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("participants", sa.Integer(), nullable=True),
        sa.Column("participants_qualifier", sa.String(length=20), server_default=sa.text("''"), nullable=False),
        sa.Column("participants_source", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_conference_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_conference_edition_id_number")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", Key, nullable=False),
        sa.Column("outbox_id", Key, nullable=False),
        sa.Column("recipient_id", Key, nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), server_default=sa.text("'created'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("lease_owner", sa.String(length=80), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_delivery_outbox_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_delivery_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "outbox_id", "recipient_id", "channel", name=op.f("uq_delivery_outbox_id_recipient_id_channel")
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due",
            ["next_try_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('created', 'sending')"),
            sqlite_where=sa.text("state IN ('created', 'sending')"),
        )
        batch_op.create_index("ix_delivery_inbox", ["recipient_id", "channel", "id"], unique=False)

    op.create_table(
        "history_content",
        sa.Column("history_id", Key, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("data", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("before", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["history_id"], ["history.id"], name=op.f("fk_history_content_history_id")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_history_content")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_one_time_link")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_person_id"), ["person_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("search", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sort_key", sa.String(length=400), server_default=sa.text("''"), nullable=False),
        sa.Column("sector", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("area", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("author_id", Key, nullable=True),
        sa.Column("leader_id", Key, nullable=True),
        sa.Column("leader_accepted_at", UtcDateTime(), nullable=True),
        sa.Column("coordinator_id", Key, nullable=True),
        sa.Column("coordinator_accepted_at", UtcDateTime(), nullable=True),
        sa.Column("animator_id", Key, nullable=True),
        sa.Column("member_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sheet", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("reserve_position", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", Key, nullable=True),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("id", Key, nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("previous_state", sa.String(length=40), nullable=True),
        sa.Column("recorded", Json, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("head_hash", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["animator_id"], ["person.id"], name=op.f("fk_proposal_animator_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_proposal_author_id")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["person.id"], name=op.f("fk_proposal_coordinator_id")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_proposal_edition_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_proposal_leader_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["proposal.id"], name=op.f("fk_proposal_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_proposal_edition_id_number")),
        sa.UniqueConstraint("edition_id", "reserve_position", name=op.f("uq_proposal_edition_id_reserve_position")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_area"), ["area"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_proposal_board", ["edition_id", "state", "sort_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_coordinator_id"), ["coordinator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_leader_id"), ["leader_id"], unique=False)
        batch_op.create_index("ix_proposal_recent", ["edition_id", "updated_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposal_sector"), ["sector"], unique=False)
        batch_op.create_index("ix_proposal_title", ["edition_id", "sort_key", "id"], unique=False)

    op.create_table(
        "recovery_code",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("sector", sa.String(length=120), server_default=sa.text("''"), nullable=False),
        sa.Column("clause_version", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("clause_shown_at", UtcDateTime(), nullable=True),
        sa.Column("granted_by_id", Key, nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", Key, nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_role_grant_edition_id")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_role_grant_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_role_grant_edition_role", ["edition_id", "role"], unique=False)
        batch_op.create_index(
            "uq_role_grant_held",
            ["person_id", "edition_id", "role"],
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
            sqlite_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "web_session",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("second_factor_at", UtcDateTime(), nullable=True),
        sa.Column("browser", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_person_id"), ["person_id"], unique=False)

    op.create_table(
        "group_member",
        sa.Column("id", Key, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.Column("person_id", Key, nullable=True),
        sa.Column("name", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.String(length=20), server_default=sa.text("'member'"), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_group_member_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.UniqueConstraint("proposal_id", "person_id", name=op.f("uq_group_member_proposal_id_person_id")),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_member_proposal_id"), ["proposal_id"], unique=False)

    protect_history()


def protect_history() -> None:
    """The database itself refuses to change or delete an entry of the history."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER history_keeps_{deed.lower()} BEFORE {deed} ON history "
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER history_keeps BEFORE UPDATE OR DELETE ON history "
        "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER history_keeps_all BEFORE TRUNCATE ON history "
        "FOR EACH STATEMENT EXECUTE FUNCTION history_is_append_only()"
    )


def downgrade() -> None:
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_member_proposal_id"))
        batch_op.drop_index(batch_op.f("ix_group_member_person_id"))

    op.drop_table("group_member")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_person_id"))

    op.drop_table("web_session")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_grant_held",
            postgresql_where=sa.text("withdrawn_at IS NULL"),
            sqlite_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.drop_index("ix_role_grant_edition_role")

    op.drop_table("role_grant")
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_code_person_id"))

    op.drop_table("recovery_code")
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_proposal_title")
        batch_op.drop_index(batch_op.f("ix_proposal_sector"))
        batch_op.drop_index("ix_proposal_recent")
        batch_op.drop_index(batch_op.f("ix_proposal_leader_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_coordinator_id"))
        batch_op.drop_index("ix_proposal_board")
        batch_op.drop_index(batch_op.f("ix_proposal_author_id"))
        batch_op.drop_index(batch_op.f("ix_proposal_area"))

    op.drop_table("proposal")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_person_id"))

    op.drop_table("one_time_link")
    op.drop_table("history_content")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_inbox")
        batch_op.drop_index(
            "ix_delivery_due",
            postgresql_where=sa.text("state IN ('created', 'sending')"),
            sqlite_where=sa.text("state IN ('created', 'sending')"),
        )

    op.drop_table("delivery")
    op.drop_table("conference")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    op.drop_table("agreement")
    op.drop_table("used_key")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_timer_due", postgresql_where=sa.text("done_at IS NULL"), sqlite_where=sa.text("done_at IS NULL")
        )

    op.drop_table("timer")
    op.drop_table("switch")
    op.drop_table("sign_in_attempt")
    op.drop_table("person")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            postgresql_where=sa.text("relayed_at IS NULL"),
            sqlite_where=sa.text("relayed_at IS NULL"),
        )
        batch_op.drop_index("ix_outbox_subject")

    op.drop_table("outbox")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_actor")

    op.drop_table("history")
    op.drop_table("heartbeat")
    op.drop_table("edition")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION history_is_append_only")
