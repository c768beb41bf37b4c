"""What the page of handing in shows: what was sent back and answered, what changed since, what the office has found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from web.http.template_context import say
from web.views import sheet as sheets
from web.views.subject import Subject
from workflow.base.i18n import Sentence, _
from workflow.rules.choices import CHECK_ANSWERS, FORMAL_CHECKS, MERIT_CHECKS, REFUSAL_GROUNDS, RETURN_REASONS
from workflow.rules.guards.verification import points_of
from workflow.rules.known_checks import PASSAGES, known_checks
from workflow.rules.permissions import may_see_private
from workflow.rules.sheet_sections import asked_sections, section_values, sections_of, values_of
from workflow.rules.states import IN_VERIFICATION, ProposalState
from workflow.sheet.text_diff import Piece, text_pieces
from workflow.sheet.versions import VersionText

LISTS: tuple[tuple[Sentence, Mapping[str, Sentence]], ...] = (
    (_("Formal check"), FORMAL_CHECKS),
    (_("Check on merit"), MERIT_CHECKS),
)


class Changed(Struct, frozen=True):
    """A section that differs from what was handed in before."""

    name: str
    label: str
    pieces: list[Piece]


class Reason(Struct, frozen=True):
    """Why a section was sent back, and what came of it; `changed` is None where nobody can tell."""

    name: str
    section: str
    reason: str
    words: str
    answer: str
    changed: bool | None


class Call(Struct, frozen=True):
    """A call for completion: its reasons by section, the others, and the words around them."""

    reasons: tuple[Reason, ...]
    others: tuple[str, ...]
    explanation: str
    answer: str
    by_name: str
    at: datetime


class Point(Struct, frozen=True):
    """A point of the check: what was found now, and in the round before."""

    name: str
    label: str
    answer: str
    said: str
    remark: str
    who: str
    before: str
    # What shows that the point is met, where the system knows it.
    known: str = ""
    # Parts of the sheet that it is about.
    passages: tuple[tuple[str, str], ...] = ()


class Refusal(Struct, frozen=True):
    """A draft of a refusal that waits for a second person."""

    ground: str
    justification: str
    by_name: str
    at: datetime
    mine: bool


def changed(subject: Subject, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Changed]:
    """The sections that differ between two texts of the sheet, in the order of the sheet, and nothing else."""
    old, new = values_of(before), values_of(after)
    sections = []
    for section in sections_of(subject.edition):
        if section_values(section.name, old) != section_values(section.name, new):
            texts = (sheets.shown_section(section, values).text for values in (old, new))
            sections.append(Changed(section.name, say(section.label), text_pieces(*texts)))
    return sections


def since_last(subject: Subject, texts: Sequence[VersionText]) -> list[Changed] | None:
    """What changed since the last handing in before the present one; None where there was only one or none."""
    if subject.facts.state == ProposalState.RETURNED and texts:
        return changed(subject, texts[0].content, subject.facts.sheet_content())
    if len(texts) > 1:
        return changed(subject, texts[1].content, texts[0].content)
    return None


def call_of(subject: Subject, differs: Sequence[Changed] | None) -> Call | None:
    """The last call for completion, with what was answered to it; None where there was none or it is history."""
    entry, given = subject.facts.entry("completion_call"), subject.facts.entry("submission")
    if not entry or subject.facts.state not in IN_VERIFICATION:
        return None
    answered = given if given.get("at", "") > entry["at"] else {}
    answers = {row["section"]: row.get("words", "") for row in answered.get("reason_answers") or ()}
    labels = {section.name: say(section.label) for section in sections_of(subject.edition)}
    touched = None if differs is None else {change.name for change in differs}
    reasons = tuple(
        Reason(
            row["section"], labels.get(row["section"], row["section"]), say(RETURN_REASONS[row["reason"]]),
            row.get("words", ""), answers.get(row["section"], ""),
            None if touched is None else row["section"] in touched,
        )
        for row in entry.get("section_reasons") or ()
    )  # fmt: skip
    others = tuple(say(RETURN_REASONS[reason]) for reason in entry.get("reasons") or () if reason in RETURN_REASONS)
    return Call(
        reasons, others, entry.get("explanation", ""), answered.get("explanation", ""), entry.get("by_name", ""),
        datetime.fromisoformat(entry["at"]),
    )  # fmt: skip


def reasons_by_section(subject: Subject, texts: Sequence[VersionText] = ()) -> dict[str, list[Reason]]:
    """What the office asks to mend, by section, for the pages of the sheet; nothing once it was handed in again.

    With the texts that were handed in, each reason says whether its section has been changed since.
    """
    if subject.facts.state != ProposalState.RETURNED:
        return {}
    call = call_of(subject, since_last(subject, texts))
    reasons: dict[str, list[Reason]] = {}
    for reason in call.reasons if call else ():
        reasons.setdefault(reason.name, []).append(reason)
    return reasons


def left_to_mend(asked: Mapping[str, Sequence[Reason]]) -> list[Reason]:
    """One reason of each section that the office asks to mend and that is not known to be changed."""
    return [reasons[0] for reasons in asked.values() if reasons[0].changed is not True]


def line_to_mend(asked: Mapping[str, Sequence[Reason]]) -> str:
    """What the writers of a returned sheet are expected to do; empty where the office asks for no section."""
    left = tuple(reason.section for reason in left_to_mend(asked))
    if left:
        return say(_("The office asks to mend: {sections}.", sections=", ".join(left)))
    return say(_("All that the office asks for has been changed. The leader can hand in again.")) if asked else ""


def checks_of(subject: Subject) -> list[tuple[str, list[Point]]]:
    """Both lists of points with what was found, for those who may read the office's papers."""
    before: Mapping[str, Any] = subject.facts.entry("checklist").get("before") or {}
    now, known = points_of(subject.facts), known_checks(subject.facts)
    labels = {section.name: say(section.label) for section in asked_sections(subject.edition)}
    return [
        (
            say(title),
            [
                replace(
                    _point(point, say(label), now.get(point, {}), before.get(point, {})),
                    known=say(known[point]) if point in known else "",
                    passages=tuple((name, labels[name]) for name in PASSAGES.get(point, ()) if name in labels),
                )
                for point, label in points.items()
            ],
        )
        for title, points in LISTS
    ]


def _point(name: str, label: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> Point:
    earlier = " – ".join(filter(None, [_answer(before), before.get("remark", "")]))
    answer, remark, who = (now.get(key, "") for key in ("answer", "remark", "by_name"))
    return Point(name, label, answer, _answer(now), remark, who, earlier)


def _answer(said: Mapping[str, Any]) -> str:
    return say(CHECK_ANSWERS[said["answer"]]) if said.get("answer") in CHECK_ANSWERS else ""


def refusal_of(subject: Subject) -> Refusal | None:
    """The draft of a refusal, for those who may know of it."""
    draft = subject.facts.entry("draft_refusal")
    if not draft or subject.facts.state != ProposalState.SUBMITTED or not may_see_private(subject.facts):
        return None
    return Refusal(
        say(REFUSAL_GROUNDS[draft["ground"]]), draft["justification"], draft["by_name"],
        datetime.fromisoformat(draft["at"]), draft["by"] == subject.facts.rights.id,
    )  # fmt: skip
