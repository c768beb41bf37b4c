"""A proposal's own page, its sheet, and the door for new ideas."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from web import case_file, identity, past
from web import sheet as sheets
from web.context import say
from web.extensions import held, reading
from web.forms.steps import StepForm, specs_of
from web.open_steps import choices, lead, open_step_of, open_steps, said
from web.security import asks
from web.subjects import Subject, find
from workflow import machine
from workflow.errors import BadInput, KeyReused, NotAllowed, NotReady, Refusal, Stale
from workflow.facts import Ref
from workflow.language import _
from workflow.permissions import may_see_working_papers
from workflow.queries import proposals as queries
from workflow.queries.histories import entries_of

pages = Blueprint("proposals", __name__)
NAMED = ("leader_id", "coordinator_id", "animator_id", "author_id")


@pages.get("/projekty/<int:proposal_id>")
@asks("anyone")
def show(proposal_id: int) -> Any:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            return public_page(subject)
        named = [subject.facts[name] for name in NAMED]
        people = queries.people_of(tx, proposal_id, named)
        entries = entries_of(tx, subject.ref)
    return working_page(subject, people, entries)


def public_page(subject: Subject) -> str:
    """What everybody may read of a project."""
    return render_template("public/project.html", subject=subject, sheet=sheets.sheet(subject.facts, sheets.PUBLIC))


def working_page(subject: Subject, people: tuple[queries.Member, ...], entries: Any) -> str:
    """Everything about a proposal for those who work in the edition."""
    facts = subject.facts
    steps, next_ = open_steps(subject, identity.at())
    may_undo = past.undoable(subject, entries)
    return render_template(
        "proposals/show.html", subject=subject, lead=lead(subject, next_), choices=choices(subject, steps, next_),
        sheet=sheets.sheet(facts), people=people, named={one.id: one for one in people if one.id},
        may_name_minors=may_name_minors(subject), history=past.lines(subject, entries),
        path=past.path(subject, entries), papers=case_file.papers(subject.lifecycle, facts),
        milestones=case_file.milestones(facts), may_undo=may_undo, key=StepForm.of((), version=None).key,
    )  # fmt: skip


def may_name_minors(subject: Subject) -> bool:
    """Whether the reader needs to know the names of pupils in the group: the group itself and the office."""
    standing = subject.facts.standing
    return standing.in_group or standing.is_admin or bool(standing.roles & {"staff", "animator"})


@pages.get("/projekty/<int:proposal_id>/karta")
@asks("signed_in")
def sheet(proposal_id: int) -> Any:
    return sheet_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/karta")
@asks("signed_in")
def save_sheet(proposal_id: int) -> Any:
    form = StepForm.sent_for(specs_of("proposal", "edit_sheet"))
    try:
        actor, at, arguments = identity.actor(), identity.at(), form.arguments()
        ref = Ref("proposal", proposal_id)
        held().database.in_transaction(lambda tx: machine.take(tx, ref, "edit_sheet", actor=actor, at=at, **arguments))
    except (BadInput, NotReady, Stale, KeyReused) as refusal:
        form.take_refusal(refusal)
        return sheet_page(proposal_id, form, refusal)
    flash(say(_("The sheet is saved.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def sheet_page(proposal_id: int, form: StepForm | None = None, refusal: Refusal | None = None) -> Any:
    """The form of the sheet; after a conflict with both texts."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        changes = past.changes(tx, subject, form.version if form else None) if isinstance(refusal, Stale) else []
    one = open_step_of(subject, "edit_sheet", identity.at())
    kept = sheets.values(subject.facts)
    if not one.permitted:
        raise NotAllowed(one.missing)
    theirs = differences(form, kept) if form and isinstance(refusal, Stale) else {}
    if form and theirs:
        # What the reader left empty is taken over from whoever was faster.
        form.values = {**form.values, **{name: kept[name] for name in theirs if not form.values.get(name)}}
    specs = specs_of("proposal", "edit_sheet")
    form = form or StepForm.of(specs, version=None, values=kept)
    form.version = subject.facts.version
    for name, column in (("sector", "sectors"), ("area", "areas")):
        form.choices[name] = offered(subject.edition[column], form.values.get(name))
    page = render_template(
        "proposals/sheet.html", subject=subject, form=form, theirs=theirs, stale=isinstance(refusal, Stale),
        changes=changes, missing=said(one.missing), lacking=sheets.sheet(subject.facts), groups=sheets.groups(),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def offered(names: list[str], chosen: Any) -> list[tuple[str, str]]:
    """The edition's own list, and what was written before the list was made."""
    return [(name, name) for name in dict.fromkeys([*names, *([chosen] if chosen else [])])]


def differences(form: StepForm, kept: dict[str, Any]) -> dict[str, str]:
    """The fields where somebody else's text is saved now and differs from the typed one."""
    found = {}
    for spec in form.step_asks:
        saved = sheets.section(spec.name, kept).text if spec.name != "title" else kept["title"]
        typed = sheets.section(spec.name, {spec.name: form.values.get(spec.name)}).text
        if spec.type != "money" and _plain(saved) != _plain(typed):
            found[spec.name] = saved
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace(";", " ").split())
