"""Assigns an animator or a reviewer to many proposals of a list at once, with what became of each."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.forms import bulk_assign as forms
from web.forms.lists import read_query
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.sent_forms import sent_key
from web.http.template_context import say
from web.pages.lists import Place, list_page, place
from web.views.open_steps import said
from workflow.proposals import bulk_assign as actions
from workflow.proposals import lists as queries

pages = Blueprint("bulk_assign", __name__)
# As many as a request takes on; the next ones are one press away.
AT_ONCE = 200


class Result(Struct, frozen=True):
    """One line of the answer: the proposal, what became of it, and what is missing where it was refused."""

    row: queries.Assignable
    outcome: actions.Outcome
    reason: str
    missing: list[dict[str, Any]]


@pages.post("/edycje/<edition_key>/lista/przydziel")
@asks("staff")
def assign(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        here = place(tx, edition_key, read_query(request.form.get("query", "")))
        choice = forms.sent(here.panel.people)
        if choice.errors:
            return unclear(tx, here, choice)
        rows, following = chosen(tx, here, choice)
    outcomes = actions.assign_each(
        resources().database, targets(rows, choice), task=choice.task, person_id=choice.person,
        actor=identity.actor(), at=identity.at(), key=sent_key(),
    )  # fmt: skip
    return answer(here, choice, rows, outcomes, following)


def unclear(tx: Connection, here: Place, choice: forms.Choice) -> ResponseReturnValue:
    """The list again with what is missing, and everything ticked that was."""
    proposals = queries.list_proposals(tx, here.wanted, cursor=choice.cursor)
    return list_page(here, proposals, assigning=choice, status=422)


def chosen(tx: Connection, here: Place, choice: forms.Choice) -> tuple[list[queries.Assignable], str | None]:
    """The proposals that were ticked, or as many of everything found as one request takes on."""
    if choice.everything:
        return queries.assignables_found(tx, here.wanted, cursor=choice.cursor, limit=AT_ONCE)
    return queries.assignables(tx, here.edition["id"], list(choice.ticked)[:AT_ONCE]), None


def targets(rows: list[queries.Assignable], choice: forms.Choice) -> list[actions.Target]:
    """Each with the version on the page, or the present one where everything found was asked for."""
    return [
        actions.Target(row.id, choice.ticked.get(row.id, row.version), getattr(row, f"{choice.task}_id"))
        for row in rows
    ]


def answer(
    here: Place, choice: forms.Choice, rows: list[queries.Assignable], outcomes: list[actions.Outcome],
    following: str | None,
) -> ResponseReturnValue:  # fmt: skip
    """What became of each; those that were refused can be tried again as they are now, and nothing else is touched."""
    results = [result(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]
    refused = [refused.row.id for refused in results if refused.outcome.refusal]
    with reading() as tx:
        again = queries.assignables(tx, here.edition["id"], refused) if refused else []
    person = dict(here.panel.people[choice.task])[str(choice.person)]
    return render_template(
        "lists/assigned.html", here=here, choice=choice, results=results, again=again, following=following,
        person=person, task=say(forms.LABELS[choice.task]), done=len(results) - len(refused),
    )  # fmt: skip


def result(row: queries.Assignable, outcome: actions.Outcome) -> Result:
    """One line of the answer in the reader's words."""
    refusal = outcome.refusal
    return Result(row, outcome, say(refusal.sentence) if refusal else "", said(refusal.missing) if refusal else [])
