"""What is judged, beside the form of the step that judges: an appeal with its grounds, an offer; and every choice."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from web.http.template_context import say
from web.views.open_steps import StepView, view
from web.views.subject import Subject
from workflow.base.i18n import Sentence, _
from workflow.engine.machine import OpenStep
from workflow.rules.verdicts import Verdict

# What of a case file is read before a verdict: the label, the record, the name of the text in it.
READ: dict[str, tuple[tuple[Sentence, str, str], ...]] = {
    Verdict.APPEAL: (
        (_("Grounds of the appeal"), "appeals", "grounds"),
        (_("The decision that it is against"), "decision", "justification"),
        (_("The refusal that it is against"), "draft_refusal", "justification"),
    ),
    Verdict.OFFER: ((_("Why the project is promoted"), "offer", "justification"),),
}


class Judged(Struct, frozen=True):
    """The texts that are read before judging, and everything that can be decided, equal and side by side."""

    texts: tuple[tuple[str, str], ...]
    filed_at: datetime | None
    # The present one is among them.
    choices: tuple[StepView, ...]


def judged(subject: Subject, chosen: OpenStep, steps: Sequence[OpenStep]) -> Judged | None:
    """What stands beside the form of a step that judges; None for any other step, and where nothing is to be read."""
    verdict, facts = chosen.step.verdict, subject.facts
    if verdict not in READ:
        return None
    texts = []
    for label, name, text in READ[verdict]:
        entry = facts.entry(name)
        words = entry.get(text) or entry.get("decision", {}).get(text)
        if words:
            texts.append((say(label), str(words)))
    if verdict == Verdict.APPEAL and facts.appeal_decision:
        resolved = facts.appeal_decision
        label = _("Resolution {number} of the appeal body", number=resolved["resolution"])
        texts.append((say(label), str(resolved["written_reasons"])))
    at = facts.entry("appeals").get("at") if verdict == Verdict.APPEAL else None
    fitting = [step for step in steps if step.step.verdict == verdict and step.permitted
               and (not step.step.came_from or facts.previous_state in step.step.came_from)]  # fmt: skip
    return Judged(tuple(texts), datetime.fromisoformat(at) if at else None,
                  tuple(view(subject, step) for step in fitting))  # fmt: skip
