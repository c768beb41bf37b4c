"""Which options take part in a selection: not withdrawn, at or above the threshold."""

from collections.abc import Mapping

from workflow.voting.counting.election import Election, Option, Score


def candidates(
    election: Election,
    scores: Mapping[str, Score],
    votes: Mapping[str, int],
    *,
    threshold: Score = 0,
    needs_vote: bool = False,
) -> list[Option]:
    """The options that may be selected; one that costs nothing always needs a vote."""
    return [
        option
        for option in election.options
        if not option.withdrawn
        and scores.get(option.key, 0) >= threshold
        and (votes.get(option.key, 0) > 0 or (option.cost > 0 and not needs_vote))
    ]
