"""The texts of an edition's letters: which there are, one to be edited, tried with real data, approved and reset."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.letter import RESET, LetterForm
from web.forms.version import required
from web.http import identity
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.http.versions import version_in
from web.pages.steps import take_step
from web.views import letter_texts as views
from web.views import timeline
from web.views.confirmation import Confirmation, confirmation_page
from web.views.subject import Subject, find, ref_of_address
from workflow.base.errors import BadInput, NoSuchStep, NotFound, NotReady, Refusal, Stale
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.letters import actions, samples
from workflow.notifications.letter_subjects import office_of
from workflow.notifications.letter_texts import edition_texts, shipped
from workflow.notifications.messages import Letter
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.facts import Ref
from workflow.rules.letter_text import LANGUAGES
from workflow.rules.topics import Audience, Topic

pages = Blueprint("letter_texts", __name__)
ONE = "/edycje/<edition_key>/powiadomienia/<topic>/<language>"


@pages.get("/edycje/<edition_key>/powiadomienia")
@asks("staff")
def list_all(edition_key: str) -> ResponseReturnValue:
    """One phase of the programme at a time, the first where the address names none."""
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        phases = views.topic_lines(tx, subject.ref.id)
    chosen = request.args.get("czesc", 1, type=int)
    here = chosen if 1 <= chosen <= len(phases) else 1
    return render_template(
        "letters/list.html",
        subject=subject,
        nameless=not all(office_of(subject.facts.edition)),
        phases=phases,
        here=here,
        languages=LANGUAGES,
    )


@pages.get(ONE)
@asks("staff")
def show(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    return text_page(edition_key, *known(topic, language))


@pages.post(ONE)
@asks("staff")
def save(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    chosen, ref = known(topic, language), ref_of_address({"edition_key": edition_key})
    form = LetterForm.sent_by_browser(*chosen)
    if not form.check(is_saved=True):
        return text_page(edition_key, *chosen, form), 422
    try:
        take_step(ref, "change_letter_text", form)
    except (BadInput, NotReady, Stale, NoSuchStep) as refusal:
        form.take_refusal(refusal)
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return text_page(edition_key, *chosen, form, refusal), refusal.status
    flash(say(_("The text is saved. Letters with it wait until somebody approves it.")), "success")
    return back(edition_key, *chosen)


@pages.get(f"{ONE}/podglad")
@pages.get(f"{ONE}/probny")
@asks("staff")
def show_again(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    """The page of a preview or of a test, read again without what was typed: to the editor."""
    return back(edition_key, *known(topic, language))


@pages.post(f"{ONE}/podglad")
@asks("staff")
def preview(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    chosen = known(topic, language)
    form = LetterForm.sent_by_browser(*chosen)
    status = 200 if form.check() else 422
    return text_page(edition_key, *chosen, form), status


@pages.post(f"{ONE}/probny")
@asks("staff")
def send_test(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    chosen = known(topic, language)
    form, edition_id = LetterForm.sent_by_browser(*chosen), edition_of_request() or 0
    if not form.check():
        return text_page(edition_key, *chosen, form), 422
    with writing() as tx:
        ref, letter = sample(tx, edition_id, chosen[0], form)
        actions.send_test(tx, edition_id, letter, ref, actor=identity.actor(), at=identity.at())
    flash(say(_("A test letter is on its way to you. What you typed is not saved yet.")), "success")
    return text_page(edition_key, *chosen, form)


@pages.get(f"{ONE}/przywroc")
@asks("staff")
def ask_to_reset(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    """What resetting a text does, and the shipped words that hold afterwards."""
    chosen = known(topic, language)
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        current = edition_texts(tx, [subject.ref.id]).version(subject.ref.id, *chosen, at=None)
        waiting = actions.text_approval(tx, subject.ref.id, chosen[0]).messages if current else 0
    if current is None:
        return back(edition_key, *chosen)
    lines = [say(_("From now on this text holds again: “{words}”", words=shipped(language)[chosen[0]].happened))]
    if waiting:
        lines.append(
            say(_("Letters that wait keep the edited text: {count}. Approve or withdraw them.", count=waiting))
        )
    lines.append(say(_("The edited text stays among the versions.")))
    return confirmation(subject, chosen, _("Reset to the shipped text"), "przywroc", lines,
                        fields={"version": subject.facts.version}, is_final=False)  # fmt: skip


@pages.post(f"{ONE}/przywroc")
@asks("staff")
def reset(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    chosen, ref = known(topic, language), ref_of_address({"edition_key": edition_key})
    answers = {"letter_topic": chosen[0].value, "letter_language": chosen[1]}
    command = StepCommand(ref, RESET, identity.actor(), identity.at(),
                          version=required(version_in(request.form.get("version"))), answers=answers)  # fmt: skip
    resources().database.in_transaction(lambda tx: machine.take(tx, command))
    flash(say(_("The shipped text holds again.")), "success")
    return back(edition_key, *chosen)


@pages.get(f"{ONE}/zatwierdz")
@asks("staff")
def ask_to_approve(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    """Which texts are approved and what goes out with them; back to the text where nothing waits."""
    chosen = known(topic, language)
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        what = actions.text_approval(tx, subject.ref.id, chosen[0])
    if not what.versions and not what.batches:
        return back(edition_key, *chosen)
    languages = ", ".join(say(LANGUAGES[one]) for one in what.languages)
    lines = [say(_("Approved texts: {languages}.", languages=languages))] if languages else []
    lines += [
        say(_("Letters that wait go out at once: {count}. Read them before, on the page of letters that wait.",
              count=what.messages)) if what.messages else say(_("No letters with this text wait now.")),
        say(_("Later letters with this text go out without waiting.")),
        say(_("Your name and the time stay with the text.")),
    ]  # fmt: skip
    return confirmation(subject, chosen, _("Approve the text"), "zatwierdz", lines,
                        fields={"seen": what.digest})  # fmt: skip


def confirmation(
    subject: Subject, chosen: tuple[Topic, str], title: Sentence, action: str, lines: list[str], *,
    fields: Mapping[str, object], is_final: bool = True,
) -> str:  # fmt: skip
    """The page on which something about a text is confirmed."""
    key, name = subject.facts.own["key"], views.name_of(chosen[0])
    here = url_for(".show", edition_key=key, topic=chosen[0], language=chosen[1])
    crumbs = [{"label": subject.title, "href": subject.url}, {"label": name, "href": here}, {"label": say(title)}]
    return confirmation_page(Confirmation(say(title), name, lines, f"{here}/{action}", here, crumbs, fields=fields,
                                          is_final=is_final))  # fmt: skip


@pages.post(f"{ONE}/zatwierdz")
@asks("staff")
def approve(edition_key: str, topic: str, language: str) -> ResponseReturnValue:
    chosen, edition_id = known(topic, language), edition_of_request() or 0
    seen = request.form.get("seen", "")
    try:
        with writing() as tx:
            actions.approve_text(tx, edition_id, chosen[0], actor=identity.actor(), at=identity.at(), seen=seen)
    except actions.LettersChanged as refusal:
        flash(say(refusal.sentence), "error")
        return redirect(request.url, 303)
    except NotReady as refusal:
        flash(" ".join(missing.say(identity.language()) for missing in refusal.missing), "error")
        return back(edition_key, *chosen)
    flash(say(_("The text is approved. Letters with it go out.")), "success")
    return back(edition_key, *chosen)


def known(topic: str, language: str) -> tuple[Topic, str]:
    """The topic and language of an address; NotFound where there is no such text."""
    if topic not in views.EDITABLE or language not in LANGUAGES:
        raise NotFound
    return Topic(topic), language


def back(edition_key: str, topic: Topic, language: str) -> ResponseReturnValue:
    """To the text, where everything that has been done with it can be read."""
    return redirect(url_for(".show", edition_key=edition_key, topic=topic, language=language), 303)


def sample(tx: Connection, edition_id: int, topic: Topic, form: LetterForm) -> tuple[Ref, Letter]:
    """The letter with the typed text and the data of the chosen project, for the chosen reader."""
    project, reader = request.values.get("project", ""), request.values.get("reader", "")
    number = int(project) if project.isdecimal() and len(project) < 18 else None
    ref = samples.subject_for(tx, edition_id, topic, number, identity.actor())
    audience = Audience(reader) if reader in AUDIENCES[topic] else views.first_reader(topic)
    letter = samples.preview(
        tx, edition_id, topic, form.text(), form.language, audience=audience, ref=ref, actor=identity.actor(),
        at=identity.at(), site=resources().settings.base_url,
    )  # fmt: skip
    return ref, letter


def text_page(
    edition_key: str, topic: Topic, language: str, form: LetterForm | None = None, refusal: Refusal | None = None
) -> str:
    """The form of a text with what was typed, its preview and its versions."""
    with reading() as tx:
        subject: Subject = find(tx, ref_of_address({"edition_key": edition_key}))
        texts = edition_texts(tx, [subject.ref.id])
        view = views.editor(tx, texts, subject.facts, topic, language, form.text() if form else None)
        text = texts.text(subject.ref.id, topic, language, at=None)
        form = form or LetterForm.of_text(topic, language, text, version=subject.facts.version)
        changes = timeline.changes(tx, subject, form.version) if isinstance(refusal, Stale) else []
        _ref, letter = sample(tx, subject.ref.id, topic, form)
    if isinstance(refusal, Stale):
        form.version = subject.facts.version
    more: dict[str, Any] = {"project": request.values.get("project", ""), "reader": request.values.get("reader", "")}
    return render_template(
        "letters/text.html", subject=subject, view=view, form=form, letter=letter, changes=changes,
        stale=isinstance(refusal, Stale), **more,
    )  # fmt: skip
