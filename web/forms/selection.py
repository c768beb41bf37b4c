"""The form of one resolution for many proposals: what they share, and for each its outcome and position."""

from collections.abc import Iterable
from typing import Any

from flask import request

from web.forms.steps import StepForm, specs_of
from workflow.rules.facts import Ref
from workflow.rules.field_types import Input
from workflow.selection.actions import Verdict

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
    """The proposals for which an outcome was chosen."""
    chosen = []
    for ref in refs:
        data: dict[str, Any] = {
            name: form.values[f"{name}-{ref.id}"] for name in EACH if form.values.get(f"{name}-{ref.id}")
        }
        if "outcome" in data:
            chosen.append(Verdict(ref, version_of(form.values.get(f"version-{ref.id}")), data))
    return chosen


def version_of(text: Any) -> int | None:
    """The version that stood on the page."""
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 10 else None
