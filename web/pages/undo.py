"""Taking back the last step of a subject, with a reason; for those whom its row names."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from web.forms.steps import StepForm
from web.forms.undo import sent_by_browser
from web.forms.version import required
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.views import timeline
from web.views.open_steps import titles
from web.views.subject import find, ref_of_address, state_mark
from web.views.undo import undo_view, usual_words
from workflow.base.errors import Missing, NotAllowed, Refusal, Stale
from workflow.base.i18n import _
from workflow.engine.move import Moved
from workflow.engine.undo import REASON
from workflow.operations.undoing import UndoChanged, plan_undo, undo_with_letters
from workflow.proposals.timeline import entries_of
from workflow.rules.facts import Ref

pages = Blueprint("undo", __name__)


@pages.get("/projekty/<int:proposal_id>/cofnij")
@pages.get("/edycje/<edition_key>/cofnij")
@pages.get("/konferencje/<int:conference_id>/cofnij")
@pages.get("/umowy/<int:agreement_id>/cofnij")
@pages.get("/partnerzy-umowy/<int:agreement_partner_id>/cofnij")
@asks("signed_in")
def ask_to_undo(**address: Any) -> ResponseReturnValue:
    ref = ref_of_address(address)
    return to_where_it_led(ref) or undo_page(ref)


@pages.post("/projekty/<int:proposal_id>/cofnij")
@pages.post("/edycje/<edition_key>/cofnij")
@pages.post("/konferencje/<int:conference_id>/cofnij")
@pages.post("/umowy/<int:agreement_id>/cofnij")
@pages.post("/partnerzy-umowy/<int:agreement_partner_id>/cofnij")
@asks("signed_in")
def undo(**address: Any) -> ResponseReturnValue:
    ref, form = ref_of_address(address), StepForm.sent_for((REASON,))
    try:
        moved = undo_step(ref, form)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed) and (led := to_where_it_led(ref)):
            return led
        if isinstance(refusal, NotAllowed) or refusal.status == 404:
            raise
        form.take_refusal(refusal)
        return undo_page(ref, form, refusal)
    with reading() as tx:
        subject = find(tx, ref)
    flash(
        say(_("Taken back. State now: {state}.", state=state_mark(subject.lifecycle, moved.target)["label"])), "success"
    )
    return redirect(subject.url, 303)


def to_where_it_led(ref: Ref) -> ResponseReturnValue | None:
    """The page of the subject where its last step has been taken back already, for those who could have done it."""
    with reading() as tx:
        subject = find(tx, ref, scope=None)
        if not timeline.was_taken_back(subject, entries_of(tx, ref, limit=1)):
            return None
    flash(say(_("The last step has been taken back already. Nothing was done twice.")), "message")
    return redirect(subject.url, 303)


def undo_step(ref: Ref, form: StepForm) -> Moved:
    """Revert the last step with its letters, as they were seen; raises a Refusal."""
    reason, actor, at, version = form.read()["reason"], identity.actor(), identity.at(), required(form.version)
    sent = sent_by_browser()
    with reading() as tx:
        correction = sent.own_words(usual_words(tx, ref))
    return resources().database.in_transaction(
        lambda tx: undo_with_letters(
            tx, ref, actor=actor, at=at, version=version, reason=reason, seen=sent.seen, fates=sent.fates,
            correction=correction,
        )
    )  # fmt: skip


def undo_page(ref: Ref, form: StepForm | None = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    """What would be taken back, what becomes of its letters, and the question why."""
    with reading() as tx:
        subject = find(tx, ref, scope=None)
        last = entries_of(tx, ref, limit=1)
        changes = timeline.changes(tx, subject, form.version if form else None) if isinstance(refusal, Stale) else []
        view = undo_view(tx, subject, plan_undo(tx, ref, actor=identity.actor(), at=identity.at()))
    if not timeline.undoable(subject, last):
        raise NotAllowed([Missing("cannot_undo", _("The last step cannot be taken back, or not by you."))])
    form = form or StepForm.of((REASON,), version=None)
    form.version = subject.facts.version
    row = next(row for row in subject.lifecycle.rows if row.id == last[0].row)
    back_to = state_mark(subject.lifecycle, last[0].source or subject.facts.state or "")
    stale = refusal if isinstance(refusal, Stale) else None
    differences = view.differences(refusal.differences) if isinstance(refusal, UndoChanged) else None
    page = render_template(
        "steps/undo.html", done_by=timeline.lines(subject, last)[0]["who"], view=view, differences=differences,
        subject=subject, form=form, last=last[0], label=row.label.say(identity.language()),
        back_to=back_to, stale=stale, changes=changes, who=titles(row.undo), typed=sent_by_browser().correction,
    )  # fmt: skip
    return page, refusal.status if refusal else 200
