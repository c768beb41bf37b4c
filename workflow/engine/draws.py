"""Commits to the seed of an edition's draw: once, before anybody can know of a tie."""

import secrets
from datetime import datetime

from sqlalchemy import Connection

from workflow.db.dialect import upsert
from workflow.models import TieDraw
from workflow.models.base import table_of
from workflow.rules.facts import Ref
from workflow.voting.counting.draw import commitment


def commit_once(tx: Connection, edition_id: int, person_id: int, *, at: datetime) -> bool:
    """Choose the seed of the edition's only draw and record its commitment; False where there is one already.

    The seed is shown to nobody before it is drawn, and nobody ever gets another one. One statement, in the caller's
    transaction; no row of the edition is written.
    """
    seed = secrets.token_hex(32)
    values = {
        "edition_id": edition_id, "commitment": commitment(seed, str(Ref("edition", edition_id))), "seed": seed,
        "committed_at": at, "committed_by_id": person_id,
    }  # fmt: skip
    table = table_of(TieDraw)
    # What came back says whether there was a row to write; PostgreSQL counts no rows of an INSERT without it.
    written = upsert(tx)(table).values(**values).on_conflict_do_nothing().returning(table.c.edition_id)
    return tx.execute(written).first() is not None
