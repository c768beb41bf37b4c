"""The agenda of a conference as a value: its slots with their times, and the orders that they can be in. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from workflow.base.collation import sort_key
from workflow.rules.states import ON_AGENDA, OrderedBy, SlotKind, SlotState
from workflow.voting.counting.draw import drawn_order


class Slot(Struct, frozen=True):
    """One slot, with what is shown of its project."""

    id: int
    place: int
    kind: SlotKind
    title: str
    minutes: int
    presenter: str
    state: SlotState
    began_at: datetime | None
    ended_at: datetime | None
    # None and empty where the slot is not about a project.
    proposal_id: int | None = None
    number: int | None = None
    summary: str = ""
    sector: str = ""
    area: str = ""
    cost: int | None = None
    project_state: str | None = None
    # How many pages the slides of the project have.
    slides: int = 0
    # When it begins as planned; None where nobody has said when the conference does.
    starts_at: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether it is on the programme: not a project that was withdrawn or sent back since."""
        return self.project_state is None or self.project_state in ON_AGENDA

    @property
    def is_project(self) -> bool:
        """Whether a project is presented in it."""
        return self.kind == SlotKind.PROJECT

    @property
    def is_waiting(self) -> bool:
        """Whether it was not called yet."""
        return self.state == SlotState.WAITING

    @property
    def is_on(self) -> bool:
        """Whether it is what the hall sees."""
        return self.state == SlotState.ON

    @property
    def is_done(self) -> bool:
        """Whether it ended, with somebody there."""
        return self.state == SlotState.DONE

    @property
    def may_be_called(self) -> bool:
        """Whether it waits, or its presenter may have come late."""
        return self.state in {SlotState.WAITING, SlotState.ABSENT}


class ScreenLine(Struct, frozen=True):
    """What the screen shows: the slot, its clock, and who holds the remote."""

    version: int = 0
    slot_id: int | None = None
    started_at: datetime | None = None
    paused_at: datetime | None = None
    extra_seconds: int = 0
    # Which page of the slides is shown, from 1; 0: the summary.
    slide: int = 0
    moderator_id: int | None = None
    moderator: str = ""


class AgendaView(Struct, frozen=True):
    """An agenda with its slots in order and its screen."""

    conference_id: int
    version: int
    starts_at: datetime | None
    ordered_by: OrderedBy
    commitment: str
    # Empty before the draw.
    seed: str
    word: str
    drawn_at: datetime | None
    frozen_from: datetime | None
    published_at: datetime | None
    slots: tuple[Slot, ...]
    screen: ScreenLine

    @property
    def shown(self) -> tuple[Slot, ...]:
        """The slots that are on the programme."""
        return tuple(slot for slot in self.slots if slot.is_shown)

    @property
    def projects(self) -> tuple[Slot, ...]:
        """Those of them in which projects are presented."""
        return tuple(slot for slot in self.shown if slot.is_project)

    @property
    def now(self) -> Slot | None:
        """The slot that is on."""
        return next((slot for slot in self.slots if slot.id == self.screen.slot_id), None)

    @property
    def next(self) -> Slot | None:
        """The first slot that still waits."""
        return next((slot for slot in self.shown if slot.is_waiting), None)

    @property
    def last(self) -> Slot | None:
        """The slot that ended last."""
        ended = [slot for slot in self.shown if slot.ended_at is not None and not slot.is_waiting]
        return max(ended, key=lambda slot: (slot.ended_at, slot.place), default=None)

    @property
    def ordinal(self) -> int | None:
        """Which of the projects is on, from 1."""
        ids = [slot.id for slot in self.projects]
        return ids.index(self.screen.slot_id) + 1 if self.screen.slot_id in ids else None

    @property
    def has_begun(self) -> bool:
        """Whether anything was called."""
        return any(not slot.is_waiting for slot in self.slots)

    def is_frozen(self, at: datetime) -> bool:
        """Whether a change of the order needs a reason."""
        return self.frozen_from is not None and at >= self.frozen_from

    def seconds_left(self, at: datetime) -> int:
        """The time that the present slot still has; below zero once it is over."""
        slot, screen = self.now, self.screen
        if slot is None or screen.started_at is None:
            return 0
        used = (screen.paused_at or at) - screen.started_at
        return slot.minutes * 60 + screen.extra_seconds - int(used.total_seconds())

    def minutes_late(self, at: datetime) -> int:
        """How much later than planned the present slot began, and by how much it is over its time; never below zero."""
        slot = self.now
        if slot is None or slot.starts_at is None or slot.began_at is None:
            return 0
        late = int((slot.began_at - slot.starts_at).total_seconds()) + max(0, -self.seconds_left(at))
        return max(0, late // 60)


def timed(slots: Iterable[Slot], starts_at: datetime | None) -> tuple[Slot, ...]:
    """The slots with the times at which they begin; one that is not shown takes no time."""
    placed, moment = [], starts_at
    for slot in slots:
        placed.append(replace(slot, starts_at=moment))
        if moment is not None and slot.is_shown:
            moment += timedelta(minutes=slot.minutes)
    return tuple(placed)


def by_draw(slots: Sequence[Slot], *, seed: str, word: str) -> list[int]:
    """The order of the slots by a draw among the waiting projects; breaks and what has begun stay where they are."""
    waiting = _movable(slots)
    keys = drawn_order(seed, word, [str(slot.number) for slot in waiting]).keys
    by_key = {str(slot.number): slot.id for slot in waiting}
    return _put_in(slots, [by_key[key] for key in keys])


def by_theme(slots: Sequence[Slot]) -> list[int]:
    """The same with the waiting projects by sector, then by number."""
    waiting = sorted(_movable(slots), key=lambda slot: (sort_key(slot.sector), slot.number or 0))
    return _put_in(slots, [slot.id for slot in waiting])


def moved(slots: Sequence[Slot], slot_id: int, by: int) -> list[int]:
    """The order with one slot that many places further down; at the edge it stays."""
    order = [slot.id for slot in slots]
    place = order.index(slot_id)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    return order


def _movable(slots: Sequence[Slot]) -> list[Slot]:
    return [slot for slot in slots if slot.is_project and slot.is_waiting]


def _put_in(slots: Sequence[Slot], ordered: Sequence[int]) -> list[int]:
    movable, following = {slot.id for slot in _movable(slots)}, iter(ordered)
    return [next(following) if slot.id in movable else slot.id for slot in slots]
