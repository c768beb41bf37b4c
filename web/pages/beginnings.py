"""The doors through which a subject begins: an idea, an edition, a conference, an agreement."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import Connection

from web import identity
from web.context import say
from web.extensions import held, reading
from web.forms.steps import PAPER, StepForm, rows_named, specs_of
from web.open_steps import said
from web.security import asks, edition_of_request
from web.subjects import address_of
from workflow import machine, store
from workflow.actions.editions import begin_edition
from workflow.actions.ideas import record_idea
from workflow.advance import Moved
from workflow.answers import Input
from workflow.errors import BadInput, KeyReused, NotReady, Refusal
from workflow.facts import Attempt, Facts
from workflow.language import Sentence, _
from workflow.queries.editions import Texts, texts_of

pages = Blueprint("beginnings", __name__)


@dataclass(frozen=True, slots=True)
class Beginning:
    """One door: what begins, by which step, and how its page is headed."""

    kind: str
    step: str
    title: Sentence
    expected: Sentence
    picture: str


IDEA = Beginning("proposal", "record_idea", _("Write down an idea"),
                 _("A title is enough; everything else can wait."), "lightbulb")  # fmt: skip
EDITION = Beginning("edition", "create_edition", _("New edition"),
                    _("Name the county and the year; rules and calendar come next."), "plus")  # fmt: skip
CONFERENCE = Beginning("conference", "plan", _("New conference"), _("Give its number and what it is for."), "calendar")
AGREEMENT = Beginning("agreement", "draft_agreement", _("New agreement"), _("Give it a title."), "handshake")


@pages.get("/edycje/<edition_key>/pomysl", endpoint="idea", defaults={"door": IDEA})
@pages.get("/edycje/nowa", endpoint="edition", defaults={"door": EDITION})
@pages.get("/edycje/<edition_key>/konferencje/nowa", endpoint="conference", defaults={"door": CONFERENCE})
@pages.get("/edycje/<edition_key>/umowa/nowa", endpoint="agreement", defaults={"door": AGREEMENT})
@asks("signed_in")
def ask(door: Beginning, edition_key: str = "") -> Any:
    return door_page(door, edition_key)


@pages.post("/edycje/<edition_key>/pomysl", endpoint="begin_idea", defaults={"door": IDEA})
@pages.post("/edycje/nowa", endpoint="begin_edition", defaults={"door": EDITION})
@pages.post("/edycje/<edition_key>/konferencje/nowa", endpoint="begin_conference", defaults={"door": CONFERENCE})
@pages.post("/edycje/<edition_key>/umowa/nowa", endpoint="begin_agreement", defaults={"door": AGREEMENT})
@asks("signed_in")
def begin(door: Beginning, edition_key: str = "") -> Any:
    form = StepForm.sent_for(specs_of(door.kind, door.step))
    try:
        moved = create(door, form)
    except (BadInput, NotReady, KeyReused) as refusal:
        form.take_refusal(refusal)
        return door_page(door, edition_key, form, refusal)
    flash(say(_("Saved: {title}.", title=form.values.get("title") or say(door.title))), "success")
    return redirect(address_of(moved.ref, form.values.get("key") or edition_key), 303)


def create(door: Beginning, form: StepForm) -> Moved:
    """Let the machine take the first step with what was typed; raises a Refusal."""
    arguments, actor, at, edition_id = form.arguments(), identity.actor(), identity.at(), edition_of_request()
    arguments.pop("version")

    def work(tx: Connection) -> Moved:
        if door is IDEA:
            clause = preview(tx, door, edition_id)[0].edition["clause_version"]
            return record_idea(
                tx, edition_id=edition_id or 0, clause_version=clause, actor=actor, at=at, **arguments
            )  # fmt: skip
        if door is EDITION:
            return begin_edition(tx, actor=actor, at=at, is_admin=identity.reader().is_admin, **arguments)
        return machine.create(tx, door.kind, door.step, actor=actor, at=at, edition_id=edition_id, **arguments)

    return held().database.in_transaction(work)


def preview(tx: Connection, door: Beginning, edition_id: int | None) -> tuple[Facts, list[dict[str, Any]]]:
    """The facts before it begins, and what stands in the way; raises NotFound or NotAllowed as the machine would."""
    facts = store.around(tx, door.kind, edition_id=edition_id, actor=identity.actor())
    attempt = Attempt(identity.at())
    try:
        machine.decide(machine.newest(door.kind), facts, door.step, attempt)
    except NotReady as refusal:
        return facts, said(refusal.missing)
    return facts, []


def door_page(door: Beginning, edition_key: str, form: StepForm | None = None, refusal: Refusal | None = None) -> Any:
    """The form of a first step, fresh or with what was typed before."""
    edition_id = edition_of_request()
    with reading() as tx:
        facts, missing = preview(tx, door, edition_id)
        texts = texts_of(tx, edition_id) if door is IDEA and edition_id else None
    form = form or StepForm.of(specs_of(door.kind, door.step), version=None)
    asks_clause = needs_clause(facts) if texts else False
    form.asks = tuple(spec for spec in form.asks if spec.name != "clause" or asks_clause)
    offer_lists(form, facts)
    wants_paper = "staff" in facts.standing.roles and any(row.paper for row in rows_named(door.kind, door.step))
    page = render_template(
        "steps/begin.html", door=door, form=form, facts=facts, missing=missing, clause=clause_of(facts, texts),
        asks_clause=asks_clause, paper=PAPER if wants_paper else None, first=first_fields(form),
        back=url_for("editions.show", edition_key=edition_key) if edition_key else url_for("editions.list_all"),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def needs_clause(facts: Facts) -> bool:
    """Whether the author has not yet confirmed the clause that is in force."""
    return bool(facts.edition["clause_version"]) and facts.standing.clause_version != facts.edition["clause_version"]


def clause_of(facts: Facts, texts: Texts | None) -> dict[str, str] | None:
    """The information clause with its version."""
    if texts is None or not facts.edition["clause_version"]:
        return None
    return {"version": facts.edition["clause_version"], "text": texts.clause}


def offer_lists(form: StepForm, facts: Facts) -> None:
    """The edition's own sectors and areas to choose from."""
    for name, column in (("sector", "sectors"), ("area", "areas")):
        if names := facts.edition.get(column):
            form.choices[name] = [(one, one) for one in names]


def first_fields(form: StepForm) -> tuple[Input, ...]:
    """What has to be given; the rest is folded away."""
    return tuple(spec for spec in form.step_asks if spec.required)
