"""The committee's table: presented projects, what was decided about them, and the announcement."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.steps import StepForm
from web.forms.version import required, version_in
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.views.open_steps import open_step_of, said
from web.views.preview import sentences, sums
from web.views.subject import Subject, asking, subject
from workflow.base.errors import BadInput, Missing, NotAllowed, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.engine.move import Moved
from workflow.engine.preview import Preview
from workflow.rules.choices import OUTCOMES
from workflow.rules.facts import Ref
from workflow.rules.permissions import RULES, may_see_private
from workflow.rules.roles import Role
from workflow.selection import actions
from workflow.selection.queries import presented

pages = Blueprint("selection", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One presented project: what was decided, and what stands in the way of announcing it."""

    subject: Subject
    outcome: str
    position: int | None
    resolution: str
    missing: list[dict[str, Any]]


@pages.get("/edycje/<edition_key>/ogloszenie")
@asks("member_of_edition")
def show(edition_key: str) -> ResponseReturnValue:
    return table_page(edition_key)


@pages.post("/edycje/<edition_key>/ogloszenie/oglos")
@asks("member_of_edition")
def announce(edition_key: str) -> ResponseReturnValue:
    actor, at = identity.actor(), identity.at()
    chosen = [int(text) for text in request.form.getlist("proposal") if text.isdecimal() and len(text) < 18]

    # What stood in the preview; a part that is missing is a part that differs.
    seen = {Ref("proposal", one): request.form.get(f"seen-{one}", "") for one in chosen}

    def work(tx: Connection) -> list[Moved]:
        here = set(presented(tx, edition_of_request() or 0))
        versions = {ref: version_of(ref) for one in chosen if (ref := Ref("proposal", one)) in here}
        return actions.announce(tx, versions, actor=actor, at=at, seen=seen)

    def message(count: int) -> Sentence:
        return _("Announced. Projects: {count}. The people concerned get a message.", count=count)

    return carry_out(edition_key, work, message)


def carry_out(
    edition_key: str, work: Callable[[Connection], list[Moved]], message: Callable[[int], Sentence]
) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the table again with everything typed."""
    try:
        moved = resources().database.in_transaction(work)
    except actions.StepRefused as refused:
        return table_page(edition_key, refused.refusal, refused.ref)
    except (NotReady, actions.PreviewChanged) as refusal:
        return table_page(edition_key, refusal)
    flash(say(message(len(moved))), "success")
    return redirect(url_for(".show", edition_key=edition_key), 303)


def version_of(ref: Ref) -> int:
    """The version of a proposal that stood on the page; raises StepRefused where the form does not say it."""
    try:
        return required(version_in(request.form.get(f"version-{ref.id}")))
    except BadInput as refusal:
        raise actions.StepRefused(ref, refusal) from refusal


def table_page(edition_key: str, refusal: Refusal | None = None, of: Ref | None = None) -> ResponseReturnValue:
    """The table of the committee, for those who may read what is not announced yet."""
    with reading() as tx:
        ref = Ref("edition", edition_of_request() or 0)
        facts_by_ref = machine.facts_of(tx, [ref, *presented(tx, ref.id)], actor=asking())
        edition, *projects = [subject(facts) for facts in facts_by_ref.values()]
        if not may_see_private(edition.facts):
            raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), (Role.COMMITTEE_CHAIR,))])
        preview = previewed(tx, edition, projects)
    rows = [row(project) for project in projects]
    form = StepForm.of((), version=None)
    if refusal:
        form.take_refusal(refusal)
    refused = next((project.title for project in projects if project.ref == of), "")
    changes = refusal.changes if isinstance(refusal, actions.PreviewChanged) else ()
    changed = [project.title for project in projects if project.ref in changes]
    page = render_template(
        "selection/table.html", edition_subject=edition, rows=rows, form=form, refused=refused,
        outcome_labels=OUTCOMES,
        decided=[decided for decided in rows if decided.outcome], edition_key=edition_key, preview=preview,
        will_happen=consequences(edition, projects, preview), changed=changed,
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def previewed(tx: Connection, edition: Subject, projects: list[Subject]) -> Preview | None:
    """What announcing everything decided would do, for whoever may announce it."""
    versions: dict[Ref, int | None] = {
        project.ref: project.facts.version for project in projects if project.facts.decision
    }
    if not versions or not RULES[Role.COMMITTEE_CHAIR](edition.facts):
        return None
    return actions.preview_announcement(tx, versions, actor=identity.actor(), at=identity.at())


def consequences(edition: Subject, projects: list[Subject], preview: Preview | None) -> list[str]:
    """What announcing would bring about, in sentences."""
    if preview is None:
        return []
    return [*sentences(projects[0].lifecycle, preview), *sums(edition.facts.edition, preview)]


def row(project: Subject) -> Row:
    """A presented project with its recorded decision."""
    decision = project.facts.decision or {}
    outcome = decision.get("outcome", "")
    blocking: list[dict[str, Any]] = []
    if outcome:
        step = open_step_of(project, outcome, identity.at())
        blocking = said(step.missing) if step.permitted else []
    return Row(project, outcome, decision.get("position"), decision.get("resolution", ""), blocking)
