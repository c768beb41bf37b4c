"""What can be done with a subject, as its page shows it: one thing first, what cannot be done explained."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from web.http import identity
from web.http.security import edition_of_request
from web.http.template_context import address, say
from web.views.subject import Subject
from workflow.base.errors import Missing, NoSuchStep, Refusal
from workflow.base.i18n import Listed, Sentence, _
from workflow.engine import machine
from workflow.engine.machine import OpenStep
from workflow.lifecycle.definition import SYSTEM, Step
from workflow.proposals.next_step import VOTED, Expectation, expectation
from workflow.rules.facts import Facts
from workflow.rules.guards.sheet import missing_sections
from workflow.rules.permissions import RULES
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import Role
from workflow.rules.sheet_sections import sections_of
from workflow.rules.states import OVER, ProposalState
from workflow.rules.verdicts import WORDS, Verdict

TONES = {"neutral": "secondary"}
# Records that have a page of their own instead of the general form.
OWN_PAGES = {
    "edit_sheet": "karta", "keep_version": "wersje", "set_sections": "czesci-karty", "change_settings": "ustawienia",
    "change_letter_text": "powiadomienia", "reset_letter_text": "powiadomienia",
    "generate_report": "sprawozdanie",
    "open_for_signature": "tekst", "amend": "tekst", "sign": "tekst",
    "attach_file": "pliki", "remove_file": "pliki", "attach_slides": "pliki", "remove_slides": "pliki",
    "checklist": "zgloszenie/weryfikacja",
}  # fmt: skip
# Records that are offered beside what they are about, on the pages of the group, the versions and the files; on the
# overview only where one of them is what is expected next.
BESIDE = frozenset({
    "remove_file", "attach_file", "attach_slides", "remove_slides",
    "keep_version", "describe_group", "add_member", "set_place", "remove_member",
    "leave_group", "name_deputy", "end_deputy", "reset_letter_text", "note_expense", "strike_expense",
    "add_report_part", "ask_for_report", "skip_report", "set_report_days",
    "note_risk", "assign_risk", "settle_risk", "note_promise", "judge_promise", "agree_to_merge", "merge_into",
})  # fmt: skip
# Records that ask nothing and are not taken back: what they bring about is seen first.
WITH_CONSEQUENCES = frozenset({"offer_place", "leave_group", "decline_lead"})
# Verdicts that end or undo what was decided, away from the usual ones.
SELDOM = frozenset({Verdict.ANNULMENT, Verdict.CANCELLATION})
# Pages of the leader alone: what the office enters from paper keeps the general form, which asks for its day.
LEADER_PAGES = {"submit": "zgloszenie", "resubmit": "zgloszenie"}


class StepView(Struct, frozen=True):
    """A step as a button: pressed, or grey with its reasons."""

    name: str
    label: str
    allowed: bool
    permitted: bool
    missing: list[dict[str, Any]]
    needs_input: bool
    tone: str
    url: str
    who: str


class Choices(Struct, frozen=True):
    """The steps of a page: what is first, what else can be done, what waits, what is for others."""

    # What can be decided, where the reader judges: side by side and equal, each with what it lacks.
    verdict: tuple[StepView, ...]
    main: tuple[StepView, ...]
    records: tuple[StepView, ...]
    # Steps that end, undo or stop something, away from the usual ones.
    rare: tuple[StepView, ...]
    # What the office may enter for somebody who came with a paper.
    on_paper: tuple[StepView, ...]
    waiting: tuple[StepView, ...]
    others: tuple[StepView, ...]


class Lead(Struct, frozen=True):
    """The first line of a page: what is expected, until when, and the button for it."""

    expected: str
    until: datetime | None
    step: StepView | None
    # Instead of one step, where the reader judges.
    choices: tuple[StepView, ...] = ()
    # Whether it is for the reader to do.
    mine: bool = False


def refused_lines(refusal: Refusal | None) -> list[dict[str, Any]]:
    """Why something was refused: everything that is missing, or the sentence of the refusal itself."""
    if refusal is None:
        return []
    return said(refusal.missing) or [{"message": refusal.say(identity.language()), "who": "", "until": None}]


def said(missing: Iterable[Missing], facts: Facts | None = None) -> list[dict[str, Any]]:
    """What stands in the way, in words: the sentence, who can mend it or that the reader can, until when.

    What the reader is to a subject follows from its facts where they are given, else from the roles in the edition of
    the page.
    """
    language = identity.language()
    return [
        {"message": unmet.say(language), "who": titles(unmet.who), "mine": _is_mine(unmet.who, facts),
         "until": unmet.until, "field": unmet.field}
        for unmet in missing
    ]  # fmt: skip


def _is_mine(names: Iterable[str], facts: Facts | None) -> bool:
    """Whether the reader is among those who can mend something."""
    if facts is not None:
        return any(RULES[name](facts) for name in names if name in RULES)
    reader = identity.current()
    return reader is not None and not reader.roles(edition_of_request()).isdisjoint(names)


def titles(names: Iterable[str]) -> str:
    """Permissions as the people who hold them are called."""
    return _titles(tuple(names), identity.language())


# There are as many as the tables have rows, and a page names each of its own several times.
@cache
def _titles(names: tuple[str, ...], language: str) -> str:
    return ", ".join(dict.fromkeys(TITLES[name].say(language) for name in names if name in TITLES))


def needs_form(step: Step) -> bool:
    """Whether a page comes before the step: it asks for something, or it cannot be taken back."""
    if step.asks or step.paper or step.verdict or step.name in WITH_CONSEQUENCES:
        return True
    return step.tone == "danger" or (not step.is_record and not step.undo)


def view(subject: Subject, open_step: OpenStep, *, primary: bool = False) -> StepView:
    """One step of a subject as its page shows it."""
    step = open_step.step
    url = url_of(subject, step)
    tone = "primary" if primary else ("danger" if step.tone == "danger" else "secondary")
    missing = said(open_step.missing, subject.facts)
    for unmet, shown in zip(open_step.missing, missing, strict=True):
        if unmet.code in VOTED:
            shown["href"], shown["link"] = meetings_url(subject), say(_("Meetings of the appeal body"))
    return StepView(
        step.name, step.label.say(identity.language()), open_step.allowed, open_step.permitted, missing,
        needs_form(step), tone, url, titles(step.who),
    )  # fmt: skip


def meetings_url(subject: Subject) -> str:
    """Where the meetings of the bodies of a subject's edition are."""
    return address("meetings.list_all", edition_key=subject.edition["key"])


def url_of(subject: Subject, step: Step) -> str:
    """Where a step is asked for: a page of its own, or the general form."""
    if step.name == "approve_minutes" and "approve_report" in step.effects:
        return f"{subject.url}/{OWN_PAGES['generate_report']}"
    leads = RULES[Role.GROUP_LEADER](subject.facts)
    own = OWN_PAGES.get(step.name) or (LEADER_PAGES.get(step.name) if leads else None)
    return f"{subject.url}/{own}" if own else subject.step_url(step.name)


def choices(subject: Subject, steps: Sequence[OpenStep], next_: Expectation | None) -> Choices:
    """Sort the steps of a page; what the clock does by itself is for nobody to press."""
    if subject.ref.kind != "edition" and subject.edition.get("state") in OVER:
        # One sentence says it better than the same one on every button; see the templates.
        return Choices((), (), (), (), (), (), ())
    judged = {choice.step.name for choice in next_.choices} if next_ and next_.mine else set()
    first = next_.step.name if next_ and next_.allowed and not next_.choices else ""
    for_people = _for_people(subject, steps, first)
    verdict = [step for step in for_people if step.step.name in judged and step.permitted]
    rest = [step for step in for_people if step not in verdict]
    allowed = sorted((step for step in rest if step.allowed), key=lambda step: step.step.name != first)
    kinds: dict[str, list[StepView]] = {"main": [], "records": [], "rare": [], "on_paper": []}
    for step in allowed:
        kinds[_kind(subject, step, first)].append(view(subject, step, primary=step.step.name == first))
    return Choices(
        verdict=tuple(view(subject, step) for step in verdict),
        **{kind: tuple(views) for kind, views in kinds.items()},
        waiting=tuple(view(subject, step) for step in rest if step.permitted and not step.allowed),
        others=tuple(view(subject, step) for step in rest if not step.permitted),
    )


def _for_people(subject: Subject, steps: Sequence[OpenStep], first: str) -> list[OpenStep]:
    """The steps that have a button of their own; `first` is the one that is expected next."""
    # Where points are noted one by one, the check as a whole would be a second form of the same.
    doubled = {"formal_check"} if any(step.step.name == "checklist" for step in steps) else set()
    return [
        step
        for step in steps
        if step.step.who != (SYSTEM,)
        and step.step.name not in doubled
        and (step.step.name not in BESIDE or step.step.name == first)
        # An answer to another kind of appeal is no answer to this one.
        and not (step.step.verdict and step.step.came_from and subject.facts.previous_state not in step.step.came_from)
    ]


def _kind(subject: Subject, open_step: OpenStep, first: str) -> str:
    """Where on the page a step that can be taken stands."""
    if open_step.step.name == first:
        return "main"
    if not any(RULES[name](subject.facts) for name in open_step.step.who):
        return "on_paper"
    if open_step.step.tone == "danger" or open_step.step.verdict in SELDOM:
        return "rare"
    return "records" if open_step.step.is_record else "main"


def open_steps(subject: Subject, at: datetime) -> tuple[tuple[OpenStep, ...], Expectation | None]:
    """The steps of a subject for whoever looks, and what is expected next."""
    steps = machine.open_steps(subject.facts, at=at)
    return steps, expectation(subject.facts, steps)


def open_step_of(subject: Subject, name: str, at: datetime) -> OpenStep:
    """One step of a subject for whoever looks; NoSuchStep where the table has none of this name here."""
    steps = machine.open_steps(subject.facts, at=at)
    open_step = next((step for step in steps if step.step.name == name), None)
    if open_step is None:
        raise NoSuchStep(name, subject.facts.state)
    return open_step


def lead(subject: Subject, next_: Expectation | None) -> Lead:
    """What is expected of the reader, in one sentence."""
    if next_ is None:
        return Lead("", None, None)
    if next_.choices:
        words = WORDS[Verdict(next_.step.verdict)]
        choices = tuple(view(subject, choice) for choice in next_.choices) if next_.mine else ()
        return Lead(say(words.decide if next_.mine else words.waiting), next_.until, None, choices, next_.mine)
    shown = view(subject, next_.open, primary=True)
    is_returned = next_.step.name == "resubmit" and RULES[Role.GROUP_LEADER](subject.facts)
    expected = _to_mend(subject) if is_returned else _to_write(subject) if next_.step.name == "edit_sheet" else None
    if is_returned and expected:
        shown = replace(shown, label=say(_("Mend and hand in again")))
    return Lead(
        say(expected or _expected(next_, shown)), next_.until, shown if next_.open.allowed else None, mine=next_.mine
    )


def _to_mend(subject: Subject) -> Sentence | None:
    """What a returned project is expected to mend, by section; None where the call names none."""
    call = subject.facts.entry("completion_call")
    labels = {section.name: section.label for section in sections_of(subject.edition)}
    names = dict.fromkeys(row["section"] for row in call.get("section_reasons") or ())
    asked = tuple(labels[name] for name in names if name in labels)
    return (
        _("Mend what the office asks for ({sections}), then hand in again.", sections=Listed(asked)) if asked else None
    )


def _to_write(subject: Subject) -> Sentence | None:
    """Which sections of the sheet are still missing; None where none is, or the sheet is not what is written yet."""
    labels = tuple(missing_sections(subject.facts)) if subject.facts.state == ProposalState.GROUP_WORK else ()
    return _("Complete the project sheet. Still missing: {sections}.", sections=Listed(labels)) if labels else None


def _expected(next_: Expectation, shown: StepView) -> Sentence:
    if next_.open.allowed:
        return Sentence("{step}.", {"step": shown.label})
    if next_.mine:
        return _("“{step}” comes next; first add what is missing below.", step=shown.label)
    return _("Nothing from you now. The next step, “{step}”, is for: {who}.", step=shown.label, who=shown.who)
