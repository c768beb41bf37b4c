"""Reads the ballots and receipts of closed secret votes; no row of them names a person."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, select

from workflow.models import BallotReceipt, SecretBallot
from workflow.rules.electors import LaidOut


def laid_out_in(tx: Connection, polls: Collection[int]) -> dict[int, LaidOut]:
    """Code and choice of every ballot, and the numbers of receipts where these are lists apart; two statements."""
    if not polls:
        return {}
    b, r = SecretBallot, BallotReceipt
    ballots: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for poll, code, choice in tx.execute(select(b.poll_id, b.code, b.choice).where(b.poll_id.in_(polls))):
        ballots[poll].append((code, choice))
    receipts: dict[int, list[str]] = defaultdict(list)
    for poll, number in tx.execute(select(r.poll_id, r.number).where(r.poll_id.in_(polls))):
        receipts[poll].append(number)
    return {poll: LaidOut(tuple(sorted(ballots[poll])), tuple(sorted(receipts[poll]))) for poll in ballots}
