"""Ideas: the form that a title is enough for, what resembles it, and the page that says it is kept."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec.structs import replace
from sqlalchemy import Connection

from web.forms import ideas as forms
from web.forms.steps import StepForm
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.open_steps import said
from web.views.subject import asking, find, mark_of
from workflow.base.errors import BadInput, NotFound, NotReady, Refusal
from workflow.base.i18n import _
from workflow.editions.queries import texts_of
from workflow.engine import facts_reader, machine
from workflow.engine.move import Moved
from workflow.ideas.actions import record_idea
from workflow.ideas.queries import office_contacts
from workflow.proposals import search
from workflow.proposals.queries import visible_states
from workflow.rules.facts import Attempt, Facts, Ref
from workflow.rules.lateness import counted_at
from workflow.rules.permissions import list_is_open, may_see, may_see_working_papers
from workflow.rules.roles import IDEAS_FROM, ROLES, Role

pages = Blueprint("ideas", __name__)
# What a title is held against; more of it tells nothing more.
LONGEST_TITLE = 200


@pages.get("/edycje/<edition_key>/pomysl")
@asks("signed_in")
def new(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    with reading() as tx:
        facts = facts_of_edition(tx)
        return idea_page(tx, facts, forms.empty(facts)) if may_record(facts) else not_on_list(tx, facts)


@pages.post("/edycje/<edition_key>/pomysl")
@asks("signed_in")
def record(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    form = forms.sent()
    try:
        moved = resources().database.in_transaction(lambda tx: save(tx, form))
    except (BadInput, NotReady) as refusal:
        form.take_refusal(refusal)
        with reading() as tx:
            facts = facts_of_edition(tx)
            return idea_page(tx, facts, forms.fitted(form, facts), refusal)
    flash(say(_("Idea recorded: {title}.", title=form.values.get("title") or "")), "success")
    return redirect(url_for(".recorded", proposal_id=moved.ref.id), 303)


@pages.get("/edycje/<edition_key>/pomysl/podobne")
@asks("signed_in")
def similar(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    typed = request.args.get("title", "")[:LONGEST_TITLE]
    with reading() as tx:
        similar = similar_to(tx, facts_of_edition(tx), typed)
    return render_template("ideas/similar.html", similar=similar, typed=typed)


@pages.get("/projekty/<int:proposal_id>/zapisany")
@asks("signed_in")
def recorded(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            raise NotFound
        similar = similar_to(tx, subject.facts, subject.title, but=proposal_id)
    return render_template("ideas/recorded.html", subject=subject, similar=similar)


def facts_of_edition(tx: Connection) -> Facts:
    """The edition of this address and who the reader is in it; NotFound where it does not exist for the reader."""
    ref = Ref("edition", edition_of_request() or 0)
    facts = facts_reader.read_facts(tx, [ref], actor=asking()).get(ref)
    if facts is None or not may_see(facts):
        raise NotFound
    g.shown_edition = facts.edition["key"]
    return facts


def may_record(facts: Facts) -> bool:
    """Whether the reader holds one of the roles that the table lets record an idea."""
    return bool(facts.rights.roles & IDEAS_FROM)


def save(tx: Connection, form: StepForm) -> Moved:
    """Record the idea; a clause that was changed after the page was opened has not been read."""
    facts, arguments = facts_of_edition(tx), form.first_arguments()
    if request.form.get("clause_seen", "") != facts.edition["clause_version"]:
        arguments["answers"].pop("clause", None)
    return record_idea(
        tx, edition_id=facts.ref.id, clause_version=facts.edition["clause_version"], actor=identity.actor(),
        at=identity.at(), **arguments,
    )  # fmt: skip


def idea_page(tx: Connection, facts: Facts, form: StepForm, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The form, fresh or with what was typed before; without a script what resembles it is there after a refusal."""
    edition = facts.edition
    clause = texts_of(tx, facts.ref.id).clause if edition["clause_version"] else ""
    similar = similar_to(tx, facts, str(form.values.get("title") or "")[:LONGEST_TITLE]) if refusal else []
    page = render_template(
        "ideas/new.html", form=form, own=edition, clause=clause, asks_clause=forms.needs_clause(facts),
        needs_group=forms.needs_group(facts), missing=in_the_way(facts), similar=similar, more=forms.MORE,
        office=Role.STAFF in facts.rights.roles, late_at=counted_at(edition, identity.at()),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def in_the_way(facts: Facts) -> list[dict[str, Any]]:
    """Why the edition takes no ideas now; nothing where it does."""
    unborn = replace(facts, ref=Ref("proposal", 0), state=None, own={}, version=0)
    try:
        machine.decide(machine.newest("proposal"), unborn, "record_idea", Attempt(identity.at()))
    except NotReady as refusal:
        return said(refusal.missing)
    return []


def not_on_list(tx: Connection, facts: Facts) -> ResponseReturnValue:
    """For somebody without a role in the edition: who can let them in, or the button where the list is open."""
    # Whoever already holds another role here, such as a seat in the committee, is entered by the office alone.
    is_open = list_is_open(facts.edition) and not facts.rights.roles & set(ROLES)
    page = render_template(
        "ideas/not_on_list.html", own=facts.edition, is_open=is_open, keepers=office_contacts(tx, facts.ref.id)
    )
    return page, 200 if is_open else 403


def similar_to(tx: Connection, facts: Facts, typed: str, *, but: int | None = None) -> list[dict[str, Any]]:
    """What resembles the typed title among the proposals that exist for the reader."""
    edition = facts.edition
    seen = visible_states(edition, identity.current())
    proposals = search.similar(tx, edition_id=edition["id"], text=typed, visible=seen, but=but)
    return [{"proposal": proposal, "mark": mark_of(proposal)} for proposal in proposals]
