"""Reads the ballots and receipts of closed secret votes; no row of them names a person."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from workflow.base.grouping import grouped
from workflow.models import BallotReceipt, SecretBallot
from workflow.rules.electors import LaidOut


def laid_out_in(tx: Connection, polls: Collection[int]) -> dict[int, LaidOut]:
    """Code and choice of every ballot, and the numbers of receipts where these are lists apart; two statements."""
    if not polls:
        return {}
    b, r = SecretBallot, BallotReceipt
    cast = tx.execute(select(b.poll_id, b.code, b.choice).where(b.poll_id.in_(polls)))
    ballots = grouped((poll, (code, choice)) for poll, code, choice in cast)
    numbers = tx.execute(select(r.poll_id, r.number).where(r.poll_id.in_(polls)))
    receipts = grouped((poll, number) for poll, number in numbers)
    return {poll: LaidOut(tuple(sorted(ballots[poll])), tuple(sorted(receipts[poll]))) for poll in ballots}
