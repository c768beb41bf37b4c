"""The doors through which an edition, a conference, an agreement begins; ideas have pages of their own."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.forms.steps import PAPER, StepForm, rows_named, specs_of
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.open_steps import said
from web.views.subject import address_of
from workflow.base.errors import BadInput, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.editions.actions import begin_edition
from workflow.engine import facts_reader, machine
from workflow.engine.command import CreateCommand
from workflow.engine.move import Moved
from workflow.rules.facts import Attempt, Facts
from workflow.rules.field_types import Input
from workflow.rules.roles import Role

pages = Blueprint("new_subjects", __name__)


class NewSubject(Struct, frozen=True):
    """What begins, by which step, and how its page is headed."""

    kind: str
    step: str
    title: Sentence
    expected: Sentence
    picture: str
    # What is told when it was begun, by its title where it has one.
    done: Callable[[str], Sentence]


EDITION = NewSubject("edition", "create_edition", _("New edition"),
                    _("Name the county and the year; rules and calendar come next."), "plus",
                    lambda title: _("Edition created: {title}.", title=title))  # fmt: skip
CONFERENCE = NewSubject(
    "conference", "plan", _("New conference"), _("Give its number and what it is for."), "calendar-days",
    lambda _title: _("Conference created."),
)  # fmt: skip
AGREEMENT = NewSubject(
    "agreement", "draft_agreement", _("New agreement"), _("Give it a title."), "handshake",
    lambda title: _("Agreement created: {title}.", title=title),
)  # fmt: skip


@pages.get("/edycje/nowa", endpoint="edition", defaults={"new": EDITION})
@pages.get("/edycje/<edition_key>/konferencje/nowa", endpoint="conference", defaults={"new": CONFERENCE})
@pages.get("/edycje/<edition_key>/umowa/nowa", endpoint="agreement", defaults={"new": AGREEMENT})
@asks("signed_in")
def ask(new: NewSubject, edition_key: str = "") -> ResponseReturnValue:
    return new_subject_page(new, edition_key)


@pages.post("/edycje/nowa", endpoint="begin_edition", defaults={"new": EDITION})
@pages.post("/edycje/<edition_key>/konferencje/nowa", endpoint="begin_conference", defaults={"new": CONFERENCE})
@pages.post("/edycje/<edition_key>/umowa/nowa", endpoint="begin_agreement", defaults={"new": AGREEMENT})
@asks("signed_in")
def begin(new: NewSubject, edition_key: str = "") -> ResponseReturnValue:
    form = StepForm.sent_for(specs_of(new.kind, new.step))
    try:
        moved = create(new, form)
    except (BadInput, NotReady) as refusal:
        form.take_refusal(refusal)
        return new_subject_page(new, edition_key, form, refusal)
    flash(say(new.done(form.values.get("title") or "")), "success")
    return redirect(address_of(moved.ref, form.values.get("key") or edition_key), 303)


def create(new: NewSubject, form: StepForm) -> Moved:
    """Let the machine take the first step with what was typed; raises a Refusal."""
    arguments, actor, at, edition_id = form.first_arguments(), identity.actor(), identity.at(), edition_of_request()

    def work(tx: Connection) -> Moved:
        command = CreateCommand(new.kind, new.step, actor=actor, at=at, edition_id=edition_id, **arguments)
        if new is EDITION:
            return begin_edition(tx, command, is_admin=identity.reader().is_admin)
        return machine.create(tx, command)

    return resources().database.in_transaction(work)


def preview(tx: Connection, new: NewSubject, edition_id: int | None) -> tuple[Facts, list[dict[str, Any]]]:
    """The facts before it begins, and what stands in the way; raises NotFound or NotAllowed as the machine would."""
    facts = facts_reader.facts_before_creation(tx, new.kind, edition_id=edition_id, actor=identity.actor(), lock=False)
    attempt = Attempt(identity.at())
    try:
        machine.decide(machine.newest(new.kind), facts, new.step, attempt)
    except NotReady as refusal:
        return facts, said(refusal.missing)
    return facts, []


def new_subject_page(
    new: NewSubject, edition_key: str, form: StepForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """The form of a first step, fresh or with what was typed before."""
    edition_id = edition_of_request()
    with reading() as tx:
        facts, missing = preview(tx, new, edition_id)
    form = form or StepForm.of(specs_of(new.kind, new.step), version=None)
    wants_paper = Role.STAFF in facts.rights.roles and any(row.paper for row in rows_named(new.kind, new.step))
    page = render_template(
        "steps/begin.html", new=new, form=form, facts=facts, missing=missing,
        paper=PAPER if wants_paper else None, first=first_fields(form),
        back=url_for("editions.show", edition_key=edition_key) if edition_key else url_for("editions.list_all"),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def first_fields(form: StepForm) -> tuple[Input, ...]:
    """What has to be given; the rest is folded away."""
    return tuple(spec for spec in form.step_asks if spec.required)
