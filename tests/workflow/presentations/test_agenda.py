"""The agenda as a value: times, orders, the clock of the present slot, and what each press makes of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from workflow.base.errors import NotReady
from workflow.presentations.agenda import AgendaView, ScreenLine, Slot, by_draw, by_theme, moved, timed
from workflow.presentations.remote import Change, Press, pressed
from workflow.rules.states import OrderedBy, ProposalState, SlotKind, SlotState

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def project(number: int, **more: Any) -> Slot:
    values = {"sector": "", "project_state": ProposalState.ADMITTED, **more}
    state = values.pop("state", SlotState.WAITING)
    return Slot(number, number, SlotKind.PROJECT, f"Projekt {number}", 6, "", state, None, None,
                proposal_id=number, number=number, **values)  # fmt: skip


PAUSE = Slot(9, 9, SlotKind.BREAK, "", 15, "", SlotState.WAITING, None, None)


def agenda(slots: Sequence[Slot], **screen: Any) -> AgendaView:
    return AgendaView(
        1, 0, NINE, OrderedBy.HAND, "", "", "", None, None, None, timed(slots, NINE), ScreenLine(**screen)
    )


def after(view: AgendaView, change: Change) -> AgendaView:
    """The agenda with what a press writes."""
    slots = tuple(replace(slot, **change.slots.get(slot.id, {})) for slot in view.slots)
    return replace(view, slots=slots, screen=replace(view.screen, **change.screen))


def press(view: AgendaView, *buttons: Press, at: datetime = NINE) -> AgendaView:
    for button in buttons:
        view = after(view, pressed(view, button, at=at))
    return view


def test_a_slot_begins_when_those_before_it_are_over_and_a_project_that_left_takes_no_time() -> None:
    slots = timed([project(1), project(2, project_state=ProposalState.WITHDRAWN), PAUSE, project(3)], NINE)
    begins = [(slot.starts_at - NINE) // MINUTE for slot in slots if slot.starts_at]
    assert begins == [0, 6, 6, 21]
    assert [slot.starts_at for slot in timed([project(1)], None)] == [None]


def test_a_draw_and_the_sectors_leave_breaks_and_what_was_called_where_they_are() -> None:
    slots = [project(1, state=SlotState.DONE), project(4, sector="żywność"), PAUSE, project(3, sector="edukacja"),
             project(2, sector="żywność")]  # fmt: skip
    assert by_theme(slots) == [1, 3, 9, 2, 4]
    drawn = by_draw(slots, seed="ziarno", word="wisła")
    assert (drawn[0], drawn[2], sorted(drawn)) == (1, 9, [1, 2, 3, 4, 9])
    words = {tuple(by_draw(slots, seed="ziarno", word=str(word))) for word in range(20)}
    assert len(words) > 1


@pytest.mark.parametrize(("by", "order"), [(-1, [2, 1, 3]), (1, [1, 3, 2]), (-9, [2, 1, 3]), (9, [1, 3, 2])])
def test_a_slot_moves_and_stays_at_the_edge(by: int, order: list[int]) -> None:
    assert moved([project(1), project(2), project(3)], 2, by) == order


def test_the_clock_is_that_of_the_server_with_pauses_and_minutes_added() -> None:
    view = press(agenda([project(1), project(2)]), Press.NEXT)
    assert view.seconds_left(NINE + MINUTE) == 300
    view = press(view, Press.MINUTE)
    assert view.seconds_left(NINE + MINUTE) == 360
    view = press(view, Press.PAUSE, at=NINE + MINUTE)
    assert view.seconds_left(NINE + 5 * MINUTE) == 360
    view = press(view, Press.PAUSE, Press.RESUME, at=NINE + 5 * MINUTE)
    assert view.seconds_left(NINE + 6 * MINUTE) == 300
    assert view.seconds_left(NINE + 12 * MINUTE) == -60
    assert view.minutes_late(NINE + 12 * MINUTE) == 1


def test_next_absent_and_back_lead_through_the_agenda() -> None:
    view = press(agenda([project(1), PAUSE, project(2)]), Press.NEXT)
    assert (view.ordinal, [slot.state for slot in view.slots]) == (1, ["on", "waiting", "waiting"])
    view = press(view, Press.ABSENT, at=NINE + MINUTE)
    assert (view.ordinal, [slot.state for slot in view.slots]) == (None, ["absent", "on", "waiting"])
    view = press(view, Press.PREVIOUS, at=NINE + 2 * MINUTE)
    assert [slot.state for slot in view.slots] == ["on", "waiting", "waiting"]
    assert view.seconds_left(NINE + 2 * MINUTE) == 360
    view = press(view, Press.NEXT, Press.NEXT, Press.NEXT, at=NINE + 9 * MINUTE)
    assert (view.now, [slot.state for slot in view.slots]) == (None, ["done", "done", "done"])
    with pytest.raises(NotReady):
        press(view, Press.NEXT)


def test_somebody_who_came_late_is_called_out_of_turn() -> None:
    view = press(agenda([project(1), project(2), project(3)]), Press.NEXT, Press.ABSENT)
    view = after(view, pressed(view, Press.CALL, at=NINE, slot_id=1))
    assert [slot.state for slot in view.slots] == ["on", "done", "waiting"]
    for slot_id in (2, 77, None):
        with pytest.raises(NotReady):
            pressed(view, Press.CALL, at=NINE, slot_id=slot_id)


def test_a_project_that_left_is_not_called() -> None:
    view = press(agenda([project(1, project_state=ProposalState.WITHDRAWN), project(2)]), Press.NEXT)
    assert view.now is not None
    assert view.now.id == 2
    assert [slot.id for slot in view.projects] == [2]


@pytest.mark.parametrize("button", [Press.PREVIOUS, Press.PAUSE, Press.RESUME, Press.MINUTE, Press.ABSENT])
def test_nothing_is_pressed_before_the_first_item(button: Press) -> None:
    with pytest.raises(NotReady):
        pressed(agenda([project(1)]), button, at=NINE)
