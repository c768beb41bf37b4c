"""How many people were at a conference where they were checked in: counted from rows, never typed."""

from collections.abc import Mapping
from typing import Any

from workflow.base.i18n import DEFAULT, _, say
from workflow.lifecycle.definition import Step
from workflow.rules.facts import Facts

# The effect that writes how many people were there.
COUNTING = "count_participants"
SOURCE = _("Check-in at the entrance")


def is_counted(step: Step, facts: Facts) -> bool:
    """Whether the step writes a figure that is known from check-in."""
    return facts.present > 0 and COUNTING in step.effects


def counted(step: Step, facts: Facts, answers: dict[str, Any]) -> Mapping[str, Any]:
    """The answers with the counted figure instead of a typed one; it is kept in the history as an answer is."""
    if not is_counted(step, facts):
        return answers
    others = {name: answer for name, answer in answers.items() if name != "qualifier"}
    return others | {"participants": facts.present, "source": say(SOURCE, DEFAULT)}
