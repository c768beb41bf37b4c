"""What an edition settles about the sections of the sheet: which there are, what they are called, how long they are."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from web.forms.steps import StepForm, specs_of
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import say
from web.pages.steps import take_step
from web.views import timeline
from web.views.open_steps import open_step_of, said
from web.views.subject import Subject, find, ref_of_address
from workflow.base.errors import BadInput, NotAllowed, NotReady, Refusal, Stale
from workflow.base.i18n import _
from workflow.rules.sheet_sections import CATALOGUE, sections_of

pages = Blueprint("sheet_sections", __name__)
SETTLE = "set_sections"


@pages.get("/edycje/<edition_key>/czesci-karty")
@asks("staff")
def show(edition_key: str) -> ResponseReturnValue:
    return settings_page(edition_key)


@pages.post("/edycje/<edition_key>/czesci-karty")
@asks("staff")
def save(edition_key: str) -> ResponseReturnValue:
    ref = ref_of_address({"edition_key": edition_key})
    form = StepForm.sent_for(specs_of("edition", SETTLE))
    try:
        take_step(ref, SETTLE, form)
    except (BadInput, NotReady, Stale) as refusal:
        form.take_refusal(refusal)
        return settings_page(edition_key, form, refusal)
    flash(say(_("The sections of the sheet are settled.")), "success")
    with reading() as tx:
        return redirect(find(tx, ref).url, 303)


def settings_page(
    edition_key: str, form: StepForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """The form with what is settled, or with what was typed."""
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        stale = isinstance(refusal, Stale)
        changes = timeline.changes(tx, subject, form.version) if form and stale else []
    step = open_step_of(subject, SETTLE, identity.at())
    if not step.permitted:
        raise NotAllowed(step.missing)
    form = form or StepForm.of(specs_of("edition", SETTLE), version=None, values={"sections": settled(subject)})
    form.version = subject.facts.version
    rows = {row.get("section"): row for row in form.values.get("sections") or () if isinstance(row, dict)}
    page = render_template(
        "sheet/settings.html", subject=subject, form=form, sections=CATALOGUE, rows=rows, stale=stale, changes=changes,
        missing=said(step.missing),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def settled(subject: Subject) -> list[dict[str, Any]]:
    """What holds for each section now, in the fields of the form; a name or a help of one's own only where there is."""
    own = subject.facts.own["sheet_sections"]
    return [
        {"section": section.name, "on": section.on, "required": section.required,
         **{name: (own.get(section.name) or {}).get(name) for name in ("label", "help", "limit")}}
        for section in sections_of(subject.facts.own)
    ]  # fmt: skip
