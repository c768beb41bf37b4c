"""The row that every step writes has few indices, since each of them is written too."""

from sqlalchemy import text

from workflow.db.database import Database

# The key and what is unique are counted: a write goes into them as into any other. Indices of a part of the rows are not:
# a row that is not in them is not written there.
MOST = 6
POSTGRESQL = "SELECT count(*) FROM pg_index WHERE indrelid = 'proposal'::regclass AND indpred IS NULL"
# The key is the row number, whose tree holds the rows.
SQLITE = "SELECT count(*) + 1 FROM pragma_index_list('proposal') WHERE partial = 0"


def test_a_proposal_has_at_most_six_indices_of_all_rows(database: Database) -> None:
    with database.reading() as tx:
        count = tx.execute(text(SQLITE if database.is_sqlite else POSTGRESQL)).scalar_one()
    assert 1 < count <= MOST
