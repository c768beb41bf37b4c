"""The agenda of a conference: public once it is published, and drawn up, ordered and timed by those who host it."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.forms.agenda import ITEM, ORDER, OTHER_SLOT, SLOT, TIMES, WORD
from web.forms.version import required
from web.http import identity, live
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.http.versions import version_in
from web.views.agenda import CHANGES, HOSTS, stage_of
from web.views.open_steps import said
from web.views.subject import Subject
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotFound, NotReady, Refusal, Stale
from workflow.base.i18n import Sentence, _
from workflow.presentations import actions
from workflow.presentations.queries import changes_of, is_published
from workflow.rules.field_types import Input

pages = Blueprint("agenda", __name__)
WARSAW = ZoneInfo("Europe/Warsaw")
Work = Callable[[Connection, dict[str, Any], int], object]
PARTS = {"slots": "presentations/slots.html"}
STEPS_OF_MOVES = {"wyzej": -1, "nizej": 1}
# Where the reader is after a move: at the button that was pressed, or at the item that was dragged.
MOVED = {"wyzej": "up", "nizej": "down", "przesun": "slot"}


@pages.app_template_global()
def agenda_is_shown(subject: Subject) -> bool:
    """Whether the page of a conference leads to its agenda: for hosts always, for others once it is public."""
    if HOSTS & set(subject.facts.rights.roles):
        return True
    with reading() as tx:
        return is_published(tx, subject.ref.id)


@pages.get("/konferencje/<int:conference_id>/program")
@asks("anyone")
def show(conference_id: int) -> ResponseReturnValue:
    return agenda_page(conference_id)


@pages.post("/konferencje/<int:conference_id>/program/projekty")
@asks("conference_hosts")
def generate(conference_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> list[Sentence]:
        count = actions.generate(tx, conference_id, actor=identity.actor(), at=identity.at())
        if count:
            return [_("Admitted projects that were put on the agenda: {count}.", count=count)]
        return [_("Every admitted project is on the agenda already.")]

    url = url_for(".show", conference_id=conference_id)
    return carry_out(work, url=url, again=lambda refusal: agenda_page(conference_id, refusal=refusal))


@pages.post("/konferencje/<int:conference_id>/program/losowanie")
@asks("conference_hosts")
def draw(conference_id: int) -> ResponseReturnValue:
    return act(conference_id, "draw", WORD, _("The order is drawn. The seed is shown below."),
               lambda tx, given, version: actions.draw_order(
                   tx, conference_id, given, version=version, **who()))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/program/sektory")
@asks("conference_hosts")
def by_theme(conference_id: int) -> ResponseReturnValue:
    return act(conference_id, "order", ORDER, _("The projects are ordered by sector."),
               lambda tx, given, version: actions.order_by_theme(
                   tx, conference_id, given, version=version, **who()))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/program/punkt")
@asks("conference_hosts")
def add(conference_id: int) -> ResponseReturnValue:
    return act(conference_id, "item", ITEM, _("The item is added."),
               lambda tx, given, version: actions.add_slot(
                   tx, conference_id, given, version=version, **who()))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/program/czas")
@asks("conference_hosts")
def set_times(conference_id: int) -> ResponseReturnValue:
    with reading() as tx:
        day = stage_of(tx, conference_id, drafts=True).subject.facts["starts_at"]

    def work(tx: Connection, given: dict[str, Any], version: int) -> None:
        actions.set_times(tx, conference_id, moments(given, day), version=version)

    return act(conference_id, "times", TIMES, _("The times are saved."), work)


@pages.post("/konferencje/<int:conference_id>/program/<any(publikuj, ukryj):what>")
@asks("conference_hosts")
def publish(conference_id: int, what: str) -> ResponseReturnValue:
    is_public = what == "publikuj"
    done = _("The agenda is public.") if is_public else _("The agenda is not public any more.")
    return act(conference_id, "order", (), done, lambda tx, _given, version: actions.publish(
        tx, conference_id, is_public=is_public, version=version, **who()
    ))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/program/<int:slot_id>/<any(wyzej, nizej, przesun, usun):what>")
@asks("conference_hosts")
def change_order(conference_id: int, slot_id: int, what: str) -> ResponseReturnValue:
    def work(tx: Connection, given: dict[str, Any], version: int) -> None:
        if what == "usun":
            actions.remove_slot(tx, conference_id, slot_id, given, version=version, **who())
            return
        by = STEPS_OF_MOVES.get(what) or moved_by(request.form.get("by", ""))
        actions.move_slot(tx, conference_id, slot_id, by, given, version=version, **who())

    done = _("The item is removed.") if what == "usun" else _("The order is changed.")
    return act(conference_id, "order", ORDER, done, work, anchor=f"{MOVED[what]}-{slot_id}" if what in MOVED else None)


@pages.get("/konferencje/<int:conference_id>/program/<int:slot_id>")
@asks("conference_hosts")
def edit(conference_id: int, slot_id: int) -> ResponseReturnValue:
    return slot_page(conference_id, slot_id)


@pages.post("/konferencje/<int:conference_id>/program/<int:slot_id>")
@asks("conference_hosts")
def change(conference_id: int, slot_id: int) -> ResponseReturnValue:
    form = Form.sent(SLOT if request.form.get("project") else OTHER_SLOT)

    def work(tx: Connection) -> None:
        version = required(version_in(request.form.get("version")))
        actions.change_slot(tx, conference_id, slot_id, form.read(), version=version)

    url = url_for(".show", conference_id=conference_id, _anchor=f"slot-{slot_id}")
    return carry_out(work, done=_("The item is changed."), url=url,
                     again=lambda refusal: slot_page(conference_id, slot_id, form, refusal))  # fmt: skip


def who() -> dict[str, Any]:
    """The reader as the one who acts, and the moment."""
    return {"actor": identity.actor(), "at": identity.at()}


def moved_by(text: str) -> int:
    """By how many places an item was dragged."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 3):
        raise BadInput({"by": _("Say by how many places the item moves.")})
    return sign * int(digits)


def moments(given: dict[str, Any], day: datetime | None) -> dict[str, datetime | None]:
    """The hour on the day of the conference, and the beginning of the day of the freeze."""
    start, frozen_on = given.get("start"), given.get("frozen_on")
    if start and day is None:
        raise BadInput({"start": _("The conference has no date yet.")})
    return {
        "starts_at": datetime.combine(warsaw_date(day), time.fromisoformat(start), WARSAW) if start and day else None,
        "frozen_from": datetime.combine(frozen_on, time(), WARSAW) if isinstance(frozen_on, date) else None,
    }


def act(
    conference_id: int, name: str, specs: tuple[Input, ...], done: Sentence, work: Work, *, anchor: str | None = None
) -> ResponseReturnValue:  # fmt: skip
    """Read a form of the page and do its work in one transaction; a refusal shows the page with what was typed."""
    form = Form.sent(specs)

    def carried(tx: Connection) -> None:
        work(tx, form.read(), required(version_in(request.form.get("version"))))

    def again(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return agenda_page(conference_id, {name: form}, refusal)

    url = url_for(".show", conference_id=conference_id, _anchor=anchor)
    return carry_out(carried, done=done, url=url, again=again)


def agenda_page(
    conference_id: int, forms: dict[str, Form] | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """The programme, and for hosts all that changes it."""
    with reading() as tx:
        stage = stage_of(tx, conference_id, drafts=True)
        changes = changes_of(tx, conference_id) if stage.hosts else []
    agenda = stage.agenda
    typed: dict[str, dict[str, Any]] = {
        "times": times_of(agenda) if agenda else {},
        "item": {"kind": "break", "minutes": 15},
    }
    specs = {"times": TIMES, "item": ITEM, "draw": WORD, "order": ORDER}
    page = live.page(
        "presentations/agenda.html", PARTS, **stage.values(), changes=changes, change_names=CHANGES,
        forms={name: Form(asked, typed.get(name, {})) for name, asked in specs.items()} | (forms or {}),
        frozen=agenda is not None and agenda.is_frozen(identity.at()), refusal=refusal,
        is_stale=isinstance(refusal, Stale),
        missing=said(refusal.missing) if isinstance(refusal, NotReady) else [],
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def times_of(agenda: Any) -> dict[str, str]:
    """The times as their form shows them."""
    start = agenda.slots[0].starts_at if agenda.slots else agenda.starts_at
    return {
        "start": f"{start.astimezone(WARSAW):%H:%M}" if start else "",
        "frozen_on": warsaw_date(agenda.frozen_from).isoformat() if agenda.frozen_from else "",
    }


def slot_page(
    conference_id: int, slot_id: int, form: Form | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:
    """The form of one item."""
    with reading() as tx:
        stage = stage_of(tx, conference_id)
    slot = next((slot for slot in stage.agenda.slots if slot.id == slot_id), None) if stage.agenda else None
    if slot is None:
        raise NotFound
    if form and isinstance(refusal, BadInput):
        form.refuse(refusal)
    values = {"minutes": slot.minutes, "presenter": slot.presenter, "title": slot.title}
    form = form or Form(SLOT if slot.is_project else OTHER_SLOT, values)
    page = render_template("presentations/slot.html", **stage.values(), slot=slot, form=form,
                           is_stale=isinstance(refusal, Stale))  # fmt: skip
    return page, refusal.status if refusal else 200
