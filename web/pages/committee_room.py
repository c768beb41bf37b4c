"""The committee's room: all projects before the committee with scores, votes and decisions; the ranking; reminders."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.views.committee_room import Mine, Order, Room, Show, names_of, ranking_rows, room_view, tied_at_the_end
from web.views.open_steps import refused_lines
from web.views.scoring import score_text, text_of
from workflow.base.errors import Missing, NotAllowed, NotFound, Refusal
from workflow.base.i18n import Sentence, _
from workflow.rules.facts import Facts
from workflow.rules.permissions import may_see_private
from workflow.rules.roles import Role
from workflow.rules.session import MotionOutcome
from workflow.selection.room_queries import decisions_of, next_meeting, votes_of
from workflow.selection.score_cards import open_scores
from workflow.selection.score_queries import scoring_of
from workflow.selection.score_reminders import remind
from workflow.selection.score_rules import Scoring
from workflow.voting.counting.score_cards import Unranked

pages = Blueprint("committee_room", __name__)
Choice = TypeVar("Choice", bound=StrEnum)
# The pages beside the room, those that exist.
LINKS: tuple[tuple[Sentence, str, str], ...] = (
    (_("Declarations of impartiality"), "conflicts.show", "scale"),
    (_("Packet of all sheets (PDF)"), "submission.packet", "file-down"),
    (_("Meetings and minutes"), "meetings.list_all", "calendar-days"),
    (_("Ranking"), "committee_room.ranking", "chart-bar"),
    (_("What if: rules side by side"), "what_if.show", "vote"),
    (_("Criteria of scoring"), "criteria.show", "clipboard-check"),
    (_("Announcement of the decisions"), "announcement.show", "send"),
)
UNRANKED = {
    Unranked.TOO_FEW_CARDS: _("Too few cards"),
    Unranked.BELOW_MINIMUM: _("Below the minimum of a required criterion"),
}


@pages.get("/edycje/<edition_key>/wybor")
@asks("member_of_edition")
def show(edition_key: str) -> ResponseReturnValue:
    return room_page(edition_key)


@pages.post("/edycje/<edition_key>/wybor/przypomnij")
@asks("see_meetings")
def remind_members(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection, facts: Facts) -> Sentence:
        if not conducts(scoring_of(tx, facts.edition, at=identity.at()), facts):
            raise NotAllowed(sentence=_("The chair, the secretary or the office reminds members."))
        meeting = next_meeting(tx, facts.ref.id)
        until = meeting.until if meeting else None
        new, before = remind(tx, facts.edition, until=until, actor=identity.actor(), at=identity.at())
        if not new:
            return _("Everybody concerned was reminded today already: {count}.", count=before)
        return _("Reminders sent: {new}. Reminded today before: {before}.", new=new, before=before)

    return in_room(edition_key, work)


@pages.post("/edycje/<edition_key>/wybor/odslon")
@asks("committee")
def open_all(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection, facts: Facts) -> Sentence:
        count = open_scores(tx, facts.edition, roles=facts.rights.roles, actor=identity.actor(), at=identity.at())
        return _("The scores are open to the committee. Projects: {count}.", count=count)

    return in_room(edition_key, work)


@pages.get("/edycje/<edition_key>/ranking")
@asks("see_meetings")
def ranking(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        facts, scoring, room = read_room(tx)
    rows = ranking_rows(scoring, identity.actor().id)
    free = None if room.taken.places_all is None else room.taken.places_all - room.taken.places
    waiting = [row for row in room.rows if row.mean is None and row.project.waits]
    return render_template(
        "scoring/ranking.html", own=facts.own, edition_key=edition_key, rows=rows, free=free, score_text=score_text,
        tied=tied_at_the_end(rows, free), seats=scoring.seats, day=scoring.day, unranked=UNRANKED, closed=len(waiting),
        criteria={str(line.id): text_of(line.name) for line in scoring.criteria}, min_cards=scoring.min_cards,
    )  # fmt: skip


def in_room(edition_key: str, work: Callable[[Connection, Facts], Sentence]) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the room again with the sentence."""
    return carry_out(lambda tx: [work(tx, facts_of_edition(tx))], url=url_for(".show", edition_key=edition_key),
                     again=lambda refusal: room_page(edition_key, refusal), raises=(NotFound,))  # fmt: skip


def room_page(edition_key: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The room, for those who may read what is not announced yet."""
    with reading() as tx:
        facts, scoring, room = read_room(tx)
    person, shown, order = identity.actor().id, chosen("pokaz", Show.ALL), chosen("sort", Order.NUMBER)
    page = render_template(
        "scoring/room.html", own=facts.own, edition_key=edition_key, room=room, rows=room.table(shown, order),
        show=shown, order=order, shows=Show, orders=Order, mines=Mine, links=links(edition_key),
        missing=scoring.missing_by_person(person) if conducts(scoring, facts) else {},
        may_remind=conducts(scoring, facts),
        may_open=may_open(scoring, facts), refused=refused_lines(refusal), names=names_of(scoring),
        has_criteria=bool(scoring.criteria), motion_lost=MotionOutcome.LOST,
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def read_room(tx: Connection) -> tuple[Facts, Scoring, Room]:
    """The edition, its scoring, and the room as the reader sees it; raises NotAllowed for everybody outside."""
    facts = facts_of_edition(tx)
    if not may_see_private(facts):
        raise NotAllowed([Missing("not_allowed", _("This is for somebody else to do."), (Role.COMMITTEE_CHAIR,))])
    scoring = scoring_of(tx, facts.edition, at=identity.at())
    decisions, votes = decisions_of(tx, facts.ref.id), votes_of(tx, facts.ref.id)
    meeting = next_meeting(tx, facts.ref.id)
    return facts, scoring, room_view(facts, scoring, decisions, votes, meeting, sees_missing=conducts(scoring, facts))


def conducts(scoring: Scoring, facts: Facts) -> bool:
    """Whether the reader sees whose cards are missing, and reminds them."""
    return scoring.conducts(identity.actor().id, facts.rights.roles)


def may_open(scoring: Scoring, facts: Facts) -> bool:
    """Whether the reader may open scores now, and some are closed."""
    closed = (project for project in scoring.projects.values() if project.counted and not scoring.is_open(project))
    return any(closed) and scoring.may_open(identity.actor().id, facts.rights.roles)


def chosen(name: str, usual: Choice) -> Choice:
    """What the address chooses; the usual one where it names nothing known."""
    try:
        return type(usual)(request.args.get(name, usual))
    except ValueError:
        return usual


def links(edition_key: str) -> list[tuple[str, str, str]]:
    """The pages beside the room that exist: label, address, picture."""
    return [
        (say(label), url_for(endpoint, edition_key=edition_key), picture)
        for label, endpoint, picture in LINKS
        if endpoint in current_app.view_functions
    ]
