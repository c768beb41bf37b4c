"""When a presentation may be noted: while an open summary conference lasts, or after it was held; and only after the slot."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflow.presentations.test_remote import agenda_of, drawn_up
from tests.world import World
from workflow.base.errors import NotFound, NotReady
from workflow.presentations.outcomes import note_outcome
from workflow.presentations.remote import Press, press_button
from workflow.rules.guards.verification import has_begun
from workflow.rules.states import ConferenceState

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "minutes", "begun"),
    [(ConferenceState.OPEN, -1, False), (ConferenceState.OPEN, 0, True), (ConferenceState.OPEN, 90, True),
     (ConferenceState.PLANNED, 90, False), (ConferenceState.POSTPONED, 90, False), (ConferenceState.CANCELLED, 90, False),
     (ConferenceState.HELD, -90, True), (ConferenceState.MINUTES_APPROVED, 90, True)],
)  # fmt: skip
def test_a_conference_has_begun_when_it_is_open_and_its_hour_has_come_or_was_held(
    state: ConferenceState, minutes: int, begun: bool
) -> None:
    assert has_begun(state, NINE, NINE + timedelta(minutes=minutes)) is begun


def test_an_open_conference_without_a_date_has_not_begun() -> None:
    assert not has_begun(ConferenceState.OPEN, None, NINE)


def test_nothing_is_noted_for_a_slot_that_is_not_over_or_is_not_there(world: World) -> None:
    conference, staff = drawn_up(world), world["staff"]
    agenda = agenda_of(world, conference)
    with world.database.transaction() as tx:
        press_button(tx, conference.id, Press.NEXT, version=agenda.screen.version, actor=staff, at=world.now)
    first = agenda.slots[0].id
    for slot_id, refusal in ((first, NotReady), (9999, NotFound)):
        with world.database.transaction() as tx, pytest.raises(refusal):
            note_outcome(tx, conference.id, slot_id, actor=staff, at=world.now)
