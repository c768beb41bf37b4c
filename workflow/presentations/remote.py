"""The moderator's remote: what each press makes of the agenda (pure), and its one conditional write."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection, select, update

from workflow.base.errors import Stale, found, not_ready
from workflow.base.i18n import _
from workflow.models import AgendaSlot, Screen
from workflow.presentations.agenda import AgendaView, Slot
from workflow.presentations.queries import read_agenda
from workflow.rules.facts import Actor
from workflow.rules.states import SlotState

MINUTE = 60


class Press(StrEnum):
    """A button of the remote."""

    NEXT = "next"
    PREVIOUS = "previous"
    PAUSE = "pause"
    RESUME = "resume"
    MINUTE = "minute"
    ABSENT = "absent"
    # The next page of the slides of the project that is on, and the one before; before the first is the summary.
    SLIDE = "slide"
    SLIDE_BACK = "slide_back"
    # A chosen item, such as one whose presenter came late.
    CALL = "call"


class Change(Struct, frozen=True):
    """What a press writes: columns of the screen, and of slots by their id."""

    screen: Mapping[str, Any]
    slots: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def pressed(agenda: AgendaView, press: Press, *, at: datetime, slot_id: int | None = None) -> Change:
    """What a press makes of the agenda. Raises NotReady where it has nothing to act on."""
    if press == Press.NEXT:
        return _to(agenda, agenda.next, ended=SlotState.DONE, at=at)
    if press == Press.ABSENT:
        return _to(agenda, agenda.next, ended=SlotState.ABSENT, at=at, of=_now(agenda))
    if press == Press.PREVIOUS:
        return _back(agenda, at)
    if press == Press.CALL:
        return _call(agenda, slot_id, at)
    if press in (Press.SLIDE, Press.SLIDE_BACK):
        return Change(_turned(agenda, press))
    return Change(_clock(agenda, press, at))


def _to(agenda: AgendaView, slot: Slot | None, *, ended: SlotState, at: datetime, of: Slot | None = None) -> Change:
    """End the present slot and begin another; None: nothing is left, and the screen says so."""
    now = of or agenda.now
    if now is None and slot is None:
        raise not_ready("nothing_waits", _("Nothing on the agenda waits any more."))
    slots: dict[int, Mapping[str, Any]] = {}
    if now is not None:
        slots[now.id] = {"state": ended, "ended_at": at}
    if slot is not None:
        slots[slot.id] = _begun(at)
    return Change(_started(slot, at), slots)


def _back(agenda: AgendaView, at: datetime) -> Change:
    """Back to the slot that ended last, with its whole time; the present one waits again."""
    last = agenda.last
    if last is None:
        raise not_ready("nothing_before", _("Nothing was on before."))
    slots: dict[int, Mapping[str, Any]] = {last.id: _begun(at)}
    if agenda.now is not None:
        slots[agenda.now.id] = {"state": SlotState.WAITING, "began_at": None, "ended_at": None}
    return Change(_started(last, at), slots)


def _call(agenda: AgendaView, slot_id: int | None, at: datetime) -> Change:
    slot = next((slot for slot in agenda.shown if slot.id == slot_id), None)
    if slot is None or not slot.may_be_called:
        raise not_ready("not_to_call", _("This item is not waiting any more."))
    return _to(agenda, slot, ended=SlotState.DONE, at=at)


def _clock(agenda: AgendaView, press: Press, at: datetime) -> Mapping[str, Any]:
    screen = agenda.screen
    _now(agenda)
    if press == Press.MINUTE:
        return {"extra_seconds": screen.extra_seconds + MINUTE}
    if press == Press.PAUSE:
        return {"paused_at": screen.paused_at or at}
    if screen.paused_at is None or screen.started_at is None:
        return {}
    return {"paused_at": None, "started_at": screen.started_at + (at - screen.paused_at)}


def _turned(agenda: AgendaView, press: Press) -> Mapping[str, Any]:
    """One page on or back; at either end the screen stays as it is."""
    slot = _now(agenda)
    if not slot.slides:
        raise not_ready("no_slides", _("This project has no slides that the screen can show."))
    turned = agenda.screen.slide + (1 if press == Press.SLIDE else -1)
    return {"slide": min(max(turned, 0), slot.slides)}


def _now(agenda: AgendaView) -> Slot:
    if agenda.now is None:
        raise not_ready("nothing_on", _("Nothing is on now. Call the first item."))
    return agenda.now


def _begun(at: datetime) -> Mapping[str, Any]:
    return {"state": SlotState.ON, "began_at": at, "ended_at": None}


def _started(slot: Slot | None, at: datetime) -> Mapping[str, Any]:
    return {"slot_id": slot.id if slot else None, "started_at": at if slot else None, "paused_at": None,
            "extra_seconds": 0, "slide": 0}  # fmt: skip


def press_button(
    tx: Connection, conference_id: int, press: Press, *, version: int, actor: Actor, at: datetime,
    slot_id: int | None = None,
) -> None:  # fmt: skip
    """Do what a button says, in the caller's transaction.

    Of two presses on the same version one is carried out, whoever pressed: the other one raises Stale, so that no
    project is ever skipped. Raises NotReady for whoever does not hold the remote, and where the press has no sense now.
    No step of a project is taken.
    """
    agenda = _locked(tx, conference_id, version)
    if agenda.screen.moderator_id != actor.id:
        raise not_ready("remote_elsewhere", _("Somebody else holds the remote. Take it over first."))
    change = pressed(agenda, press, at=at, slot_id=slot_id)
    for changed, values in change.slots.items():
        tx.execute(update(AgendaSlot).where(AgendaSlot.id == changed).values(**values))
    _write(tx, conference_id, change.screen)


def take_remote(tx: Connection, conference_id: int, *, version: int, actor: Actor) -> None:
    """Give the remote to the actor, whoever held it; raises Stale where anything has happened since."""
    _locked(tx, conference_id, version)
    _write(tx, conference_id, {"moderator_id": actor.id})


def release_remote(tx: Connection, conference_id: int, *, version: int, actor: Actor) -> None:
    """Put the remote down, so that another moderator takes it without a question."""
    if _locked(tx, conference_id, version).screen.moderator_id == actor.id:
        _write(tx, conference_id, {"moderator_id": None})


def _locked(tx: Connection, conference_id: int, version: int) -> AgendaView:
    own = Screen.conference_id == conference_id
    current = found(tx.execute(select(Screen.version).where(own).with_for_update()).scalar_one_or_none())
    agenda = found(read_agenda(tx, conference_id))
    if current != version:
        raise Stale(agenda.screen.version)
    return agenda


def _write(tx: Connection, conference_id: int, values: Mapping[str, Any]) -> None:
    own = Screen.conference_id == conference_id
    tx.execute(update(Screen).where(own).values(**values, version=Screen.version + 1))
