"""What happens to a motion that is adopted, split or withdrawn, in sentences, before somebody confirms it; pure."""

from collections.abc import Iterator
from datetime import datetime

from web.http.template_context import say
from workflow.base.calendar import warsaw_date
from workflow.base.i18n import Sentence, _
from workflow.rules.choices import OUTCOMES_OF_DECISIONS
from workflow.rules.effects.motions import parts_of, wording_of
from workflow.rules.session import RESOLVED, MotionKind, MotionOutcome, Session, SessionMotion


def consequences_of(session: Session, motion: SessionMotion, at: datetime) -> dict[str, list[str]]:
    """By the step that does it; only what can be done with a motion that stands so."""
    steps = {}
    if motion.outcome == MotionOutcome.CARRIED and motion.kind in RESOLVED:
        steps["adopt"] = _adopted(session, motion, at)
    if motion.outcome == MotionOutcome.OPEN:
        steps["withdraw_motion"] = _withdrawn(motion)
    if motion.outcome == MotionOutcome.OPEN and len(motion.items) > 1:
        steps["split_motion"] = _split(session, motion)
    return {name: list(map(say, sentences)) for name, sentences in steps.items()}


def _adopted(session: Session, motion: SessionMotion, at: datetime) -> Iterator[Sentence]:
    number, year = session.last_resolution + 1, warsaw_date(at).year
    yield _("The resolution gets the number {number}/{year}.", number=number, year=year)
    if motion.kind == MotionKind.DECIDE:
        for outcome in dict.fromkeys(item.outcome for item in motion.items):
            projects = ", ".join(f"{item.number}. {item.title}" for item in motion.items if item.outcome == outcome)
            yield _("{outcome}: {projects}.", outcome=OUTCOMES_OF_DECISIONS[outcome], projects=projects)
        yield _("The decisions stay private until they are announced; nothing of the projects changes before.")
        yield _("A decision is taken back by another resolution alone.")
    else:
        yield _("The resolution waits until it is carried out; nothing of the projects changes before.")


def _withdrawn(motion: SessionMotion) -> Iterator[Sentence]:
    yield _("The motion is not voted on. Whoever wants it after all puts a new one.")
    if motion.items:
        yield _("Nothing is decided about its projects: {numbers}.",
                numbers=", ".join(str(item.number) for item in motion.items))  # fmt: skip


def _split(session: Session, motion: SessionMotion) -> Iterator[Sentence]:
    for number, part in enumerate(parts_of(session, motion), len(session.motions) + 1):
        yield _("Motion {number}: {wording}", number=number, wording=wording_of(motion.kind, part))
    yield _("This list is not voted on as a whole any more.")
