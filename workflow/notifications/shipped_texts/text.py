"""What a shipped text consists of."""

from collections.abc import Mapping

from msgspec import Struct, field

from workflow.base.i18n import Sentence, _
from workflow.rules.topics import Audience


class ShippedText(Struct, frozen=True):
    """Title, what happened, what some of the readers are asked to do; blanks are filled when a letter is written."""

    subject: Sentence
    happened: Sentence
    expected: Mapping[Audience, Sentence] = field(default_factory=dict)
    # Said after what happened to whoever is shown the grounds of it.
    below: Sentence | None = None
    # Said to the leader while the term for an appeal runs.
    appeal: Sentence | None = None
    # Readers whose sentence asks for nothing, so that no date stands after it.
    informs: frozenset[Audience] = frozenset()


MAY_APPEAL = _(
    "The leader may appeal against this decision: on the project's page or in writing at the programme office."
)
