"""The columns of the files about a list of participants: its problems, and what became of each row."""

from typing import Any

from web.http.template_context import say
from web.views.spreadsheet import Column
from workflow.base.i18n import Sentence, _
from workflow.participant_lists.headings import LABELS
from workflow.participant_lists.headings import Column as Content
from workflow.participant_lists.records import Problem
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role


def _column(problem: Problem) -> str:
    return say(LABELS[problem.column]) if problem.column else ""


def _said(line: dict[str, Any]) -> str:
    params = {"email": line["email"] or line["name"], "role": TITLES[Role(line["role"])]}
    return say(Sentence(line["text"], params))


def _differences(line: dict[str, Any]) -> str:
    return "; ".join(
        f"{say(LABELS[Content(content)])}: {kept} ≠ {listed}" for content, kept, listed in line["differences"]
    )


PROBLEMS = (
    Column(_("Row"), lambda problem: problem.row, 8),
    Column(_("Column"), _column, 24),
    Column(_("What is wrong"), lambda problem: say(problem.sentence), 60),
)
RESULT = (
    Column(_("Row"), lambda line: line["row"], 8),
    Column(_("Name and surname"), lambda line: line["name"], 28),
    Column(_("E-mail address"), lambda line: line["email"], 28),
    Column(_("What became of it"), _said, 50),
    Column(_("What the list says differently"), _differences, 60),
)
