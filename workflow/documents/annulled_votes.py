"""What minutes say of votes that were annulled; one that had been counted is named with its figures and the reason."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from workflow.base.i18n import Sentence, _, format_time, say
from workflow.documents.blocks import Paragraph
from workflow.rules.documents import LANGUAGE

Data = Mapping[str, Any]


def annulled_votes(votes: Sequence[Data], motion: int) -> Iterator[Paragraph]:
    """One sentence for each annulled vote on a motion."""
    for vote in votes:
        if vote["motion"] == motion:
            yield Paragraph(say(_sentence(vote), LANGUAGE))


def _sentence(vote: Data) -> Sentence:
    opened = format_time(datetime.fromisoformat(vote["opened_at"]), LANGUAGE) if vote["opened_at"] else ""
    figures = vote.get("figures")
    if not figures:
        return _("A vote opened at {time} was annulled.", time=opened)
    return _("A vote opened at {time} was counted (for: {ayes}, against: {noes}, abstained: {rest}) and annulled. "
             "Proposed by {name}: {reason}", time=opened, ayes=figures["for"], noes=figures["against"],
             rest=figures["abstain"], name=vote["proposed_by"], reason=vote["reason"])  # fmt: skip
