"""What is done once a transaction has been committed."""

import logging
from collections.abc import Callable

from sqlalchemy import Connection

log = logging.getLogger(__name__)
AFTER_COMMIT = "after_commit"


def after_commit(connection: Connection, work: Callable[[Connection], None]) -> None:
    """Let something be done once the transaction is committed; nothing of it where it is rolled back."""
    connection.info.setdefault(AFTER_COMMIT, []).append(work)


def forget(connection: Connection) -> None:
    """Forget what a transaction before has left that was rolled back."""
    connection.info.pop(AFTER_COMMIT, None)


def carry_out(connection: Connection) -> None:
    """Do what the committed transaction has left for now; an error of it is logged, since nothing can be undone."""
    for work in connection.info.pop(AFTER_COMMIT, ()):
        try:
            work(connection)
        except Exception:
            log.exception("something that follows a commit was left undone")
            connection.rollback()
