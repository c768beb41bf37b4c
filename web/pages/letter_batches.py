"""Letters that wait for a person: what is in each batch, approving and withdrawing it; and letters to a list."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.confirmation import Confirmation, confirmation_page
from web.views.letter_texts import name_of
from web.views.subject import Subject, find, ref_of_address
from workflow.base.errors import BadInput, NotFound, NotReady
from workflow.base.i18n import Sentence, _
from workflow.conferences.queries import ConferenceLine, conferences_of
from workflow.letters import actions, batches, lists
from workflow.notifications.letter_subjects import office_of
from workflow.rules.letter_batches import KINDS, LISTS, STATES, BatchKind, BatchState, RecipientList
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
    return render_template("letters/batch.html", subject=subject, content=content, title=title, state=state,
                           approved_lines=approved_lines)  # fmt: skip


@pages.get("/edycje/<edition_key>/wysylki/<int:batch_id>/zatwierdz")
@asks("staff")
def batch_again(edition_key: str, batch_id: int) -> ResponseReturnValue:
    """The address of an approval, read again: to the letters, which are approved where they are read."""
    return to_batch(edition_key, batch_id)


@pages.post("/edycje/<edition_key>/wysylki/<int:batch_id>/zatwierdz")
@asks("staff")
def approve(edition_key: str, batch_id: int) -> ResponseReturnValue:
    def work(tx: Connection, edition_id: int) -> Sentence:
        actions.approve_batch(
            tx, edition_id, batch_id, actor=identity.actor(), at=identity.at(), seen=request.form.get("seen", ""),
            language=identity.language(),
        )  # fmt: skip
        return _("The letters are approved and go out.")

    return decide(edition_key, batch_id, work)


@pages.get("/edycje/<edition_key>/wysylki/<int:batch_id>/wycofaj")
@asks("staff")
def ask_to_withdraw(edition_key: str, batch_id: int) -> ResponseReturnValue:
    return withdrawal_page(edition_key, batch_id)


@pages.post("/edycje/<edition_key>/wysylki/<int:batch_id>/wycofaj")
@asks("staff")
def withdraw(edition_key: str, batch_id: int) -> ResponseReturnValue:
    def work(tx: Connection, edition_id: int) -> Sentence:
        what = actions.withdraw_batch(
            tx, edition_id, batch_id, actor=identity.actor(), at=identity.at(), seen=request.form.get("seen", "")
        )
        if what.kept:
            return _("What nobody had yet is withdrawn. People who keep the letter: {count}.", count=len(what.kept))
        return _("The letters are withdrawn. None of them went out.")

    return decide(edition_key, batch_id, work, changed=".ask_to_withdraw")


def decide(
    edition_key: str, batch_id: int, work: Callable[[Connection, int], Sentence], *, changed: str = ".show"
) -> ResponseReturnValue:  # fmt: skip
    """Do it in one transaction and go back to the batch, with what was done or why it was not.

    Where it is not what was seen any more, it leads to the page `changed` to be looked at again.
    """
    endpoint = ".show"
    try:
        with writing() as tx:
            message = work(tx, edition_of_request() or 0)
    except actions.LettersChanged as refusal:
        flash(say(refusal.sentence), "error")
        endpoint = changed
    except NotReady as refusal:
        flash(" ".join(missing.say(identity.language()) for missing in refusal.missing), "error")
    else:
        flash(say(message), "success")
    return redirect(url_for(endpoint, edition_key=edition_key, batch_id=batch_id), 303)


def to_batch(edition_key: str, batch_id: int) -> ResponseReturnValue:
    """To the letters of a batch."""
    return redirect(url_for(".show", edition_key=edition_key, batch_id=batch_id), 303)


def withdrawal_page(edition_key: str, batch_id: int) -> ResponseReturnValue:
    """Who would lose a message and who would keep it; back to the letters where there is nothing to take back."""
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        content = batches.batch_content(tx, subject.ref.id, batch_id, identity.language())
    if content is None:
        raise NotFound
    if not content.may_be_withdrawn:
        return to_batch(edition_key, batch_id)
    url = url_for(".show", edition_key=edition_key, batch_id=batch_id)
    return confirmation_page(
        Confirmation(
            say(_("Withdraw the letters")), title(content.line), withdrawn_lines(content), f"{url}/wycofaj", url,
            [*crumbs(subject), {"label": title(content.line), "href": url}, {"label": say(_("Withdraw the letters"))}],
            fields={"seen": content.withdrawal.digest},
        )
    )  # fmt: skip


def withdrawn_lines(content: batches.BatchContent) -> list[str]:
    """What withdrawing does, in sentences."""
    what = content.withdrawal
    lost = content.people if what.waiting and not what.withdrawn else len(what.withdrawn)
    lines = [say(_("People who do not get the letter: {count}.", count=lost))]
    if what.withdrawn:
        lines.append(say(_("The message goes from their inbox, where nobody has opened it yet.")))
    if what.kept:
        lines.append(say(_("People who have it already and keep it: {count}. They get no correction.",
                           count=len(what.kept))))  # fmt: skip
    if content.line.kind is BatchKind.ANNOUNCEMENT:
        lines.append(say(_("The announcement stays, and so do the terms that run from it.")))
    if content.line.approved_by:
        lines.append(say(_("Who approved the letters stays written: {name}.", name=content.line.approved_by)))
    return [*lines, say(_("Your name and the time stay with the letters."))]


def approved_lines(content: batches.BatchContent) -> list[str]:
    """What approving does, in sentences."""
    lines = [say(_("The letters go out at once. People: {count}, of whom by e-mail: {by_email}.", count=content.people,
                   by_email=content.by_email))]  # fmt: skip
    if content.line.kind is BatchKind.EDITED:
        lines.append(say(_("Later letters with this text go out without waiting.")))
    return [*lines, say(_("Your name and the time stay with the letters."))]


def crumbs(subject: Subject) -> list[dict[str, str]]:
    """The way to the list of batches."""
    here = url_for(".list_all", edition_key=subject.facts.own["key"])
    return [{"label": subject.title, "href": subject.url}, {"label": say(_("Letters that wait")), "href": here}]


@pages.get("/edycje/<edition_key>/wysylki/nowa")
@asks("staff")
def new(edition_key: str) -> ResponseReturnValue:
    return list_page(edition_key, Form(actions.LIST_ASKS, {}))


@pages.post("/edycje/<edition_key>/wysylki/nowa")
@asks("staff")
def write(edition_key: str) -> ResponseReturnValue:
    return keep(edition_key, None)


@pages.get("/edycje/<edition_key>/wysylki/<int:batch_id>/zmien")
@asks("staff")
def ask_to_change(edition_key: str, batch_id: int) -> ResponseReturnValue:
    with reading() as tx:
        typed = actions.letter_of_list(tx, edition_of_request() or 0, batch_id)
    if typed is None:
        return to_batch(edition_key, batch_id)
    return list_page(edition_key, Form(actions.LIST_ASKS, dict(typed)), batch_id)


@pages.post("/edycje/<edition_key>/wysylki/<int:batch_id>/zmien")
@asks("staff")
def change(edition_key: str, batch_id: int) -> ResponseReturnValue:
    return keep(edition_key, batch_id)


def keep(edition_key: str, batch_id: int | None) -> ResponseReturnValue:
    """Write what was typed as a new letter, or into one that waits; it waits for approval afterwards."""
    form, edition_id = Form.sent(actions.LIST_ASKS), edition_of_request() or 0
    given = {name: value for name, value in form.values.items() if value is not None}
    who: Any = {"actor": identity.actor(), "at": identity.at()}
    try:
        with writing() as tx:
            if batch_id is None:
                batch_id = actions.write_to_list(tx, edition_id, given, **who)
            else:
                actions.change_letter(tx, edition_id, batch_id, given, **who)
    except BadInput as refusal:
        form.refuse(refusal)
        return list_page(edition_key, form, batch_id), 422
    except NotReady as refusal:
        form.errors["recipients"] = " ".join(missing.say(identity.language()) for missing in refusal.missing)
        return list_page(edition_key, form, batch_id), 409
    flash(say(_("The letter waits for approval. Look through it and approve it.")), "success")
    return to_batch(edition_key, batch_id)


@pages.get("/edycje/<edition_key>/wysylki/nowa/odbiorcy")
@asks("staff")
def form_again(edition_key: str) -> ResponseReturnValue:
    """The address of a list that was shown, read again: to the form."""
    return redirect(url_for(".new", edition_key=edition_key), 303)


@pages.post("/edycje/<edition_key>/wysylki/nowa/odbiorcy")
@asks("staff")
def recipients(edition_key: str) -> ResponseReturnValue:
    batch = request.form.get("batch", "")
    number = int(batch) if batch.isdecimal() and len(batch) < 18 else None
    return list_page(edition_key, Form.sent(actions.LIST_ASKS), number)


def list_page(edition_key: str, form: Form, batch_id: int | None = None) -> str:
    """The form of a letter to a list, with whom the chosen list holds at this moment."""
    chosen: Any = form.values.get("recipients")
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        known = chosen in {str(one) for one in RecipientList}
        number = conference_of(form)
        people = lists.people_on(tx, subject.ref.id, RecipientList(chosen), conference=number) if known else []
        readers = batches.readers_of_list(tx, subject.ref.id, people, at=identity.at()) if known else None
        conferences = [(str(line.number), conference_name(line)) for line in conferences_of(tx, subject.ref.id)]
    return render_template(
        "letters/new.html", subject=subject, form=form, readers=readers, batch_id=batch_id, conferences=conferences,
        nameless=not all(office_of(subject.facts.edition)),
    )  # fmt: skip


def conference_name(line: ConferenceLine) -> str:
    """What a conference is called where one is chosen."""
    name = say(_("Conference {number}", number=line.number))
    return f"{name}: {line.theme or line.purpose}" if line.theme or line.purpose else name


def conference_of(form: Form) -> int | None:
    """The number of the conference that was typed, as far as it is one; what is wrong is said when it is sent."""
    typed = str(form.values.get("conference") or "").strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < len("1000000") else None


def title(line: batches.BatchLine) -> str:
    """What a batch is called."""
    kind = say(KINDS[line.kind])
    if line.topic:
        return f"{kind}: {name_of(Topic(line.topic))}"
    return f"{kind}: {say(LISTS[RecipientList(line.recipients)])}" if line.recipients else kind


def state(line: batches.BatchLine) -> str:
    """Whether the letters of a batch may go out."""
    return say(STATES[line.state])
