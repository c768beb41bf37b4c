"""The group of a proposal: who does what, who is invited, who asks to join, what each has taken on."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form, groups
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.views import group as group_page
from web.views.open_steps import said
from web.views.subject import find
from web.views.unanswered import notices
from workflow.base.errors import BadInput, NoSuchStep, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.groups import invitations, join_requests, paper, tasks
from workflow.groups.queries import read_group
from workflow.people.unanswered import of_project
from workflow.rules.facts import Ref
from workflow.rules.permissions import may_see_working_papers

pages = Blueprint("groups", __name__)
Work = Callable[[Connection], object]


@pages.get("/projekty/<int:proposal_id>/grupa")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    return group_of(proposal_id, groups.Forms())


def group_of(proposal_id: int, forms: groups.Forms, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page, fresh or with what was typed into one of its forms."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            raise NotFound
        group = read_group(tx, subject.facts.own, at=identity.at())
        unanswered = notices(of_project(tx, proposal_id, at=identity.at()), subject.facts)
    page = group_page.page_of(subject, group, at=identity.at())
    missing = said(refusal.missing) if refusal and not isinstance(refusal, BadInput) else []
    sentence = say(refusal.sentence) if refusal and not forms.errors else ""
    text = render_template(
        "groups/group.html",
        page=page,
        subject=subject,
        forms=forms,
        refused=sentence,
        missing=missing,
        unanswered=unanswered,
    )
    return text, refusal.status if refusal else 200


def done(
    proposal_id: int, work: Work, said_: Sentence, forms: groups.Forms, form: Form | None = None
) -> ResponseReturnValue:
    """Do one thing in one transaction and come back to the page; a refusal comes back with what was typed."""
    try:
        resources().database.in_transaction(work)
    except (BadInput, NotReady, NoSuchStep) as refusal:
        if form and isinstance(refusal, BadInput):
            form.refuse(refusal)
        return group_of(proposal_id, forms, refusal)
    flash(say(said_), "success")
    return redirect(url_for("groups.show", proposal_id=proposal_id), 303)


@pages.post("/projekty/<int:proposal_id>/grupa/zaproszenia")
@asks("signed_in")
def invite(proposal_id: int) -> ResponseReturnValue:
    forms = groups.Forms(invite=Form.sent(groups.INVITE))
    given, ref, settings = forms.invite.values, Ref("proposal", proposal_id), resources().settings
    actor, at = identity.actor(), identity.at()
    email, place = given.get("email") or "", given.get("place") or ""
    return done(
        proposal_id,
        lambda tx: invitations.invite(tx, settings, ref, email=email, place=place, actor=actor, at=at),
        _("The invitation is on its way to {email}.", email=email), forms, forms.invite,
    )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/grupa/zaproszenia/<int:number>/ponow")
@asks("signed_in")
def invite_again(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at, settings = Ref("proposal", proposal_id), identity.actor(), identity.at(), resources().settings
    sentence = _("Another letter is on its way; the link in the earlier one works no more.")
    return done(
        proposal_id, lambda tx: invitations.send_again(tx, settings, ref, number, actor=actor, at=at), sentence,
        groups.Forms(),
    )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/grupa/zaproszenia/<int:number>/wycofaj")
@asks("signed_in")
def withdraw_invitation(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    sentence = _("The invitation is withdrawn; its link works no more.")
    return done(
        proposal_id, lambda tx: invitations.withdraw(tx, ref, number, actor=actor, at=at), sentence, groups.Forms()
    )


@pages.post("/projekty/<int:proposal_id>/grupa/prosby")
@asks("signed_in")
def ask_to_join(proposal_id: int) -> ResponseReturnValue:
    forms = groups.Forms(join=Form.sent(groups.JOIN))
    ref, actor, at, word = Ref("proposal", proposal_id), identity.actor(), identity.at(), forms.join.values["word"]
    sentence = _("Your request is with the group; the answer will be shown here and in your messages.")
    return done(
        proposal_id, lambda tx: join_requests.ask_to_join(tx, ref, word=word or "", actor=actor, at=at), sentence,
        forms, forms.join,
    )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/grupa/prosby/<int:number>")
@asks("signed_in")
def answer_request(proposal_id: int, number: int) -> ResponseReturnValue:
    forms = groups.Forms(answer=Form.sent(groups.ANSWER))
    welcome, given = request.form.get("decision") == "welcome", forms.answer.values
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    word, place = given.get("answer") or "", given.get("place") or ""
    return done(
        proposal_id,
        lambda tx: join_requests.answer(tx, ref, number, welcome=welcome, word=word, place=place, actor=actor, at=at),
        _("Taken into the group.") if welcome else _("Refused; the person is told of it."),
        forms, forms.answer,
    )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/grupa/prosby/<int:number>/wycofaj")
@asks("signed_in")
def take_request_back(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    sentence = _("Your request is taken back.")
    return done(
        proposal_id, lambda tx: join_requests.take_back(tx, ref, number, actor=actor, at=at), sentence, groups.Forms()
    )


@pages.post("/projekty/<int:proposal_id>/grupa/zadania")
@asks("signed_in")
def add_task(proposal_id: int) -> ResponseReturnValue:
    forms = groups.Forms(task=Form.sent(groups.TASK))
    given = {name: value or "" for name, value in forms.task.values.items()}
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    return done(
        proposal_id, lambda tx: tasks.add_task(tx, ref, **given, actor=actor, at=at),
        _("The task is on the list."), forms, forms.task,
    )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/grupa/zadania/<int:number>")
@asks("signed_in")
def change_task(proposal_id: int, number: int) -> ResponseReturnValue:
    ref, actor, at, wish = Ref("proposal", proposal_id), identity.actor(), identity.at(), request.form.get("wish")

    def work(tx: Connection) -> None:
        if wish == "drop":
            tasks.drop_task(tx, ref, number, actor=actor)
        elif wish == "hand":
            tasks.hand_over_task(tx, ref, number, person=request.form.get("person", ""), actor=actor)
        else:
            tasks.finish_task(tx, ref, number, done=wish == "done", actor=actor, at=at)

    return done(proposal_id, work, _("The list of tasks is changed."), groups.Forms())


@pages.post("/projekty/<int:proposal_id>/grupa/papier")
@asks("signed_in")
def enter_on_paper(proposal_id: int) -> ResponseReturnValue:
    forms = groups.Forms(paper=Form.sent(groups.PAPER))
    ref, actor, at, form = Ref("proposal", proposal_id), identity.actor(), identity.at(), forms.paper

    def work(tx: Connection) -> int:
        given = form.read()
        flags = {name: bool(given.get(name)) for name in ("leads", "is_minor")}
        return paper.enter_person(tx, ref, name=given["name"], paper_on=given["paper_on"], actor=actor, at=at, **flags)

    return done(proposal_id, work, _("Entered from the paper."), forms, form)
