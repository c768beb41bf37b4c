"""Votes of a conference for whoever conducts them: prepared, opened, closed, annulled; cards; taken over."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.hall import MOST_CARDS, sent_cards, sent_draft, whole
from web.http import identity, live
from web.http.carry_out import carry_out
from web.http.kept_files import needed_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.uploads import let_files_in
from web.pages.files import ACCEPT, LARGEST_REQUEST
from web.pages.hall_votes import not_kept, poll_for_reader
from web.pages.idea_posters import code as drawn
from web.pages.paper_cards import as_attachment
from web.views.hall import limits_of, ref_of, said, shown_progress
from web.views.open_steps import refused_lines
from web.views.subject import find, marks_of, subject
from workflow.base.errors import BadInput, NotAllowed, NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.decision import OpenStep
from workflow.engine.hall_reader import options_of
from workflow.files import storage
from workflow.hall import cards
from workflow.hall.ballots_file import as_pb
from workflow.hall.preparing import prepare, projects_of
from workflow.hall.queries import NamedElector, electors_by_name, polls_of
from workflow.rules.cards import CardBatch, CardMove
from workflow.rules.facts import Facts, Ref
from workflow.rules.guards.hall import hall_of
from workflow.rules.hall import METHODS, HallMethod, HallOptionRow
from workflow.rules.permissions import HOSTS_OF_VOTES, RULES, may_see
from workflow.rules.roles import Role
from workflow.rules.states import PollState
from workflow.selection.hall_votes import import_ballots

pages = Blueprint("hall_desk", __name__)
STEPS = {
    "open": _("The vote is open."), "count": _("The vote is closed and counted."),
    "close": _("The vote is closed. Two people type the cards now."), "annul": _("The vote is annulled."),
    "propose_annulment": _("Somebody else confirms now that the vote is annulled."),
}  # fmt: skip
REASONED = frozenset({"annul", "propose_annulment"})
SCAN = "hall_desk.scan"
let_files_in(pages, SCAN, lambda: LARGEST_REQUEST)
CARD_DONE = {
    CardMove.ISSUE: _("The card was handed out. It bars the screen until it is given back."),
    CardMove.GIVE_BACK: _("The card was given back."),
    CardMove.DROP: _("The card is in the box, and the name is ticked."),
}


@pages.get("/konferencje/<int:conference_id>/glosowania")
@asks("anyone")
def list_all(conference_id: int) -> ResponseReturnValue:
    return list_page(conference_id)


@pages.post("/konferencje/<int:conference_id>/glosowania")
@asks("see_hall_desk")
def prepare_vote(conference_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> Ref:
        return prepare(tx, conference_id, sent_draft(), actor=identity.actor(), at=identity.at())  # fmt: skip

    try:
        poll = resources().database.in_transaction(work)
    except NotFound:
        raise
    except Refusal as refusal:
        return list_page(conference_id, refusal)
    flash(say(_("The vote is prepared. Nobody sees it before you open it.")), "success")
    return redirect(url_for(".conduct", conference_id=conference_id, hall_poll_id=poll.id), 303)


@pages.get("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/prowadzenie")
@asks("see_hall_desk")
def conduct(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    return desk_page(conference_id, hall_poll_id)


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/krok/<name>")
@asks("see_hall_desk")
def take(conference_id: int, hall_poll_id: int, name: str) -> ResponseReturnValue:
    if name not in STEPS:
        raise NotFound
    answers = {"reason": request.form.get("reason", "").strip()} if name in REASONED else {}

    def work(tx: Connection) -> None:
        facts = poll_for_reader(tx, conference_id, hall_poll_id)
        command = StepCommand(facts.ref, name, identity.actor(), identity.at(),
                              answers=answers)  # fmt: skip
        machine.take(tx, command)

    return at_desk(conference_id, hall_poll_id, work, STEPS[name])


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/karta/<int:registration_id>")
@asks("see_hall_desk")
def move_card(conference_id: int, hall_poll_id: int, registration_id: int) -> ResponseReturnValue:
    try:
        wanted = CardMove(request.form.get("move", ""))
    except ValueError:
        raise NotFound from None

    def work(tx: Connection) -> None:
        poll_for_reader(tx, conference_id, hall_poll_id)
        cards.move_card(tx, hall_poll_id, registration_id, wanted, at=identity.at())

    return at_desk(conference_id, hall_poll_id, work, CARD_DONE[wanted])


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/karty")
@asks("see_hall_desk")
def type_cards(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        facts = poll_for_reader(tx, conference_id, hall_poll_id)
        keys = [option.key for option in options_of(tx, hall_poll_id)]
        cards.type_cards(tx, hall_poll_id, sent_cards(HallMethod(facts["method"]), keys),
                         spoiled=whole(request.form.get("spoiled", "0").strip(), "cards"), actor=identity.actor(),
                         at=identity.at())  # fmt: skip

    return at_desk(conference_id, hall_poll_id, work, _("What you typed was received."))


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/karty/skan")
@asks("see_hall_desk")
def scan(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    uploads = resources().settings.uploads
    try:
        received = needed_file()
    except Refusal as refusal:
        return desk_page(conference_id, hall_poll_id, refusal)

    def work(tx: Connection) -> None:
        poll_for_reader(tx, conference_id, hall_poll_id)
        cards.attach_scan(tx, uploads, hall_poll_id, received, actor=identity.actor(), at=identity.at())

    return at_desk(conference_id, hall_poll_id, work, _("The scan is attached."))


@pages.get("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/karty/skan")
@asks("see_hall_desk")
def fetch_scan(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    with reading() as tx:
        poll_for_reader(tx, conference_id, hall_poll_id)
        kept = cards.scan_of(tx, hall_poll_id)
    path = storage.path_of(resources().settings.uploads, kept[2]) if kept else None
    if kept is None or path is None or not path.is_file():
        raise NotFound
    return as_attachment(path, kept[0], kept[1])


@pages.post("/konferencje/<int:conference_id>/glosowania/<int:hall_poll_id>/przejmij")
@asks("see_meetings")
def take_over(conference_id: int, hall_poll_id: int) -> ResponseReturnValue:
    """Take the ballots of a counted vote over as those of the edition, in place of the ones before."""

    def work(tx: Connection) -> list[Sentence]:
        facts = poll_for_reader(tx, conference_id, hall_poll_id)
        if not any(RULES[role](facts) for role in (Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.STAFF)):
            raise NotAllowed
        content = as_pb(tx, hall_poll_id)
        return [*import_ballots(tx, facts.edition, content, actor=identity.actor(), at=identity.at())]

    return at_desk(conference_id, hall_poll_id, work, _("The committee has the ballots of this vote now."))


def list_page(conference_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The votes of a conference; for hosts with those that are prepared and a form for a new one."""
    with reading() as tx:
        mark = live.mark(tx, "hall", conference_id)
        about = find(tx, Ref("conference", conference_id), None)
        hosts = not about.facts.rights.roles.isdisjoint(HOSTS_OF_VOTES)
        polls = polls_of(tx, conference_id, drafts=hosts)
        projects = projects_of(tx, about.edition["id"]) if hosts else []
    address = f"{resources().settings.base_url}{url_for('hall_votes.now', conference_id=conference_id)}"
    page = live.page(
        "hall/list.html", {"votes": "hall/list_part.html"}, subject=about, mark=mark,
        conference_id=conference_id, polls=list(zip(polls, marks_of(polls), strict=True)), hosts=hosts,
        projects=projects, refused=refused_lines(refusal), sent=request.form,
        errors={name: say(wrong) for name, wrong in refusal.fields.items()} if isinstance(refusal, BadInput) else {},
        method_options=[(method.value, say(label)) for method, label in METHODS.items()],
        address=address, code=drawn(address),
    )  # fmt: skip
    return make_response(page, refusal.status if refusal else 200)


def desk_page(conference_id: int, poll_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """A vote for its host: steps, electors with their ticks and cards, cards to be typed."""
    with reading() as tx:
        own = machine.facts_of(tx, [ref_of(poll_id)], actor=identity.actor()).get(ref_of(poll_id))
        if own is None or own["conference_id"] != conference_id or not may_see(own):
            raise NotFound
        g.shown_edition = own.edition.get("key", "")
        values = desk_values(tx, own)
    page = live.page("hall/desk.html", {f"vote-{own.state}": "hall/desk_part.html"}, conference_id=conference_id,
                     poll_id=poll_id, facts=own, refused=refused_lines(refusal), rows=range(MOST_CARDS),
                     **values)  # fmt: skip
    return not_kept(make_response(page, refusal.status if refusal else 200))


def desk_values(tx: Connection, facts: Facts) -> dict[str, Any]:
    """What the page of a host shows of a vote beside its facts."""
    steps: list[OpenStep] = [step for step in machine.open_steps(facts, at=identity.at()) if step.step.name in STEPS]
    batch = hall_of(facts).cards or CardBatch(1)
    me = identity.actor().id
    mark, shown = live.mark(tx, facts.ref.kind, facts.ref.id), shown_progress(tx, facts)
    options, electors = hall_of(facts).options, electors_by_name(tx, facts.ref.id)
    return {
        "steps": steps, "options": options, "electors": electors, "page": shown, "mark": mark,
        "choices_said": choices_by_name(facts, options, electors),
        "scan": batch.scan_name, "proposed": facts.entry("propose_annulment"), "me": me, "accept": ACCEPT,
        "typed_by": [typed.name for typed in batch.typed], "differences": list(batch.differences()),
        "own": next((typed for typed in batch.typed if typed.person_id == me), None),
        "may_take_over": any(RULES[role](facts) for role in (Role.COMMITTEE_CHAIR, Role.SECRETARY, Role.STAFF)),
        "subject": subject(facts), "methods": METHODS, "limits": limits_of(facts),
        "present": len(hall_of(facts).present),
    }  # fmt: skip


def choices_by_name(
    facts: Facts, options: Sequence[HallOptionRow], electors: Sequence[NamedElector]
) -> dict[int, str]:  # fmt: skip
    """Registration -> the choice in words, of a vote by name that is counted; nothing before and of secret ones."""
    if facts["secret"] or facts.state not in {PollState.COUNTED, PollState.ANNULLED}:
        return {}
    labels = {option.key: option.label for option in options}
    return {row.registration_id: said(json.loads(row.choice), labels) for row in electors if row.choice}


def at_desk(conference_id: int, poll_id: int, work: Any, done: Sentence) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page of the host again with the sentence."""
    return carry_out(work, done=done, url=url_for(".conduct", conference_id=conference_id, hall_poll_id=poll_id),
                     raises=(NotFound,), again=lambda refusal: desk_page(conference_id, poll_id, refusal))  # fmt: skip
