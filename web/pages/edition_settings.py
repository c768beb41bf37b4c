"""The editor of an edition's settings, by theme, with what differs from the usual values and what is locked."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.settings import CHANGE, SettingsForm, field_of
from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.views import timeline
from web.views.open_steps import open_step_of, said
from web.views.settings import themes
from web.views.subject import find, ref_of_address
from workflow.base.errors import NoSuchStep, NotAllowed, Refusal, Stale
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role

pages = Blueprint("edition_settings", __name__)


@pages.get("/edycje/<edition_key>/ustawienia")
@asks("signed_in")
def show(edition_key: str) -> ResponseReturnValue:
    return settings_page(edition_key)


@pages.post("/edycje/<edition_key>/ustawienia")
@asks("signed_in")
def save(edition_key: str) -> ResponseReturnValue:
    ref, form = ref_of_address({"edition_key": edition_key}), SettingsForm.sent_by_browser()

    def work(tx: Connection) -> None:
        machine.take(tx, StepCommand(ref, CHANGE, actor=identity.actor(), at=identity.at(), **form.arguments()))

    def again(refusal: Refusal) -> ResponseReturnValue:
        form.take_refusal(refusal)
        return settings_page(edition_key, form, refusal)

    url = url_for(".show", edition_key=edition_key)
    return carry_out(work, done=_("The settings of the edition are saved."), url=url, again=again)


def settings_page(
    edition_key: str, form: SettingsForm | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """Every setting with its value, or with what was typed; those that are locked only to be read."""
    with reading() as tx:
        subject = find(tx, ref_of_address({"edition_key": edition_key}))
        stale = isinstance(refusal, Stale)
        changes = timeline.changes(tx, subject, form.version) if form and stale else []
    facts = subject.facts
    if not RULES[Role.STAFF](facts):
        raise NotAllowed
    if form is None:
        form = SettingsForm.of_edition(facts.edition, version=facts.version)
    else:
        form.refresh(facts.edition, facts.version)
    try:
        step = open_step_of(subject, CHANGE, identity.at())
    except NoSuchStep:
        step = None
    shown, touched = themes(facts.edition), form.errors.keys() | form.answers().keys()
    labels = {line.setting.key: line.label for _title, lines in shown for line in lines}
    errors = [{"field": key, "message": f"{labels.get(key, key)}: {problem}"} for key, problem in form.errors.items()]
    page = render_template(
        "editions/settings.html", subject=subject, form=form, themes=shown, stale=stale,
        opened={title for title, lines in shown if touched & {line.setting.key for line in lines}},
        errors=errors,
        changes=changes, fields={spec.name: field_of(spec) for spec in form.step_asks}, closed=step is None,
        missing=said(step.missing) if step else [],
    )  # fmt: skip
    return page, refusal.status if refusal else 200
