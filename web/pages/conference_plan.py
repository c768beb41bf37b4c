"""Planning all conferences of an edition in one act: the six of the programme, or those of an earlier edition."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct

from web.forms.steps import StepForm
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.subject import Subject, find
from workflow.base.i18n import _
from workflow.conferences import planning
from workflow.conferences.queries import ConferenceLine, conferences_of
from workflow.rules.facts import Ref

pages = Blueprint("conference_plan", __name__)
MOST = 12


class Offered(Struct, frozen=True):
    """The edition, the editions whose conferences can be taken over, and the conferences that are planned already."""

    subject: Subject
    patterns: tuple[planning.Pattern, ...]
    planned: tuple[ConferenceLine, ...]


@pages.get("/edycje/<edition_key>/konferencje/plan")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    with reading() as tx:
        subject = find(tx, Ref("edition", edition_of_request() or 0), None)
        patterns = planning.patterns(tx, subject.ref.id)
        chosen = next((one for one in patterns if one.key == request.args.get("wzor")), None)
        rows = planning.rows_like(tx, chosen, subject.facts["year"]) if chosen else planning.default_rows()
        known = Offered(subject, patterns, conferences_of(tx, subject.ref.id))
    taken = {line.number for line in known.planned}
    return page(known, [row | {"wanted": True} for row in rows if row["number"] not in taken])


@pages.post("/edycje/<edition_key>/konferencje/plan")
@asks("staff")
def plan(edition_key: str) -> ResponseReturnValue:
    rows = list(sent())
    wanted = [row for row in rows if row["wanted"]]
    if not wanted:
        return page(offered(), rows, problem=say(_("Choose at least one conference to plan.")))
    answers = [{name: value for name, value in row.items() if name != "wanted"} for row in wanted]
    edition_id, actor, at = edition_of_request() or 0, identity.actor(), identity.at()
    try:
        refs = resources().database.in_transaction(
            lambda tx: planning.plan_conferences(tx, edition_id, answers, actor=actor, at=at)
        )
    except planning.PlanError as error:
        return page(offered(), rows, error=error)
    flash(say(_("Conferences planned: {count}.", count=len(refs))), "success")
    return redirect(url_for("editions.show", edition_key=edition_key, _anchor="conferences"), 303)


def sent() -> Iterator[dict[str, Any]]:
    """What was typed for each conference, by its number; a box that is not ticked sends nothing."""
    numbers = sorted({int(name.partition("-")[0]) for name in request.form if name.partition("-")[0].isdecimal()})
    for number in numbers[:MOST]:
        row: dict[str, Any] = {"number": number, "wanted": bool(request.form.get(f"{number}-wanted"))}
        for spec in planning.inputs():
            row[spec.name] = request.form.get(f"{number}-{spec.name}", "")
        yield row


def offered() -> Offered:
    """The edition with what can be taken over, read again for a refused form."""
    with reading() as tx:
        subject = find(tx, Ref("edition", edition_of_request() or 0), None)
        return Offered(subject, planning.patterns(tx, subject.ref.id), conferences_of(tx, subject.ref.id))


def page(
    known: Offered, rows: Sequence[Mapping[str, Any]], *, error: planning.PlanError | None = None, problem: str = ""
) -> ResponseReturnValue:  # fmt: skip
    """The page with what was typed, and what is wrong beside the conference that it concerns."""
    forms = [form_of(row, error) for row in rows]
    status = 422 if error or problem else 200
    body = render_template(
        "conferences/plan.html", subject=known.subject, rows=list(zip(rows, forms, strict=True)),
        patterns=known.patterns, planned=known.planned, problem=problem, errors=errors_of(forms),
    )  # fmt: skip
    return body, status


def form_of(row: Mapping[str, Any], error: planning.PlanError | None) -> StepForm:
    """The fields of one conference, named by its number; errors beside the fields that they are about."""
    number = row["number"]
    form = StepForm(planning.inputs(), row)
    if error and (refusal := error.refusals.get(number)):
        form.take_refusal(refusal)
    return form


def errors_of(forms: Sequence[StepForm]) -> dict[str, str]:
    """What is wrong, by the name of its field on the page, for the summary on top of it."""
    errors: dict[str, str] = {}
    for form in forms:
        number = form.values["number"]
        label = say(_("Conference {number}", number=number))
        errors |= {f"{number}-{name}": f"{label}: {text}" for name, text in form.errors.items()}
        errors |= {f"{number}-purpose": f"{label}: {line['message']}" for line in form.missing}
    return errors
