"""The sheet of a proposal: to be read, and to be written section by section or as a whole."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.sheet import SheetForm, communes_of, unsaved, windows_in
from web.forms.version import required
from web.http import errors, identity
from web.http.resources import reading, resources, writing
from web.http.security import asks
from web.http.template_context import say
from web.views import sheet as sheets
from web.views import timeline
from web.views.open_steps import open_step_of, said
from web.views.subject import Subject, find
from web.views.submission import left_to_mend, line_to_mend, reasons_by_section
from workflow.base.errors import BadInput, Missing, NotAllowed, NotFound, NotReady, Refusal, Stale
from workflow.base.i18n import Sentence, _
from workflow.comments.queries import open_counts
from workflow.rules.facts import Facts, Ref
from workflow.rules.field_types import Input
from workflow.rules.permissions import may_see_working_papers
from workflow.rules.scalar_types import AMOUNT, TWO_SIGNS
from workflow.rules.sheet_guidance import GUIDANCE
from workflow.rules.sheet_sections import Section, asked_sections, section_digest, values_of
from workflow.rules.states import ProposalState
from workflow.sheet import editing as actions
from workflow.sheet.presence import Desk, desk_of
from workflow.sheet.text_diff import text_pieces
from workflow.sheet.versions import texts_of
from workflow.submission.queries import last_texts

pages = Blueprint("sheet", __name__)
WHOLE = "calosc"
CHANGED = "section_changed"


@pages.get("/projekty/<int:proposal_id>/karta")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            raise NotAllowed([])
        desk = desk_of(tx, proposal_id, identity.actor().id, at=identity.at())
        said_of = open_counts(tx, subject.facts)
        handed_in = last_texts(tx, proposal_id) if subject.facts.state == ProposalState.RETURNED else ()
    permitted, why = writing_of(subject)
    drafts = unsaved(desk, asked_sections(subject.edition), subject.facts.own)
    sheet, sent_back = sheets.sheet(subject.facts), reasons_by_section(subject, handed_in)
    left = [reason.name for reason in left_to_mend(sent_back)]
    return render_template(
        "sheet/show.html", subject=subject, sheet=sheet, desk=desk, drafts=drafts,
        may_write=permitted and not why, missing=said(why if permitted else ()), said_of=said_of,
        sent_back=sent_back, left=left, line=line_to_mend(sent_back) or sheet.line, next=[*left, sheet.next][0],
    )  # fmt: skip


def writing_of(subject: Subject) -> tuple[bool, Sequence[Missing]]:
    """Whether the reader may ever write the sheet here, and what stands in the way now."""
    try:
        step = open_step_of(subject, actions.EDIT, identity.at())
    except Refusal:
        return False, ()
    return step.permitted, step.missing


@pages.get("/projekty/<int:proposal_id>/karta/<name>")
@asks("signed_in")
def edit(proposal_id: int, name: str) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    with writing() as tx:
        subject, sections = to_write(find(tx, ref), name)
        desk = desk_of(tx, proposal_id, actor.id, at=at)
        if name != WHOLE:
            actions.open_section(tx, ref, name, actor=actor, at=at)
        form = SheetForm.blank(sections, subject.facts.own, version=subject.facts.version)
        old = request.args.get("wersja", "")
        kept = texts_of(tx, proposal_id, [int(old)]).get(int(old)) if old.isdecimal() and len(old) < 6 else None
    if kept:
        form.values = {**form.values, **SheetForm.blank(sections, kept.content, version=None).values}
    elif "szkic" in request.args:
        take_draft(form, desk, request.args["szkic"])
    return edit_page(subject, name, form, desk, restored=kept)


def take_draft(form: SheetForm, desk: Desk, window: str) -> None:
    """Put drafts of a window, else the latest, into the form, each over the text that it was typed over."""
    for section in form.sections:
        mine = desk.drafts_of(section.name)
        for draft in [draft for draft in mine if draft.window == window][:1] or mine[:1]:
            form.values = {**form.values, **draft.typed}
            form.base[section.name] = draft.base
            form.windows += (draft.window,)


@pages.post("/projekty/<int:proposal_id>/karta/<name>")
@asks("signed_in")
def save(proposal_id: int, name: str) -> ResponseReturnValue:
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    with reading() as tx:
        subject, sections = to_write(find(tx, ref), name)
    form = SheetForm.sent_with(sections)
    names, saved_cost = [section.name for section in sections], subject.facts.own["cost"]
    try:
        required(form.version)
        resources().database.in_transaction(
            lambda tx: actions.save_sections(
                tx,
                ref,
                names,
                data=form.data(saved_cost=saved_cost),
                actor=actor,
                at=at,
                windows=form.windows,
            )
        )
    except (BadInput, NotReady, Stale) as refusal:
        return refused(ref, name, form, refusal)
    flash(say(_("Saved: {name}.", name=title_of(sections, name))), "success")
    if form.has_lines() and form.read_cost() not in (None, -1):
        flash(say(_("The cost of the project is now the sum of the lines of the budget.")), "message")
    return redirect(following(proposal_id, subject.facts, name), 303)


def title_of(sections: Sequence[Section], name: str) -> Sentence:
    """What was saved: the section, or the whole sheet."""
    return _("Project sheet") if name == WHOLE else sections[0].label


def following(proposal_id: int, facts: Facts, name: str) -> str:
    """Where the reader goes after saving: the next section where that was asked for, else back to the sheet."""
    names = [section.name for section in asked_sections(facts.edition)]
    later = names[names.index(name) + 1 :] if name in names and "next" in request.form else []
    if later:
        return url_for(".edit", proposal_id=proposal_id, name=later[0])
    return url_for(".show", proposal_id=proposal_id)


def refused(ref: Ref, name: str, form: SheetForm, refusal: Refusal) -> ResponseReturnValue:
    """The form again with everything typed; where two wrote one section, with both texts."""
    form.take_refusal(refusal)
    with reading() as tx:
        subject = find(tx, ref)
        desk = desk_of(tx, ref.id, identity.actor().id, at=identity.at())
        changes = timeline.changes(tx, subject, form.version)
    both = form.take_over(subject.facts.own)
    clash = any(condition.code == CHANGED for condition in refusal.missing)
    if clash:
        form.missing = [
            line for line in form.missing if line["field"] not in {section.name for section in form.sections}
        ]
        form.errors = {
            field: text for field, text in form.errors.items() if field not in {section.name for section in both}
        }
    theirs = {section.name: clashing(section, form, subject.facts) for section in both}
    form.version = subject.facts.version
    page = edit_page(subject, name, form, desk, theirs=theirs, changes=changes)
    return page, 409 if clash else refusal.status


def clashing(section: Section, form: SheetForm, facts: Facts) -> dict[str, Any]:
    """The saved text of a section beside the typed one, and what differs between them."""
    saved = sheets.shown_section(section, values_of(facts.own)).text
    typed = sheets.shown_section(section, form.read_in(section) or {}).text
    return {"label": say(section.label), "text": saved, "pieces": text_pieces(saved, typed)}


def to_write(subject: Subject, name: str) -> tuple[Subject, tuple[Section, ...]]:
    """The section that is written, or all of them; raises where the reader may not write, or there is no such."""
    permitted, why = writing_of(subject)
    if not permitted:
        raise NotAllowed(why)
    asked = asked_sections(subject.facts.edition)
    sections = asked if name == WHOLE else tuple(section for section in asked if section.name == name)
    if not sections:
        raise NotFound
    return subject, sections


def edit_page(
    subject: Subject, name: str, form: SheetForm, desk: Desk, *, theirs: dict[str, Any] | None = None,
    changes: Any = (), restored: Any = None,
) -> str:  # fmt: skip
    """The page on which a section or the whole sheet is written."""
    asked = [section.name for section in asked_sections(subject.facts.edition)]
    place = asked.index(name) if name in asked else None
    saved = values_of(subject.facts.own)
    wants = request.method == "GET" and not {"szkic", "wersja"} & set(request.args)
    offered = [draft for drafts in unsaved(desk, form.sections, subject.facts.own).values() for draft in drafts]
    offered = offered if wants else []
    for column, edition in (("sector", "sectors"), ("area", "areas")):
        form.choices[column] = chosen_from(subject.edition[edition], form.values.get(column))
    sheet, sent_back = sheets.sheet(subject.facts), reasons_by_section(subject)
    return render_template(
        "sheet/edit.html", subject=subject, name=name, form=form, place=place, names=asked,
        guidance=GUIDANCE, theirs=theirs or {}, changes=changes, line=line_to_mend(sent_back) or sheet.line,
        missing=said(writing_of(subject)[1]), restored=restored,
        others=[other for other in desk.others if name in (other.section, WHOLE)], drafts=offered,
        outdated=[draft for draft in offered if draft.base != section_digest(draft.section, saved)],
        communes=communes_of(subject.edition["communes"], form.values.get("places")), asks=asks_of(form),
        sent_back=sent_back, amounts=(AMOUNT.pattern, TWO_SIGNS.pattern),
        elsewhere=desk.elsewhere([section.name for section in form.sections], form.windows),
    )  # fmt: skip


def asks_of(form: SheetForm) -> dict[str, list[Input]]:
    """The questions of each section of a form; a sum is asked for only where no lines are there to be added up."""
    hidden = {"cost"} if form.values.get("budget_lines") and not form.errors.get("cost") else set()
    return {
        section.name: [form.spec(name) for name in section.fields if name not in hidden] for section in form.sections
    }


def chosen_from(names: Sequence[str], chosen: Any) -> list[tuple[str, str]]:
    """The edition's own list, and what was written before the list was made."""
    return [(name, name) for name in dict.fromkeys([*names, *([chosen] if chosen else [])])]


@pages.post("/projekty/<int:proposal_id>/karta/<name>/szkic")
@asks("signed_in")
def draft(proposal_id: int, name: str) -> ResponseReturnValue:
    """Keeps what is being typed, and tells who else is at work here; a script shows why nothing was kept."""
    try:
        with writing() as tx:
            form, desk = keep_at_desk(tx, Ref("proposal", proposal_id), name)
    except Refusal as refusal:
        reasons = [line["message"] for line in said(refusal.missing)] or [say(refusal.sentence)]
        return errors.marked(Response(" ".join(reasons), refusal.status, mimetype="text/plain"), refusal.code)
    others = [other for other in desk.others if name in (other.section, WHOLE)]
    elsewhere = desk.elsewhere([section.name for section in form.sections], form.windows)
    return Response(render_template("sheet/presence.html", others=others, elsewhere=elsewhere))


def keep_at_desk(tx: Connection, ref: Ref, name: str) -> tuple[SheetForm, Desk]:
    """Keep what was sent, and note that the reader is here or has gone; raises what the machine would."""
    actor, at = identity.actor(), identity.at()
    facts = actions.writing_facts(tx, ref, actor=actor, at=at)
    sections = [section for section in asked_sections(facts.edition) if name in (section.name, WHOLE)]
    form = SheetForm.sent_with(sections)
    if "typed" in request.form:
        keep_drafts(tx, ref, form, facts)
    if "away" in request.form:
        actions.go_away(tx, ref, actor=actor, at=at, window=form.window)
    elif name != WHOLE:
        actions.open_section(tx, ref, name, actor=actor, at=at)
    return form, desk_of(tx, ref.id, actor.id, at=at)


def keep_drafts(tx: Connection, ref: Ref, form: SheetForm, facts: Facts) -> None:
    """Keep what is typed in each section that differs from what it was opened on, and forget what no longer does."""
    actor, at = identity.actor(), identity.at()
    changed = form.changed(values_of(facts.own))
    actions.leave_section(
        tx, ref, [section.name for section in form.sections if section not in changed], actor=actor, at=at,
        windows=(form.window,),
    )  # fmt: skip
    for section in changed:
        if form.window:
            actions.open_section(tx, ref, section.name, actor=actor, at=at)
        actions.keep_draft(
            tx, ref, section.name, typed=form.typed_in(section), base=form.base[section.name], actor=actor, at=at,
            window=form.window,
        )  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/karta/<name>/odrzuc-szkic")
@asks("signed_in")
def drop_draft(proposal_id: int, name: str) -> ResponseReturnValue:
    """Forgets what the reader typed and did not save."""
    ref, actor, at = Ref("proposal", proposal_id), identity.actor(), identity.at()
    with writing() as tx:
        facts = actions.writing_facts(tx, ref, actor=actor, at=at)
        names = [section.name for section in asked_sections(facts.edition) if name in (section.name, WHOLE)]
        chosen = windows_in(request.form.get("window", ""))
        actions.leave_section(tx, ref, names, actor=actor, at=at, windows=chosen or None)
    flash(say(_("The draft is discarded.")), "success")
    return redirect(url_for(".edit", proposal_id=proposal_id, name=name), 303)
