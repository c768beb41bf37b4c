"""At the tables of a conference: lists typed by several people at once, and what is left open for somebody to do."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity, live
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.sent_forms import sent_key
from web.http.template_context import say
from web.views.matters import reminder_lines
from web.views.subject import Subject, find
from web.views.unanswered import office_notices
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import Sentence, _
from workflow.conferences import matters, outputs
from workflow.ideas.actions import record_idea
from workflow.people.choices import LIMIT, people_of_edition
from workflow.people.duties import Duty
from workflow.people.unanswered import of_editions
from workflow.rules.facts import Ref
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.states import WELCOMING

pages = Blueprint("conference_tables", __name__)
LONGEST_TITLE = 200
# The parts of the page that follow what others write.
PARTS = {"table-lists": "conferences/lists.html", "open-matters": "conferences/matters.html"}
# What a page that was refused shows again.
Typed = dict[str, Any]


@pages.get("/konferencje/<int:conference_id>/stoly")
@asks("signed_in")
def show(conference_id: int) -> ResponseReturnValue:
    return page(conference_id, {})


@pages.post("/konferencje/<int:conference_id>/stoly")
@asks("signed_in")
def write(conference_id: int) -> ResponseReturnValue:
    """A new line at a table."""
    return done(conference_id, _("Line written down."), lambda tx, subject: outputs.write_line(
        tx, subject.facts, request.form, actor=identity.actor(), at=identity.at(), key=sent_key()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/stoly/<int:line_id>/zmien")
@asks("signed_in")
def change(conference_id: int, line_id: int) -> ResponseReturnValue:
    """Other words for one's own line."""
    return done(conference_id, _("Line changed."), lambda tx, subject: outputs.change_line(
        tx, subject.facts, line_id, request.form, actor=identity.actor(), at=identity.at()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/stoly/<int:line_id>/skresl")
@asks("signed_in")
def strike(conference_id: int, line_id: int) -> ResponseReturnValue:
    """A line that does not count any more."""
    return done(conference_id, _("Line struck out."), lambda tx, subject: outputs.strike_line(
        tx, subject.facts, line_id, actor=identity.actor(), at=identity.at()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/stoly/<int:line_id>/pomysl")
@asks("conference_hosts")
def make_idea(conference_id: int, line_id: int) -> ResponseReturnValue:
    """A line becomes an idea of the edition; its author is the table, so nobody is named."""

    def work(tx: Connection, subject: Subject) -> None:
        line, clause = outputs.idea_of(tx, subject.facts, line_id)
        if line.proposal_id is None:
            title, rest = line.text[:LONGEST_TITLE].split("\n")[0], line.text
            answers = {"title": title, "summary": rest, "author_as_group": "1", "clause": "1"}
            moved = record_idea(
                tx, edition_id=subject.facts["edition_id"], clause_version=clause, actor=identity.actor(),
                at=identity.at(), answers=answers, key=f"line-{line_id}",
            )  # fmt: skip
            outputs.note_idea(tx, line_id, moved.ref.id)

    return done(conference_id, _("Idea recorded from the line."), work)


@pages.post("/konferencje/<int:conference_id>/sprawy")
@asks("conference_hosts")
def note(conference_id: int) -> ResponseReturnValue:
    """Something that the conference leaves open."""
    return done(conference_id, _("Open matter noted."), lambda tx, subject: matters.note_matter(
        tx, subject.facts, request.form, actor=identity.actor(), at=identity.at(), key=sent_key()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/sprawy/<int:matter_id>")
@asks("signed_in")
def finish(conference_id: int, matter_id: int) -> ResponseReturnValue:
    """What came of an open matter."""
    return done(conference_id, _("Result of the matter noted."), lambda tx, subject: matters.finish_matter(
        tx, subject.facts, matter_id, request.form, actor=identity.actor(), at=identity.at()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/sprawy/<int:matter_id>/osoba")
@asks("conference_hosts")
def hand_over(conference_id: int, matter_id: int) -> ResponseReturnValue:
    """Somebody else does what a conference left open."""
    given = _("The matter was given to somebody else.")
    return done(conference_id, given, lambda tx, subject: matters.hand_over_matter(
        tx, subject.facts, matter_id, request.form, actor=identity.actor()
    ))  # fmt: skip


def done(
    conference_id: int, sentence: Sentence, work: Callable[[Connection, Subject], object]
) -> ResponseReturnValue:  # fmt: skip
    """Do it in one transaction and go back, or show the page again with what was typed and what is wrong."""
    try:
        resources().database.in_transaction(lambda tx: work(tx, found(tx, conference_id)))
    except BadInput as refusal:
        errors = {name: say(text) for name, text in refusal.fields.items()}
        return page(conference_id, {**request.form.to_dict(), "errors": errors}), 422
    flash(say(sentence), "success")
    return redirect(url_for(".show", conference_id=conference_id, stolik=request.form.get("table_label") or None), 303)


def found(tx: Connection, conference_id: int) -> Subject:
    """The conference, for those who work in the edition or take part; NotFound for others."""
    subject = find(tx, Ref("conference", conference_id), None)
    person = subject.facts.rights.id
    if not may_see_working_papers(subject.facts) and not (person and outputs.takes_part(tx, conference_id, person)):
        raise NotFound
    return subject


def page(conference_id: int, typed: Typed) -> str:
    """The lists by kind and table, the form for a new line, and the open matters."""
    at = identity.at()
    with reading() as tx:
        # A page that was refused keeps what was typed, so it is not renewed.
        mark = None if typed else live.mark(tx, "tables", conference_id)
        subject = found(tx, conference_id)
        lines = outputs.outputs_of(tx, conference_id)
        may_write = outputs.may_write(tx, subject.facts)
        hosts = bool(subject.facts.rights.roles & outputs.HOSTS)
        left = matters.matters_of(tx, subject.facts["edition_id"], upto=subject.facts["number"])
        edition_id = subject.facts["edition_id"]
        sought = request.args.get("osoba", "")[:LONGEST_TITLE]
        people = people_of_edition(tx, edition_id, facts=subject.facts, name=sought) if hosts else []
        left_open = of_editions(tx, [edition_id], at=at) if hosts else []
    me = identity.actor().id
    reminders = reminder_lines(left, subject, reader=me, at=at)
    specs = outputs.TABLE, outputs.TEXT, matters.MATTER, matters.OWNER, matters.DUE, matters.RESULT
    return live.page(
        "conferences/tables.html", PARTS, mark=mark, subject=subject, kinds=outputs.kinds_of(subject.facts.own),
        lines=lines, tables=list(outputs.by_table(lines)), may_write=may_write, hosts=hosts, matters=left,
        people=people, table=typed.get("table_label") or request.args.get("stolik", ""), typed=typed,
        errors=typed.get("errors", {}), me=me, at=at, specs=specs,
        takes_ideas=subject.edition["state"] in WELCOMING, reminders=reminders, sought=sought,
        most=LIMIT if len(people) == LIMIT else 0,
        unanswered=office_notices([one for one in left_open if one.about_id == conference_id], {Duty.MATTER}),
    )  # fmt: skip
