"""The committee and the appeal body of an edition: their seats, who holds them, who substitutes; kept by the office."""

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms import Form
from web.forms import committee as forms
from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.pages.ideas import facts_of_edition
from web.views.unanswered import office_notices
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.people.choices import people_of_edition
from workflow.people.duties import Duty
from workflow.people.unanswered import of_editions
from workflow.rules.bodies import BODIES, FUNCTIONS
from workflow.rules.roles import Role
from workflow.selection import seats as actions
from workflow.selection.seat_queries import seats_of

pages = Blueprint("committee", __name__)
FILLED = _("The seat is filled. The person has the role from now on.")
ADDED = _("The person sits in this seat from the day given.")
ENDED = _("The term is ended. The role was taken back.")


@pages.get("/edycje/<edition_key>/komitet")
@asks("member_of_edition")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return seats_page(Form(forms.SEAT))


@pages.post("/edycje/<edition_key>/komitet")
@asks("staff")
def fill_seat(edition_key: str) -> ResponseReturnValue:
    form = Form.sent(forms.SEAT)
    return on_page(edition_key, form, FILLED, lambda tx, edition_id: actions.fill_seat(
        tx, edition_id, form.read(), actor=identity.actor(), at=identity.at()
    ))  # fmt: skip


@pages.get("/edycje/<edition_key>/komitet/<int:seat_id>")
@asks("staff")
def seat(edition_key: str, seat_id: int) -> ResponseReturnValue:  # noqa: ARG001 - read by `edition_of_request`
    return seats_page(Form(forms.HOLDER), seat_id)


@pages.post("/edycje/<edition_key>/komitet/<int:seat_id>")
@asks("staff")
def add_holder(edition_key: str, seat_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.HOLDER)
    return on_page(edition_key, form, ADDED, lambda tx, edition_id: actions.add_holder(
        tx, edition_id, seat_id, form.read(), actor=identity.actor(), at=identity.at()
    ), seat_id)  # fmt: skip


@pages.post("/edycje/<edition_key>/komitet/<int:seat_id>/osoba/<int:holder_id>/koniec")
@asks("staff")
def end_term(edition_key: str, seat_id: int, holder_id: int) -> ResponseReturnValue:
    form = Form.sent(forms.END)
    return on_page(edition_key, form, ENDED, lambda tx, edition_id: actions.end_term(
        tx, edition_id, holder_id, form.read()["to_on"], actor=identity.actor(), at=identity.at()
    ), seat_id)  # fmt: skip


def on_page(
    edition_key: str, form: Form, done: Sentence, work: Callable[[Connection, int], object], seat_id: int | None = None
) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with everything typed."""

    def written(tx: Connection) -> None:
        work(tx, edition_of_request() or 0)

    def again(refusal: Refusal) -> ResponseReturnValue:
        if isinstance(refusal, BadInput):
            form.refuse(refusal)
        return seats_page(form, seat_id), refusal.status

    url = url_for(".show", edition_key=edition_key)
    return carry_out(written, done=done, url=url, again=again, raises=(NotFound, NotAllowed, NotReady))


def seats_page(form: Form, seat_id: int | None = None) -> str:
    """All seats by body; for the office with a form for a new seat, or for one seat with its people."""
    with reading() as tx:
        facts = facts_of_edition(tx)
        seats = seats_of(tx, facts.ref.id)
        is_office = Role.STAFF in facts.rights.roles
        people = people_of_edition(tx, facts.ref.id, facts=facts) if is_office else []
        left = of_editions(tx, [facts.ref.id], at=identity.at()) if is_office else []
    return render_template(
        "committee/seats.html", own=facts.own, seats=seats, bodies=BODIES, functions=FUNCTIONS, form=form,
        people=people, is_office=is_office, unanswered=office_notices(left, {Duty.SEAT}),
        today=warsaw_date(identity.at()),
        seat=next((line for line in seats if line.id == seat_id), None),
        sectors=[(sector, sector) for sector in facts.edition["sectors"]],
    )  # fmt: skip
