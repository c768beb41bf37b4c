"""A form never calls an answer optional that a guard of its step then demands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import workflow.rules.guards
from workflow.engine import machine
from workflow.lifecycle.definition import Step
from workflow.rules.fields import asked
from workflow.rules.needed_answers import NEEDED

KINDS = ("proposal", "edition", "conference", "agreement", "agreement_partner", "meeting", "poll", "milestone",
         "change_request")  # fmt: skip
FIELD = re.compile(r"field='(\w+)'")
# Guards that judge an answer that was given, and ask for none: an empty one passes. Whoever adds one says which it is.
JUDGES_WHAT_IS_GIVEN = frozenset({
    "agreement_end_sensible", "agreement_text_changed", "answer_day_ahead", "can_still_present", "card_names_its_author",
    "change_fits", "conclusion_day_sensible", "conference_times_agree", "cost_is_the_sum", "done_day_fits",
    "due_date_ahead", "evidence_known", "file_of_project", "hands_are_open", "hands_in_a_room", "is_member",
    "is_not_the_leader", "milestone_days_fit", "not_yet_member", "order_fits", "organisation_known", "person_of_edition",
    "plan_line_known", "secrecy_allowed", "settings_agree", "settled_is_open", "signatory_is_adult", "timetable_in_order",
})  # fmt: skip
# Boxes to tick, of which no form says that they are optional.
BOXES = frozenset({"clause_shown", "group_informed", "paper_signature_shown"})


def fields_of_guards() -> dict[str, set[str]]:
    """The guards that blame a field, with the fields."""
    found = {}
    for path in Path(workflow.rules.guards.__file__).parent.glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and (names := set(FIELD.findall(ast.unparse(node)))):
                found[node.name] = names
    return found


def blamed_optional_answers() -> Iterator[tuple[Step, str, str]]:
    """Each row with a guard of it and an answer that the row leaves optional and the guard blames."""
    blamed = fields_of_guards()
    for row in (row for kind in KINDS for row in machine.newest(kind).rows):
        optional = {spec.name for spec in asked(row) if not spec.required}
        for guard in row.guards:
            for name in blamed.get(guard, set()) & optional:
                yield row, guard, name


def test_every_guard_that_blames_an_optional_answer_says_when_it_is_needed() -> None:
    guards = {guard for _row, guard, _name in blamed_optional_answers()}
    assert guards - NEEDED.keys() - JUDGES_WHAT_IS_GIVEN - BOXES == set(), "say in needed_answers.NEEDED when"
    assert JUDGES_WHAT_IS_GIVEN - guards == set()
    assert not NEEDED.keys() & JUDGES_WHAT_IS_GIVEN


def test_forms_say_when_a_conditional_answer_is_needed() -> None:
    rows = [row for kind in KINDS for row in machine.newest(kind).rows if NEEDED.keys() & set(row.guards)]
    assert {guard for row in rows for guard in row.guards} >= NEEDED.keys()
    for row in rows:
        specs = {spec.name: spec for spec in asked(row)}
        for guard in NEEDED.keys() & set(row.guards):
            for name, words in NEEDED[guard].items():
                assert name not in specs or specs[name].required or specs[name].needed == words
