"""The form of any step: what the table asks for, a note, and for the office the day on which a paper arrived."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from msgspec.structs import replace
from sqlalchemy import Connection

from web.forms import Form
from web.forms.version import required
from web.http.versions import version_in
from web.views.open_steps import said
from workflow.base.errors import NotFound, Refusal
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.implementation import choices as plan_choices
from workflow.implementation import money as money_choices
from workflow.lifecycle.definition import Step
from workflow.people import choices as people_choices
from workflow.rules.counted_people import is_counted
from workflow.rules.facts import Facts
from workflow.rules.field_types import Input, read
from workflow.rules.fields import asked
from workflow.rules.roles import Role

NOTE = Input(
    "note",
    "text",
    _("Your note"),
    _("Whoever works on this reads it in the history and in the message."),
    required=False,
    maximum=4000,
)
PAPER = Input(
    "paper_on",
    "date",
    _("Received on paper on"),
    _("Only when you enter a statement that the leader handed in on paper."),
    required=False,
)


def rows_named(kind: str, name: str) -> tuple[Step, ...]:
    """The rows of this name in the newest table of a kind; NotFound where there is none."""
    table = machine.newest(kind)
    rows = tuple(row for row in table.rows if row.name == name)
    if not rows:
        raise NotFound
    return rows


@dataclass(slots=True)
class StepForm(Form):
    """What was typed for a step, with the version of the page that it was typed on."""

    version: int | None = None
    # What else stands in the way, not tied to a field.
    missing: list[dict[str, Any]] = field(default_factory=list)
    # For people and proposals: what can be chosen.
    choices: dict[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    # Answers that were given before and are not asked for again.
    fixed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, asks: Sequence[Input], *, version: int | None, values: Mapping[str, Any] | None = None) -> "StepForm":
        """An empty form, or one with what is kept already."""
        return cls((*asks, NOTE), values or {}, version=version)

    @classmethod
    def sent_for(cls, asks: Sequence[Input]) -> "StepForm":
        """The form as the browser sent it."""
        form = cls.sent((*asks, NOTE, PAPER))
        form.version = version_in(request.form.get("version"))
        return form

    @property
    def step_asks(self) -> tuple[Input, ...]:
        """What the step itself asks for."""
        return tuple(spec for spec in self.asks if spec is not NOTE and spec is not PAPER)

    def rows_of(self, name: str) -> list[Mapping[str, Any]]:
        """The rows that were typed for a field; none where it holds anything else."""
        rows = self.values.get(name)
        return rows if isinstance(rows, list) else []

    def answers(self) -> dict[str, Any]:
        """What was typed for the step, to be read by the machine."""
        # A box that is not ticked sends nothing; that is an answer too.
        given = {
            spec.name: self.values.get(spec.name) or ("" if spec.type == "flag" else None) for spec in self.step_asks
        }
        sent = {name: self.values[name] for name in given if name in self.values}
        return {name: value for name, value in {**given, **sent}.items() if value not in (None, [])}

    def arguments(self) -> dict[str, Any]:
        """What a command carries besides who, when and what; also raises BadInput where the form says no version."""
        return {"version": required(self.version), **self.first_arguments()}

    def first_arguments(self) -> dict[str, Any]:
        """The same for a first step, before which there is no version; raises BadInput for fields beside the step's."""
        beside = {name: self.values[name] for name in ("note", "paper_on") if self.values.get(name)}
        clean = read((NOTE, PAPER), beside)
        paper_on: date | None = clean.get("paper_on")
        return {
            "note": clean.get("note", ""),
            "paper_on": paper_on,
            "answers": self.answers(),
        }

    def take_refusal(self, refusal: Refusal) -> None:
        """Keep what a refusal says: beside a field where it names one of ours, else above the form."""
        names = {spec.name for spec in self.asks}
        for line in said(refusal.missing):
            if line["field"] in names:
                self.errors.setdefault(line["field"], line["message"])
            else:
                self.missing.append(line)


def specs_of(kind: str, name: str) -> tuple[Input, ...]:
    """What a step asks for; rows of one name ask for the same."""
    return asked(rows_named(kind, name)[0])


# Whom a record can concern: people of the group, or those who hold a role.
OF_GROUP = frozenset({"remove_member", "set_place", "name_deputy"})
LONGEST_NAME = 200
OF_ROLE = {"assign_animator": Role.ANIMATOR, "assign_reviewer": Role.STAFF}


# What can be chosen of a plan.
OF_PLAN: Mapping[str, Callable[[Connection, Facts], Sequence[tuple[Any, str]]]] = {
    "milestone_number": lambda _tx, facts: plan_choices.milestones(facts),
    "after": lambda _tx, facts: plan_choices.milestones(facts),
    "line_number": lambda _tx, facts: plan_choices.lines(facts),
    "from_line": lambda _tx, facts: plan_choices.lines(facts),
    "organisation": lambda tx, _facts: plan_choices.organisations(tx),
    "risk_number": lambda tx, facts: plan_choices.open_risks(tx, facts),
    "promise_number": lambda tx, facts: plan_choices.promises(tx, facts),
    "picture_file": lambda tx, facts: plan_choices.pictures(tx, facts),
    "evidence": lambda tx, facts: plan_choices.files(tx, facts.plan.proposal_id if facts.plan is not None else 0),
}


def offer(tx: Connection, form: StepForm, facts: Facts, name: str) -> None:
    """Put people and proposals to choose from beside the fields that ask for them; a statement for each kind."""
    edition_id = facts.own.get("edition_id") or facts.ref.id
    for spec in form.step_asks:
        if spec.type == "person":
            form.choices[spec.name] = (
                people_choices.people_of_group(tx, facts.ref.id)
                if name in OF_GROUP
                else people_sought(tx, edition_id, facts, OF_ROLE.get(name, ""))
            )
        elif spec.name == "member":
            form.choices[spec.name] = people_choices.names_of_group(tx, facts.ref.id)
        elif spec.name in OF_MONEY and facts.ref.kind == "proposal":
            form.choices[spec.name] = money_choices.choices_of(tx, facts.ref.id, spec.name)
        elif spec.type == "proposal":
            form.choices[spec.name] = people_choices.proposals_of_edition(tx, edition_id, but=facts.ref.id)
        elif spec.name in OF_PLAN:
            form.choices[spec.name] = OF_PLAN[spec.name](tx, facts)


def people_sought(tx: Connection, edition_id: int, facts: Facts, role: str) -> list[people_choices.Choice]:
    """The people who have the words that were looked for; all where none were, or nobody has them."""
    name = sought_name()
    found = people_choices.people_of_edition(tx, edition_id, facts=facts, role=role, name=name)
    return found if found or not name else people_choices.people_of_edition(tx, edition_id, facts=facts, role=role)


def sought_name() -> str:
    """Whom the reader looks for in a choice of people that is too long to be shown whole."""
    return request.args.get("osoba", "")[:LONGEST_NAME]


def offer_for_new(tx: Connection, form: StepForm, facts: Facts) -> None:
    """The same for a milestone or a change that does not exist yet, from the facts of its project."""
    for spec in form.step_asks:
        if spec.type == "person":
            form.choices[spec.name] = people_choices.people_of_edition(tx, facts.edition["id"], facts=facts)
        elif spec.name in OF_PLAN:
            form.choices[spec.name] = OF_PLAN[spec.name](tx, facts)


# Answers that are chosen among the lines, expenses and files of a project.
OF_MONEY = frozenset({"line_number", "settles", "expense_number", "expense_file"})


def asked_now(facts: Facts, step: Step) -> tuple[Input, ...]:
    """What a step asks for at this moment: nobody types how many were there where people were checked in.

    Nor does a leader put a person with an account into a group: people join by accepting an invitation.
    """
    if is_counted(step, facts):
        return ()
    if step.name != "add_member" or people_choices.sees_everybody(facts):
        return asked(step)
    return tuple(replace(spec, required=spec.required or spec.name == "name", needed=None)
                 for spec in asked(step) if spec.name != "person")  # fmt: skip
