"""The counted votes of a conference as its report tells them: options with their places, in all and by sector."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, select, union_all

from workflow.base.grouping import grouped
from workflow.models import HallBallot, HallElector, HallNamedBallot, HallOption, HallPoll
from workflow.rules.states import PollState
from workflow.voting.results.hall_scores import by_stratum, placed, scores_of

# What limits a ballot, as a result file names it.
LIMITS = ("max_choices", "points_total", "points_each")


def hall_figures(tx: Connection, conference_id: int) -> list[dict[str, Any]]:
    """The counted votes of a conference in the order of their opening, as plain JSON; four statements, one for none.

    Annulled votes are left out, and so is who voted how. The digest is that of the result file, with which anybody
    counts again.
    """
    p = HallPoll
    query = select(
        p.id, p.question, p.method, p.secret, p.opened_at, p.closed_at, p.result_digest, p.max_choices,
        p.points_total, p.points_each,
    ).where(p.conference_id == conference_id, p.state == PollState.COUNTED)  # fmt: skip
    polls = tx.execute(query.order_by(p.opened_at, p.id)).all()
    if not polls:
        return []
    numbers = [poll.id for poll in polls]
    options, ballots, electors = _options(tx, numbers), _ballots(tx, numbers), _electors(tx, numbers)
    return [_figures(poll, options[poll.id], ballots[poll.id], electors[poll.id]) for poll in polls]


def _figures(
    poll: Any, options: Sequence[tuple[str, str]], ballots: Sequence[dict[str, Any]], electors: tuple[int, int]
) -> dict[str, Any]:
    labels = dict(options)
    limits = {name: poll._mapping[name] for name in LIMITS if poll._mapping[name] is not None}
    content = {"rules": {"method": poll.method, "parameters": limits}, "options": [{"key": key} for key in labels],
               "ballots": ballots}  # fmt: skip
    return {
        "poll": poll.id, "question": poll.question, "secret": poll.secret, "electors": electors[0],
        "voted": electors[1], "opened_at": poll.opened_at.isoformat(), "closed_at": poll.closed_at.isoformat(),
        "digest": poll.result_digest,
        "options": [{"key": of.key, "label": labels[of.key], "score": of.score, "place": of.place, "tied": of.tied}
                    for of in placed(scores_of(content))],
        "strata": by_stratum(content),
    }  # fmt: skip


def _options(tx: Connection, numbers: Sequence[int]) -> Mapping[int, list[tuple[str, str]]]:
    o = HallOption
    query = select(o.poll_id, o.key, o.label).where(o.poll_id.in_(numbers)).order_by(o.poll_id, o.place)
    return grouped((number, (key, label)) for number, key, label in tx.execute(query))


def _ballots(tx: Connection, numbers: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    """Equal ballots together, as a result file writes them; those by name without the name."""
    b, n, e = HallBallot, HallNamedBallot, HallElector
    mine = (e.poll_id == n.poll_id) & (e.registration_id == n.registration_id)
    secret = select(b.poll_id, b.choice, b.stratum, func.count()).group_by(b.poll_id, b.choice, b.stratum)
    named = select(n.poll_id, n.choice, e.stratum, func.count()).join(e, mine).group_by(
        n.poll_id, n.choice, e.stratum
    )  # fmt: skip
    both = union_all(secret.where(b.poll_id.in_(numbers)), named.where(n.poll_id.in_(numbers)))
    return grouped(
        (number, {"choice": json.loads(choice), "count": count, "stratum": stratum})
        for number, choice, stratum, count in tx.execute(both)
    )


def _electors(tx: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many could vote, and how many did."""
    e = HallElector
    query = select(e.poll_id, func.count(), func.sum(cast(e.voted, Integer))).where(e.poll_id.in_(numbers))
    return {number: (all_of, int(voted)) for number, all_of, voted in tx.execute(query.group_by(e.poll_id))}
