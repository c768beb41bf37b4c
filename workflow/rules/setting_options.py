"""What there is to choose where a setting of an edition is a choice."""

from collections.abc import Mapping

from workflow.base.i18n import Sentence, _
from workflow.rules.vote import ListWithConflict, MajorityKind, Recusal, SecretVotes

RECUSALS: Mapping[str, Sentence] = {
    Recusal.LEAVE.value: _("They leave: they count neither as seats nor as present"),
    Recusal.STAY.value: _("Their seats count, they do not count as present"),
    Recusal.PRESENT.value: _("Their seats count, and they count as present"),
}  # fmt: skip
MAJORITIES: Mapping[str, Sentence] = {
    MajorityKind.SIMPLE.value: _("Simple: more votes for than against"),
    MajorityKind.ABSOLUTE.value: _("Absolute: more than half of all votes are for"),
    MajorityKind.BODY.value: _("Of the body: more than half of the seats are for"),
    MajorityKind.QUALIFIED.value: _("Qualified: the share below of the votes for and against"),
}  # fmt: skip
SCORES_OPEN: Mapping[str, Sentence] = {
    "all_in": _("When all cards of the project are in, or when the chair opens them"),
    "chair": _("Only when the chair opens them"),
}  # fmt: skip
LISTS_WITH_CONFLICT: Mapping[str, Sentence] = {
    ListWithConflict.SPLIT.value: _("It is split: such projects are voted on one by one"),
    ListWithConflict.REFUSE.value: _("It is refused: the chair puts other motions"),
}  # fmt: skip
SECRET_VOTES: Mapping[str, Sentence] = {
    SecretVotes.NEVER.value: _("None: all votes are by name"),
    SecretVotes.CHOSEN.value: _("Chosen when a motion is put; otherwise the vote is by name"),
    SecretVotes.ALWAYS.value: _("All votes on motions"),
}  # fmt: skip
