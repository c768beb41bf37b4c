"""Only if: the people of a group, and who of the office helps it."""

from workflow.errors import Missing
from workflow.facts import Attempt, Facts
from workflow.guards.base import answers, guard, missing
from workflow.language import _


@guard
def person_is_animator(facts: Facts, attempt: Attempt) -> Missing | None:
    person = answers(attempt).get("person")
    if person is None or facts.person_holds(person, "animator"):
        return None
    return missing("not_an_animator", _("This person is not an animator of the edition."), field="person")


@guard
def person_is_staff(facts: Facts, attempt: Attempt) -> Missing | None:
    person = answers(attempt).get("person")
    if person is None or facts.person_holds(person, "staff"):
        return None
    return missing("not_staff", _("This person does not work in the office of the edition."), field="person")


@guard
def reviewer_not_in_group(facts: Facts, attempt: Attempt) -> Missing | None:
    person = answers(attempt).get("person")
    if person is None or not facts.person_in_group(person):
        return None
    return missing(
        "reviewer_in_group", _("This person works in the group and cannot verify its project."), field="person"
    )
