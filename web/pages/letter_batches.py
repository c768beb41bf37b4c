"""Letters that wait for a person: what is in each batch, approving and withdrawing it; and letters to a list."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.letter_texts import name_of
from web.views.subject import find, ref_of_address
from workflow.base.errors import BadInput, NotFound, NotReady
from workflow.base.i18n import Sentence, _
from workflow.letters import actions, batches, lists
from workflow.rules.letter_batches import KINDS, LISTS, STATES, BatchState, RecipientList
from workflow.rules.topics import Topic

pages = Blueprint("letter_batches", __name__)
TONES = {BatchState.HELD: "wait", BatchState.APPROVED: "good", BatchState.WITHDRAWN: ""}


@pages.get("/edycje/<edition_key>/wysylki")
@asks("staff")
def list_all(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        lines = batches.batches_of(tx, subject.ref.id)
    return render_template("letters/batches.html", subject=subject, lines=lines, title=title, state=state, tones=TONES)


@pages.get("/edycje/<edition_key>/wysylki/<int:batch_id>")
@asks("staff")
def show(edition_key: str, batch_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        content = batches.batch_content(tx, subject.ref.id, batch_id, identity.language())
    if content is None:
        raise NotFound
    return render_template("letters/batch.html", subject=subject, content=content, title=title, state=state)


@pages.post("/edycje/<edition_key>/wysylki/<int:batch_id>/zatwierdz")
@asks("staff")
def approve(edition_key: str, batch_id: int) -> ResponseReturnValue:
    def work(tx: Connection, edition_id: int) -> Sentence:
        actions.approve_batch(tx, edition_id, batch_id, actor=identity.actor(), at=identity.at())
        return _("The letters are approved and go out.")

    return carry_out(edition_key, batch_id, work)


@pages.post("/edycje/<edition_key>/wysylki/<int:batch_id>/wycofaj")
@asks("staff")
def withdraw(edition_key: str, batch_id: int) -> ResponseReturnValue:
    def work(tx: Connection, edition_id: int) -> Sentence:
        sent = actions.withdraw_batch(tx, edition_id, batch_id, actor=identity.actor(), at=identity.at())
        if sent:
            return _("The letters that had not gone out are withdrawn. Gone out before: {count}.", count=sent)
        return _("The letters are withdrawn. None of them went out.")

    return carry_out(edition_key, batch_id, work)


def carry_out(edition_key: str, batch_id: int, work: Callable[[Connection, int], Sentence]) -> ResponseReturnValue:
    """Do it in one transaction and go back to the batch, with what was done or why it was not."""
    try:
        with writing() as tx:
            message = work(tx, edition_of_request() or 0)
    except NotReady as refusal:
        flash(" ".join(missing.say(identity.language()) for missing in refusal.missing), "error")
    else:
        flash(say(message), "success")
    return redirect(url_for(".show", edition_key=edition_key, batch_id=batch_id), 303)


@pages.get("/edycje/<edition_key>/wysylki/nowa")
@asks("staff")
def new(edition_key: str) -> ResponseReturnValue:
    return list_page(edition_key, Form(actions.LIST_ASKS, {}))


@pages.post("/edycje/<edition_key>/wysylki/nowa")
@asks("staff")
def write(edition_key: str) -> ResponseReturnValue:
    form = Form.sent(actions.LIST_ASKS)
    given = {name: value for name, value in form.values.items() if value is not None}
    try:
        with writing() as tx:
            batch_id = actions.write_to_list(
                tx, edition_of_request() or 0, given, actor=identity.actor(), at=identity.at()
            )
    except BadInput as refusal:
        form.refuse(refusal)
        return list_page(edition_key, form), 422
    except NotReady as refusal:
        form.errors["recipients"] = " ".join(missing.say(identity.language()) for missing in refusal.missing)
        return list_page(edition_key, form), 409
    flash(say(_("The letter waits for approval. Look through it and approve it.")), "success")
    return redirect(url_for(".show", edition_key=edition_key, batch_id=batch_id), 303)


@pages.post("/edycje/<edition_key>/wysylki/nowa/odbiorcy")
@asks("staff")
def recipients(edition_key: str) -> ResponseReturnValue:
    return list_page(edition_key, Form.sent(actions.LIST_ASKS))


def list_page(edition_key: str, form: Form) -> str:
    """The form of a letter to a list, with whom the chosen list holds at this moment."""
    chosen: Any = form.values.get("recipients")
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        known = chosen in {str(one) for one in RecipientList}
        people = lists.people_on(tx, subject.ref.id, RecipientList(chosen)) if known else []
        readers = batches.readers_of_list(tx, subject.ref.id, people, at=identity.at()) if known else None
    return render_template("letters/new.html", subject=subject, form=form, readers=readers)


def title(line: batches.BatchLine) -> str:
    """What a batch is called."""
    kind = say(KINDS[line.kind])
    if line.topic:
        return f"{kind}: {name_of(Topic(line.topic))}"
    return f"{kind}: {say(LISTS[RecipientList(line.recipients)])}" if line.recipients else kind


def state(line: batches.BatchLine) -> str:
    """Whether the letters of a batch may go out."""
    return say(STATES[line.state])
