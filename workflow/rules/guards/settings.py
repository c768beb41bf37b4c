"""Only if: the settings of an edition may change now, and fit each other; bounds are checked where answers are read."""

from collections.abc import Mapping
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.settings_catalogue import SETTINGS, value, values


def changed(facts: Facts, attempt: Attempt) -> Mapping[str, Any]:
    """The settings that the answers would change, with their new values."""
    given = {key: SETTINGS[key].stored(new) for key, new in answers(attempt).items() if key in SETTINGS}
    return {key: new for key, new in given.items() if new != value(facts.edition, key)}


@guard
def settings_unlocked(facts: Facts, attempt: Attempt) -> Missing | None:
    """Something changes, and nothing that is locked in this phase of the edition."""
    if attempt.data is None:
        return None
    new = changed(facts, attempt)
    if not new:
        return missing("nothing_changed", _("These values hold already. Change at least one of them."))
    for key in new:
        if SETTINGS[key].is_locked(facts.edition):
            sentence = _("“{setting}” cannot be changed in this phase of the edition any more.",
                         setting=SETTINGS[key].label)  # fmt: skip
            return missing("setting_locked", sentence, field=key)
    return None


@demands(
    "quorum_impossible", _("More than all seats can never be present. Choose a smaller share."), field="quorum_share"
)
def settings_agree(facts: Facts, attempt: Attempt) -> bool:
    """The settings that would hold together can be met."""
    new = {**values(facts.edition), **changed(facts, attempt)}
    return not (new["quorum_strict"] and new["quorum_share"] == "1")
