"""Only if: a file of the project is a picture that can be shown."""

from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands


@demands("no_such_picture", _("The project has no such picture. Add it to its files first."), field="picture_file")
def picture_of_project(facts: Facts, attempt: Attempt) -> bool:
    """The file is a picture of this project that was not taken away."""
    named = answers(attempt).get("picture_file")
    return named is None or (facts.plan is not None and named in facts.plan.named.pictures)
