"""What minutes say of votes that were annulled; one that had been counted is named with its figures and the reason."""

from collections.abc import Iterator, Sequence

from workflow.base.i18n import Sentence, _
from workflow.documents.blocks import Paragraph
from workflow.documents.wording import Data, hour, paragraph


def annulled_votes(votes: Sequence[Data], motion: int) -> Iterator[Paragraph]:
    """One sentence for each annulled vote on a motion."""
    for vote in votes:
        if vote["motion"] == motion:
            yield paragraph(_sentence(vote))


def _sentence(vote: Data) -> Sentence:
    opened = hour(vote["opened_at"])
    figures = vote.get("figures")
    if not figures:
        return _("A vote opened at {time} was annulled.", time=opened)
    return _("A vote opened at {time} was counted (for: {ayes}, against: {noes}, abstained: {rest}) and annulled. "
             "Proposed by {name}: {reason}", time=opened, ayes=figures["for"], noes=figures["against"],
             rest=figures["abstain"], name=vote["proposed_by"], reason=vote["reason"])  # fmt: skip
