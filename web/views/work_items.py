"""One worklist of everything that a person has to do: cards of one shape, in groups, narrowed by what was asked for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from web.http.template_context import say
from web.views.open_steps import Lead, StepView, lead, said
from web.views.pending_items import Line
from web.views.reminders import reminders
from web.views.subject import Subject, subject
from web.views.work_kinds import KINDS, OF_STATE, OF_SUBJECT, Kind
from workflow.base.calendar import warsaw_date
from workflow.base.collation import fold
from workflow.base.i18n import Sentence, _
from workflow.proposals.worklist import Task
from workflow.rules.states import ProposalState


class Group(StrEnum):
    """When a piece of work is due."""

    LATE = "late"
    SOON = "soon"
    WEEKS = "weeks"
    LATER = "later"
    UNDATED = "undated"


GROUPS: Mapping[Group, Sentence] = {
    Group.LATE: _("Past the date"),
    Group.SOON: _("Today and tomorrow"),
    Group.WEEKS: _("Within two weeks"),
    Group.LATER: _("Later"),
    Group.UNDATED: _("Without a date"),
}

GROUPINGS: Mapping[str, Sentence] = {"termin": _("by date"), "rodzaj": _("by kind"), "edycja": _("by edition")}


class WorkItem(Struct, frozen=True):
    """One card: what, of which project and edition, for how long it has waited, until when, and the act."""

    kind: Kind
    text: str
    title: str
    url: str
    edition: str
    until: date | None
    # Days in the present state; None where nothing tells.
    age: int | None = None
    subject: Subject | None = None
    step: StepView | None = None
    choices: tuple[StepView, ...] = ()
    # Where there is no step: the label of the way to it.
    label: str = ""
    # Stands before everything else that has no date.
    is_first: bool = False

    @property
    def kind_label(self) -> str:
        return say(KINDS[self.kind])


class Wanted(Struct, frozen=True):
    """What of the worklist was asked for, as it stands in the address."""

    words: str = ""
    kind: str = ""
    edition: str = ""
    group: str = "termin"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.kind or self.edition)

    def includes(self, item: WorkItem) -> bool:
        """Whether the card is among those asked for; a question in which there is nothing to look for finds none."""
        if (self.kind and item.kind != self.kind) or (self.edition and item.edition != self.edition):
            return False
        if not self.words:
            return True
        words, text = fold(self.words).split(), fold(f"{item.title} {item.text}")
        return bool(words) and all(word in text for word in words)


class TaskView(Struct, frozen=True):
    """A proposal of one's own in the reader's words, which waits for something else than an act."""

    subject: Subject
    lead: Lead
    # The unmet conditions of the reader's own next step.
    missing: list[dict[str, Any]]
    # When the reader is reminded of it next.
    reminded: datetime | None = None


def item_of_task(task: Task, at: datetime) -> WorkItem:
    """A step that is the reader's to take; its button opens the page of the step, with what it does.

    A verdict that can be given in one way only is not suggested: the button opens what is judged.
    """
    shown = subject(task.facts)
    now = lead(shown, task.next)
    is_proposal = shown.ref.kind == "proposal"
    of_state = OF_STATE.get(task.facts.state or "", Kind.IMPLEMENTATION)
    kind = of_state if is_proposal else OF_SUBJECT.get(shown.ref.kind, Kind.EDITION)
    has_one_outcome = len(now.choices) == 1
    # While a project is being carried out reports come and go in one state: the state tells nothing of the wait.
    waits = is_proposal and task.facts.state != ProposalState.IN_IMPLEMENTATION
    since = task.facts["state_since"] if waits else None
    return WorkItem(
        kind, now.expected, shown.title, shown.url, shown.edition["title"],
        warsaw_date(now.until) if now.until else None,
        (warsaw_date(at) - warsaw_date(since)).days if since else None, shown, now.step,
        () if has_one_outcome else now.choices, say(_("Check and decide")) if has_one_outcome else "",
    )  # fmt: skip


def item_of_line(line: Line) -> WorkItem:
    """A short line with one button: a vote, a card, a request in a group."""
    until = warsaw_date(line.until) if isinstance(line.until, datetime) else line.until
    return WorkItem(line.kind, line.text, line.title, line.url, line.edition, until,
                    label=line.label, is_first=line.is_first)  # fmt: skip


def view_of_task(task: Task) -> TaskView:
    """A proposal of one's own as the lists below the worklist show it."""
    shown = subject(task.facts)
    return TaskView(shown, lead(shown, task.next), unmet_conditions(task), reminders(task.reminders).next)


def unmet_conditions(task: Task) -> list[dict[str, Any]]:
    """Why the reader's own next step is not possible yet; nothing where it is, or where others come next."""
    if task.next is None or not task.next.mine or task.next.allowed or task.next.choices:
        return []
    return said(task.next.open.missing, task.facts)


def group_of(item: WorkItem, today: date) -> Group:
    """When it is due, in words."""
    if item.until is None:
        return Group.UNDATED
    days = (item.until - today).days
    if days < 0:
        return Group.LATE
    return Group.SOON if days <= 1 else Group.WEEKS if item.until <= today + timedelta(days=14) else Group.LATER


def grouped(items: Sequence[WorkItem], by: str, today: date) -> list[tuple[str, str, list[WorkItem]]]:
    """The cards in groups that are not empty: key, title, cards; within each in the order in which they came."""
    if by == "rodzaj":
        keys = [
            (kind.value, say(title), [item for item in items if item.kind == kind]) for kind, title in KINDS.items()
        ]
    elif by == "edycja":
        titles = dict.fromkeys(item.edition for item in items)
        keys = [
            (f"e{number}", title, [item for item in items if item.edition == title])
            for number, title in enumerate(titles)
        ]
    else:
        keys = [
            (group.value, say(title), [item for item in items if group_of(item, today) == group])
            for group, title in GROUPS.items()
        ]
    return [entry for entry in keys if entry[2]]


def counts(items: Iterable[WorkItem]) -> list[tuple[str, str, int]]:
    """The kinds that there are: key, title, how many."""
    present = [item.kind for item in items]
    return [(kind.value, say(title), present.count(kind)) for kind, title in KINDS.items() if kind in present]


def in_order(items: Iterable[WorkItem]) -> list[WorkItem]:
    """The nearest date first; of the others what nobody answers for, then those that have waited longest."""
    return sorted(
        items, key=lambda item: (item.until is None, item.until or date.max, not item.is_first, -(item.age or 0))
    )


def with_one_primary(items: Iterable[WorkItem]) -> list[WorkItem]:
    """The same cards, of whose buttons the first alone stands out."""
    shown: list[WorkItem] = []
    for item in items:
        is_second = item.step is not None and any(before.step is not None for before in shown)
        step = (
            replace(item.step, tone="secondary")
            if item.step and is_second and item.step.tone == "primary"
            else item.step
        )
        shown.append(replace(item, step=step))
    return shown
