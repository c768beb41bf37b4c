"""Impartiality: what members of the bodies declare about projects, who has declared, and clearing conflicts."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views import conflicts as view
from web.views.open_steps import refused_lines
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, Missing, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.impartiality import shown_text, text_in
from workflow.rules.lateness import counted_at
from workflow.selection.conflict_queries import declarations_of
from workflow.selection.conflict_rules import Bench
from workflow.selection.conflicts import LONGEST, Answered, clear, declare
from workflow.selection.seat_queries import seats_of

pages = Blueprint("conflicts", __name__)
ANSWER, REASON = "answer-", "reason-"
DECLARED = _("Your declarations were recorded.")
TEXT_CHANGED = _("The text of the declaration has changed. Read it again first.")
CLEARED = _("The conflict of interest was cleared. Your reason is kept with it.")


@pages.get("/edycje/<edition_key>/bezstronnosc")
@asks("see_conflicts")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return conflicts_page()


@pages.post("/edycje/<edition_key>/bezstronnosc")
@asks("see_conflicts")
def answer(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        text = shown_text(request.form.get("text", ""))
        if text is None:
            raise NotReady([Missing("text_changed", TEXT_CHANGED)])
        declare(tx, member_edition(tx), answers_of(request.form), text, actor=identity.actor(), at=identity.at())

    return at_edition(edition_key, work, DECLARED)


@pages.post("/edycje/<edition_key>/bezstronnosc/konflikt")
@asks("see_conflicts")
def clear_conflict(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        facts, form = facts_of_edition(tx), request.form
        clear(
            tx, facts.ref.id, number_in("person"), number_in("proposal"), form.get("reason", ""),
            seen=form.get("seen", ""), roles=facts.rights.roles, actor=identity.actor(), at=identity.at(),
        )  # fmt: skip

    return at_edition(edition_key, work, CLEARED)


def number_in(name: str) -> int:
    """A number of the form; NotFound for anything else."""
    given = request.form.get(name, "")
    if not given.isascii() or not given.isdecimal() or len(given) > 18:
        raise NotFound
    return int(given)


def answers_of(form: Mapping[str, str]) -> dict[int, Answered]:
    """What was marked, by project; BadInput where nothing was, or something else than an answer."""
    marked = {name.removeprefix(ANSWER): value for name, value in form.items() if name.startswith(ANSWER) and value}
    if not marked:
        raise BadInput({"answers": _("Mark at least one project.")})
    if any(not number.isdecimal() or len(number) > 18 for number in marked) or not set(marked.values()) <= set(Answer):
        raise NotFound
    return {int(number): Answered(Answer(value), form.get(f"{REASON}{number}", "")) for number, value in marked.items()}


def member_edition(tx: Connection) -> int:
    """The edition of the address, of whose bodies the reader has to be a member; NotFound otherwise."""
    edition_id = edition_of_request() or 0
    person = identity.actor().id or 0
    if not Bench(seats_of(tx, edition_id), warsaw_date(identity.at())).seats_of(person):
        raise NotFound
    return edition_id


def at_edition(edition_key: str, work: Callable[[Connection], None], done: Sentence) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with everything typed."""
    url = url_for(".show", edition_key=edition_key)
    return carry_out(work, done=done, url=url, again=conflicts_page, raises=(NotFound,))


def conflicts_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The reader's own declarations, and for those who oversee the bodies everybody's."""
    reader = identity.actor().id
    with reading() as tx:
        facts = facts_of_edition(tx)
        declarations = declarations_of(tx, facts.ref.id, at=identity.at())
    roles, typed = facts.rights.roles, request.form if refusal else {}
    oversees = declarations.bench.oversees(reader, roles)
    fields = refusal.fields if isinstance(refusal, BadInput) else {}
    page = render_template(
        "conflicts/show.html", own=facts.own, text=text_in(identity.language()), typed=typed,
        answers=[(key, say(label)) for key, label in view.ANSWERS.items()],
        lines=view.project_lines(declarations.of(reader), typed), until=declarations.until_for(reader),
        late_at=counted_at(facts.edition, identity.at()),
        is_member=bool(declarations.bench.seats_of(reader)), longest=LONGEST,
        members=view.member_lines(declarations) if oversees else None,
        conflicts=view.conflicts_of_members(declarations, actor_id=reader, roles=roles) if oversees else (),
        errors={name: say(sentence) for name, sentence in fields.items()},
        refused=[] if fields else refused_lines(refusal),
    )  # fmt: skip
    return page, refusal.status if refusal else 200
