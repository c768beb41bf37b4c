"""Ideas and projects of earlier editions that may go on in this one: the list, and carrying one over."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.ideas import needs_clause
from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.pages.ideas import facts_of_edition, may_record
from web.views.open_steps import refused_lines
from web.views.subject import marks_of
from workflow.base.errors import BadInput, Refusal
from workflow.base.i18n import _
from workflow.ideas.carry_over import carry_over, may_go_on
from workflow.rules.facts import Ref
from workflow.rules.roles import Role
from workflow.rules.states import WELCOMING

pages = Blueprint("carry_over", __name__)


@pages.get("/edycje/<edition_key>/do-przeniesienia")
@asks("member_of_edition")
def show(edition_key: str) -> ResponseReturnValue:
    return list_page(edition_key)


@pages.post("/edycje/<edition_key>/do-przeniesienia")
@asks("member_of_edition")
def carry(edition_key: str) -> ResponseReturnValue:
    """Carry one project over; the earlier one stays as it is, and a second press changes nothing."""

    def work(tx: Connection) -> None:
        edition = facts_of_edition(tx)
        carry_over(tx, Ref("proposal", chosen()), edition.ref.id, actor=identity.actor(), at=identity.at(),
                   clause="clause" in request.form)  # fmt: skip

    return carry_out(work, url=url_for(".show", edition_key=edition_key),
                     again=lambda refusal: list_page(edition_key, refusal),
                     done=_("The project goes on as an idea in this edition."))  # fmt: skip


def chosen() -> int:
    """The project that was chosen; BadInput where none was."""
    number = request.form.get("proposal", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 12):
        raise BadInput({"proposal": _("Choose a project of an earlier edition.")})
    return int(number)


def list_page(edition_key: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """What may go on here: for the office projects of all editions that it runs, for others those that they led."""
    with reading() as tx:
        edition = facts_of_edition(tx)
        is_office = Role.STAFF in edition.rights.roles
        lines = may_go_on(tx, edition.ref.id, identity.actor(), is_office=is_office)
    page = render_template(
        "ideas/carry_over.html", own=edition.own, projects=list(zip(lines, marks_of(lines), strict=True)),
        may_carry=may_record(edition) and edition.state in WELCOMING, asks_clause=needs_clause(edition),
        here=url_for(".show", edition_key=edition_key), refused=refused_lines(refusal), is_office=is_office,
    )  # fmt: skip
    return page, refusal.status if refusal else 200
