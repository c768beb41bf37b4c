"""The form of one resolution for many proposals: what they share, and for each its outcome and position."""

from collections.abc import Iterable
from typing import Any

from flask import request

from web.forms.steps import StepForm, specs_of
from web.forms.version import required, version_in
from workflow.base.errors import BadInput
from workflow.rules.facts import Ref
from workflow.rules.field_types import Input
from workflow.selection.actions import StepRefused, Verdict

# Asked for each proposal by itself; the score comes with the meeting.
EACH = ("outcome", "position")
LEFT_OUT = (*EACH, "score")


def shared() -> tuple[Input, ...]:
    """What a decision asks for that is the same for every proposal of one resolution."""
    return tuple(spec for spec in specs_of("proposal", "decide") if spec.name not in LEFT_OUT)


def sent() -> StepForm:
    """The form as the browser sent it, with what was chosen for each proposal under `outcome-17`, `position-17`."""
    form = StepForm.sent_for(shared())
    beside = {name: value for name, value in request.form.items() if name.startswith((*EACH, "version-"))}
    form.values = {**form.values, **beside}
    return form


def verdicts(form: StepForm, refs: Iterable[Ref]) -> list[Verdict]:
    """The proposals for which an outcome was chosen; raises StepRefused for one whose version the form does not say."""
    chosen = []
    for ref in refs:
        data: dict[str, Any] = {
            name: form.values[f"{name}-{ref.id}"] for name in EACH if form.values.get(f"{name}-{ref.id}")
        }
        if "outcome" in data:
            chosen.append(Verdict(ref, version_of(ref), data))
    return chosen


def version_of(ref: Ref) -> int:
    """The version of a proposal that stood on the page; raises StepRefused where the form does not say it."""
    try:
        return required(version_in(request.form.get(f"version-{ref.id}")))
    except BadInput as refusal:
        raise StepRefused(ref, refusal) from refusal
