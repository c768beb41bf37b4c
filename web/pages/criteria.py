"""The criteria by which projects of an edition are scored: entered before the first card is handed in."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.forms.criteria import CRITERION, USUAL
from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.pages.ideas import facts_of_edition
from web.views.open_steps import said
from web.views.scoring import text_of
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts
from workflow.selection import criteria as actions
from workflow.selection.score_queries import criteria_of, may_conduct
from workflow.selection.score_rules import CriterionLine

pages = Blueprint("criteria", __name__)
ADDED = _("The criterion is added.")
CHANGED = _("The criterion is changed.")
REMOVED = _("The criterion is removed.")
Work = Callable[[Connection, int], object]


@pages.get("/edycje/<edition_key>/kryteria")
@asks("see_meetings")
def show(edition_key: str) -> ResponseReturnValue:
    return criteria_page(edition_key, Form(CRITERION, USUAL))


@pages.post("/edycje/<edition_key>/kryteria")
@asks("see_meetings")
def add(edition_key: str) -> ResponseReturnValue:
    form = Form.sent(CRITERION)
    return on_page(edition_key, form, ADDED, lambda tx, edition_id: actions.add_criterion(
        tx, edition_id, form.read(), actor=identity.actor(), at=identity.at()
    ))  # fmt: skip


@pages.get("/edycje/<edition_key>/kryteria/<int:criterion_id>")
@asks("see_meetings")
def edit(edition_key: str, criterion_id: int) -> ResponseReturnValue:
    return criteria_page(edition_key, None, criterion_id=criterion_id)


@pages.post("/edycje/<edition_key>/kryteria/<int:criterion_id>")
@asks("see_meetings")
def change(edition_key: str, criterion_id: int) -> ResponseReturnValue:
    form = Form.sent(CRITERION)
    return on_page(edition_key, form, CHANGED, lambda tx, edition_id: actions.change_criterion(
        tx, edition_id, criterion_id, form.read(), actor=identity.actor(), at=identity.at()
    ), criterion_id)  # fmt: skip


@pages.post("/edycje/<edition_key>/kryteria/<int:criterion_id>/usun")
@asks("see_meetings")
def remove(edition_key: str, criterion_id: int) -> ResponseReturnValue:
    return on_page(edition_key, Form(CRITERION, USUAL), REMOVED, lambda tx, edition_id: actions.remove_criterion(
        tx, edition_id, criterion_id
    ))  # fmt: skip


def on_page(
    edition_key: str, form: Form, done: Sentence, work: Work, criterion_id: int | None = None
) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with everything typed."""

    def entered(tx: Connection) -> None:
        if not may_enter(tx, facts_of_edition(tx)):
            raise NotAllowed(sentence=_("The chair, the secretary or the office enters the criteria."))
        work(tx, edition_of_request() or 0)

    def again(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return criteria_page(edition_key, form, refusal, criterion_id)

    return carry_out(entered, done=done, url=url_for(".show", edition_key=edition_key), again=again)


def may_enter(tx: Connection, facts: Facts) -> bool:
    """Whether the reader enters criteria."""
    return may_conduct(tx, facts.ref.id, facts.rights.id, facts.rights.roles, at=identity.at())


def criteria_page(
    edition_key: str, form: Form | None, refusal: Refusal | None = None, criterion_id: int | None = None
) -> ResponseReturnValue:
    """The criteria in a table, and for those who enter them the form of a new one or of the one in the address."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        criteria = criteria_of(tx, facts.ref.id)
        frozen, enters = actions.are_frozen(tx, facts.ref.id), may_enter(tx, facts)
    if criterion_id is not None and not enters:
        raise NotAllowed(sentence=_("The chair, the secretary or the office enters the criteria."))
    line = next((line for line in criteria if line.id == criterion_id), None)
    if criterion_id is not None and line is None:
        raise NotFound
    page = render_template(
        "scoring/criteria.html", own=facts.own, edition_key=edition_key, criteria=criteria, frozen=frozen,
        form=form or Form(CRITERION, values_of(line) if line else USUAL), line=line, text_of=text_of,
        missing=said(refusal.missing) if isinstance(refusal, NotReady) else [],
        may_enter=enters,
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def values_of(line: CriterionLine) -> dict[str, object]:
    """A criterion as its form shows it."""
    words = {f"{kind}_{language}": getattr(line, kind).get(language, "")
             for kind in ("name", "description") for language in ("pl", "en")}  # fmt: skip
    names = ("weight", "scale_min", "scale_max", "step", "required", "minimum")
    return words | {name: getattr(line, name) for name in names}
