"""The versions of a sheet: kept on demand and at each hand-in, held against each other and against the present text."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web.forms.steps import StepForm, specs_of
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import say
from web.pages.sheet import writing_of
from web.pages.steps import take_step
from web.views.sheet_diff import Comparison, compare
from web.views.subject import Subject, find
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Stale
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.rules.facts import Ref
from workflow.rules.permissions import may_name_minors, may_see_working_papers
from workflow.rules.sheet_sections import sections_of
from workflow.sheet.versions import VersionLine, texts_of, versions_of

pages = Blueprint("versions", __name__)
KEEP = "keep_version"
# The text as it is now stands among the versions under this number.
NOW = 0
REASONS: Mapping[str, Sentence] = {
    "kept": _("kept on demand"),
    "submitted": _("submitted"),
    "resubmitted": _("submitted again"),
    "merged": _("before the merger"),
    "presented": _("as presented"),
}


@pages.get("/projekty/<int:proposal_id>/wersje")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    return versions_page(proposal_id, StepForm.of(specs_of("proposal", KEEP), version=None))


@pages.post("/projekty/<int:proposal_id>/wersje")
@asks("signed_in")
def keep(proposal_id: int) -> ResponseReturnValue:
    """Keeps the present text of the sheet as a version."""
    form = StepForm.sent_for(specs_of("proposal", KEEP))
    try:
        take_step(Ref("proposal", proposal_id), KEEP, form)
    except (BadInput, NotReady, Stale) as refusal:
        form.take_refusal(refusal)
        return versions_page(proposal_id, form), refusal.status
    flash(say(_("The version is kept.")), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def versions_page(proposal_id: int, form: StepForm) -> str:
    """The list, and below it what differs between the two versions that the address names."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        if not may_see_working_papers(subject.facts):
            raise NotAllowed([])
        kept = versions_of(tx, proposal_id, names_minors=may_name_minors(subject.facts))
        first, second = chosen(kept)
        texts = texts_of(tx, proposal_id, {first, second} - {NOW}) if first is not None else {}
    contents = {NOW: subject.facts.sheet_content(), **{number: text.content for number, text in texts.items()}}
    form.version = subject.facts.version
    return render_template(
        "sheet/versions.html", subject=subject, kept=kept, form=form, may_keep=may_keep(subject),
        may_write=writing_of(subject)[0], names=names_of(kept), first=first, second=second, now=NOW,
        comparison=compared(subject, contents, first, second),
        unkept=not kept or kept[0].digest != subject.facts.sheet_digest(),
    )  # fmt: skip


def may_keep(subject: Subject) -> bool:
    """Whether the reader may keep a version here."""
    steps = machine.open_steps(subject.facts, at=identity.at())
    return any(step.step.name == KEEP and step.allowed for step in steps)


def chosen(kept: tuple[VersionLine, ...]) -> tuple[int | None, int]:
    """The two versions of the address, the older one first; NotFound where there is no such."""
    given = [request.args.get(name, "") for name in ("od", "do")]
    if not all(given):
        return None, NOW
    known = {str(number): number for number in (NOW, *(version.number for version in kept))}
    if not set(given) <= set(known):
        raise NotFound
    first, second = sorted((known[value] for value in given), key=lambda number: (number == NOW, number))
    return first, second


def names_of(kept: tuple[VersionLine, ...]) -> dict[int, str]:
    """What each version is called, the present text first."""
    named = {NOW: say(_("The sheet as it is now"))}
    for version in kept:
        named[version.number] = say(
            _("Version {number}, {reason}", number=version.number, reason=REASONS[version.reason])
        )
        if version.label:
            named[version.number] += f": {version.label}"
    return named


def compared(subject: Subject, contents: Mapping[int, Any], first: int | None, second: int) -> Comparison | None:
    """What differs between the two; None where none were chosen."""
    if first is None:
        return None
    return compare(contents[first], contents[second], sections_of(subject.edition))
