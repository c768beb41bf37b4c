"""Words of proposals for searching, kept by triggers."""

import sqlalchemy as sa
from alembic import op

from workflow.models.base import Key

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The folded text holds only small letters, digits and single spaces, so that it can stand inside a JSON text.
_SQLITE_WORDS = """
    INSERT INTO search_word (edition_id, word, proposal_id)
    SELECT DISTINCT {row}.edition_id, substr(value, 1, 40), {row}.id
    FROM {source}json_each('["' || replace({row}.search, ' ', '","') || '"]')
    WHERE value <> ''
"""
_SQLITE = (
    f"""
    CREATE TRIGGER search_words_of_new AFTER INSERT ON proposal
    BEGIN {_SQLITE_WORDS.format(row="NEW", source="")}; END
    """,
    f"""
    CREATE TRIGGER search_words_of_changed AFTER UPDATE OF search ON proposal WHEN NEW.search <> OLD.search
    BEGIN DELETE FROM search_word WHERE proposal_id = OLD.id; {_SQLITE_WORDS.format(row="NEW", source="")}; END
    """,  # noqa: S608 - words of our own
    _SQLITE_WORDS.format(row="proposal", source="proposal, "),
)
_POSTGRESQL_WORDS = """
    INSERT INTO search_word (edition_id, word, proposal_id)
    SELECT DISTINCT {row}.edition_id, left(word, 40), {row}.id
    FROM {source}unnest(string_to_array({row}.search, ' ')) AS word
    WHERE word <> ''
"""
_POSTGRESQL = (
    f"""
    CREATE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            DELETE FROM search_word WHERE proposal_id = OLD.id;
        END IF;
        {_POSTGRESQL_WORDS.format(row="NEW", source="")};
        RETURN NULL;
    END $$
    """,  # noqa: S608 - words of our own
    """
    CREATE TRIGGER search_words_of_new AFTER INSERT ON proposal
    FOR EACH ROW EXECUTE FUNCTION keep_search_words()
    """,
    """
    CREATE TRIGGER search_words_of_changed AFTER UPDATE OF search ON proposal
    FOR EACH ROW WHEN (NEW.search IS DISTINCT FROM OLD.search) EXECUTE FUNCTION keep_search_words()
    """,
    _POSTGRESQL_WORDS.format(row="proposal", source="proposal, LATERAL "),
)


def upgrade() -> None:
    word = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")
    op.create_table(
        "search_word",
        sa.Column("edition_id", Key, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("proposal_id", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_search_word_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "word", "proposal_id", name=op.f("pk_search_word")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_word_proposal_id"), "search_word", ["proposal_id"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    for name in ("search_words_of_new", "search_words_of_changed"):
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON proposal"
        op.execute(f"DROP TRIGGER {name}{on}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_search_words()")
    op.drop_table("search_word")
