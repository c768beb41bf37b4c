"""Open data of public projects: the same rows as JSON and as a table, each field with its description."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from web.http.resources import base_url
from web.http.template_context import address
from web.views.spreadsheet import Column, Value
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.files.public_pictures import Picture
from workflow.overview.public_edition import PublicProject, PublicTotals
from workflow.overview.public_project import Promise, PromiseResult, PublicLine
from workflow.rules.fields import INPUTS


class Field(Struct, frozen=True):
    """One field of a row: its name in files, what it is, and its value."""

    name: str
    about: Sentence
    value: Callable[[Any], Value]

    @property
    def column(self) -> Column:
        """The field as a column of a table; its heading is its name in every language."""
        return Column(Sentence("{name}", {"name": self.name}), self.value)


class PartRow(Struct, frozen=True):
    """A milestone or a line of the budget as one row of the table of a project."""

    part: str
    title: str
    who: str
    promise: Promise | None = None
    line: PublicLine | None = None


def _of(name: str) -> Callable[[Any], Value]:
    return lambda row: getattr(row, name)


def _money(grosze: int | None) -> Decimal | None:
    return None if grosze is None else Decimal(grosze) / 100


def _count(result: PromiseResult) -> Callable[[PublicProject], Value]:
    return lambda project: project.account.counts[result]


def _last(name: str) -> Callable[[PublicProject], Value]:
    return lambda project: getattr(project.resolutions[-1], name) if project.resolutions else None


def _of_promise(name: str) -> Callable[[PartRow], Value]:
    return lambda row: getattr(row.promise, name) if row.promise else None


def _of_line(amount: Callable[[PublicLine], int]) -> Callable[[PartRow], Value]:
    return lambda row: _money(amount(row.line)) if row.line else None


def project_address(project: PublicProject) -> str:
    """The whole address of the page of a project."""
    return f"{base_url()}{address('proposals.show', proposal_id=project.id)}"


def picture_address(proposal_id: int, picture: Picture) -> str:
    """The address of a public picture on this site."""
    return address("public_pictures.fetch", proposal_id=proposal_id, number=picture.file_id)


def _state(project: PublicProject) -> str:
    return machine.tables()[project.lifecycle, project.lifecycle_version].states[project.state].label.pl


PROJECT: Sequence[Field] = (
    Field("number", _("Number of the project in its edition"), _of("number")),
    Field("title", INPUTS["title"].label, _of("title")),
    Field("state", _("State, by its key; keys never change"), _of("state")),
    Field("state_label", _("State in Polish words"), _state),
    Field("sector", INPUTS["sector"].label, _of("sector")),
    Field("area", INPUTS["area"].label, _of("area")),
    Field("places", _("Places, with commas between them"), lambda project: ", ".join(project.places)),
    Field("summary", INPUTS["summary"].label, _of("summary")),
    Field("cost", _("Cost stated in the project sheet, in zlotys"), lambda project: _money(project.cost)),
    Field("money_agreed", _("Money of the accepted plan, in zlotys"), lambda project: _money(project.account.agreed)),
    Field("money_planned", _("Money of the plan of now, in zlotys"), lambda project: _money(project.account.planned)),
    Field("money_spent", _("Money spent, in zlotys"), lambda project: _money(project.account.spent)),
    Field("promises_kept", _("Milestones reached in time"), _count(PromiseResult.KEPT)),
    Field("promises_changed", _("Milestones moved with approval"), _count(PromiseResult.CHANGED)),
    Field("promises_late", _("Milestones reached late, or not reached by their day"), _count(PromiseResult.LATE)),
    Field("promises_given_up", _("Milestones given up"), _count(PromiseResult.GIVEN_UP)),
    Field("promises_ahead", _("Milestones whose day is still to come"), _count(PromiseResult.AHEAD)),
    Field("resolution", _("Number of the last published resolution about the project"), _last("number")),
    Field("resolution_on", _("Day on which it was adopted"), _last("adopted_on")),
    Field("decision", _("What it decided: select, place_on_reserve, reject, uphold, dismiss, annul or cancel"),
          _last("outcome")),
    Field("reasons", _("Its reasons"), _last("justification")),
    Field("address", _("Address of the page of the project"), project_address),
)  # fmt: skip
PART: Sequence[Field] = (
    Field("part", _("What the row is: milestone, or budget_line"), _of("part")),
    Field("title", _("What was promised, or what the money is for"), _of("title")),
    Field("who", _("The organisation that answers for it or pays; people are not named"), _of("who")),
    Field("planned_on", _("Day of the accepted plan"), _of_promise("planned_on")),
    Field("due_on", _("Day of the plan of now"), _of_promise("due_on")),
    Field("done_on", _("Day on which it was reached"), _of_promise("done_on")),
    Field("result", _("kept, changed, behind (late), ahead or given_up"), _of_promise("result")),
    Field("reasons", _("Why it is not as planned"),
          lambda row: " ".join(row.promise.reasons) if row.promise else None),
    Field("money_agreed", _("Money of the accepted plan, in zlotys"), _of_line(lambda line: line.agreed)),
    Field("money_planned", _("Money of the plan of now, in zlotys"), _of_line(lambda line: line.planned)),
    Field("money_spent", _("Money spent, in zlotys"), _of_line(lambda line: line.spent)),
)  # fmt: skip


def parts_of(project: PublicProject) -> Iterator[PartRow]:
    """Milestones and lines of the budget of a project as rows, in the order of its page."""
    for promise in project.account.promises:
        yield PartRow("milestone", promise.title, promise.organisation, promise=promise)
    for line in project.account.lines:
        yield PartRow("budget_line", line.label, line.source, line=line)


def columns(fields: Sequence[Field]) -> tuple[Column, ...]:
    """The columns of the table of these fields."""
    return tuple(field.column for field in fields)


def edition_as_json(
    edition: Mapping[str, Any], projects: Sequence[PublicProject], totals: PublicTotals
) -> dict[str, Any]:  # fmt: skip
    """An edition with its sums and projects; amounts are texts with two decimals, days are ISO 8601."""
    return {
        "edition": {name: edition[name] for name in ("key", "title", "county", "year", "state", "historical")},
        "totals": {
            "projects": totals.projects, "funded": totals.funded, "finished": totals.finished,
            "money_planned": _plain(_money(totals.money)), "money_spent": _plain(_money(totals.spent)),
            "promises": {str(result): count for result, count in totals.promises.items()},
        },
        "projects": [project_as_json(project) for project in projects],
    }  # fmt: skip


def project_as_json(project: PublicProject) -> dict[str, Any]:
    """A project with its milestones, budget, resolutions and course."""
    return {
        **_row(PROJECT, project),
        "parts": [_row(PART, part) for part in parts_of(project)],
        "resolutions": [
            {"number": resolved.number, "adopted_on": resolved.adopted_on.isoformat(), "decision": resolved.outcome,
             "reasons": resolved.justification} for resolved in project.resolutions
        ],
        "pictures": [
            {"address": f"{base_url()}{picture_address(project.id, picture)}", "description": picture.description}
            for picture in project.pictures
        ],
        "course": [{"state": state, "on": warsaw_date(moment).isoformat()} for state, moment in project.account.course],
    }  # fmt: skip


def _row(fields: Sequence[Field], row: Any) -> dict[str, Any]:
    return {field.name: _plain(field.value(row)) for field in fields}


def _plain(value: Value) -> str | int | None:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date | datetime) else value
