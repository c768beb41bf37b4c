"""Meetings of a body: the list, one meeting with its motions and votes, and the member's own vote.

Steps of a meeting and of a vote are taken by the pages of steps; here are the page itself and what is no step.
"""

from collections.abc import Callable, Sequence

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from web.forms.steps import StepForm, specs_of
from web.forms.votes import seat_by_proxy, typed_hands
from web.http import identity, live
from web.http.carry_out import carry_out
from web.http.resources import reading, resources, writing
from web.http.security import asks, edition_of_request
from web.http.template_context import say
from web.pages.files import ACCEPT
from web.pages.ideas import facts_of_edition
from web.pages.minutes import STEPS as MINUTES
from web.views.meeting import (
    CHOICES,
    MOTION_OUTCOMES,
    NOT_OVER,
    MeetingView,
    conducts,
    meeting_view,
)
from web.views.open_steps import open_steps, refused_lines, view
from web.views.subject import Subject, asking, find, marks_of
from workflow.base.errors import NotAllowed, NotFound, NotReady, Refusal, Stale
from workflow.base.i18n import Sentence, _
from workflow.engine import facts_reader, machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.decision import OpenStep
from workflow.engine.move import Moved
from workflow.engine.proceedings import proceedings
from workflow.engine.result_reader import digests
from workflow.models import Poll
from workflow.rules.bodies import BODIES, FUNCTIONS, Body
from workflow.rules.choices import MEETING_FORMS, OUTCOMES_OF_DECISIONS, VOTES
from workflow.rules.facts import Facts, Ref
from workflow.rules.guards.meetings import session_of
from workflow.rules.permissions import RULES, may_see, may_see_private
from workflow.rules.selection_rules import SelectionRule
from workflow.rules.settings_catalogue import value
from workflow.rules.states import PollState
from workflow.selection import ballots
from workflow.selection.conflict_queries import declarations_of
from workflow.selection.edition_rule import rule_of
from workflow.selection.hand_counts import type_hands as type_own
from workflow.selection.meeting_queries import meetings_of
from workflow.selection.secret_ballots import new_form
from workflow.voting.sealing import Receipt

pages = Blueprint("meetings", __name__)
# Steps and records that stand beside what they are about, and not among the steps of the meeting.
BESIDE = frozenset({
    "note_arrival", "note_departure", "note_absence", "give_proxy", "end_proxy", "withdraw_motion",
    "split_motion", "adopt", *MINUTES,
})  # fmt: skip
# What ends a meeting stands after what is done in it.
CLOSING = frozenset({"adjourn", "end", "cancel"})


@pages.get("/edycje/<edition_key>/posiedzenia")
@asks("see_own_meetings")
def list_all(edition_key: str) -> ResponseReturnValue:
    return list_page(edition_key)


@pages.post("/edycje/<edition_key>/posiedzenia")
@asks("see_own_meetings")
def prepare(edition_key: str) -> ResponseReturnValue:
    form = StepForm.sent_for(specs_of("meeting", "prepare_meeting"))
    actor, at, edition_id = identity.actor(), identity.at(), edition_of_request()

    def work(tx: Connection) -> Moved:
        given = form.first_arguments()
        command = CreateCommand("meeting", "prepare_meeting", actor=actor, at=at, edition_id=edition_id, **given)
        return machine.create(tx, command)

    try:
        moved = resources().database.in_transaction(work)
    except Refusal as refusal:
        if refusal.status == NotFound.status:
            raise
        return list_page(edition_key, form, refusal)
    flash(say(_("The meeting is prepared. Add the agenda, then convene it.")), "success")
    return redirect(url_for(".show", meeting_id=moved.ref.id), 303)


@pages.get("/posiedzenia/<int:meeting_id>")
@asks("see_own_meetings")
def show(meeting_id: int) -> ResponseReturnValue:
    return meeting_page(meeting_id)


@pages.post("/posiedzenia/<int:meeting_id>/wniosek/<int:number>/glosowanie")
@asks("see_own_meetings")
def open_vote(meeting_id: int, number: int) -> ResponseReturnValue:
    return opened(meeting_id, number, by_hands=False)


@pages.post("/posiedzenia/<int:meeting_id>/wniosek/<int:number>/rece")
@asks("see_own_meetings")
def open_hands(meeting_id: int, number: int) -> ResponseReturnValue:
    return opened(meeting_id, number, by_hands=True)


def opened(meeting_id: int, number: int, *, by_hands: bool) -> ResponseReturnValue:
    """Prepare and open the vote on a motion, by name or by hands."""
    form = StepForm.sent_for(())

    def work(tx: Connection) -> None:
        given, meeting = form.arguments(), find(tx, Ref("meeting", meeting_id))
        open_poll(tx, meeting, number, version=given["version"], by_hands=by_hands)

    return at_meeting(meeting_id, work, _("The vote is open."))


@pages.get("/glosowania/<int:poll_id>")
@asks("see_own_meetings")
def poll(poll_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show", meeting_id=meeting_of(poll_id)), 303)


@pages.post("/glosowania/<int:poll_id>/glos")
@asks("see_own_meetings")
def cast(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        choice, seat = request.form.get("choice", ""), seat_by_proxy()
        ballots.cast(tx, poll_id, choice, actor=identity.actor(), at=identity.at(), seat_id=seat)

    answer = at_meeting(
        meeting_of(poll_id), work, _("Your vote was received. You can change it until the vote is closed.")
    )
    with writing() as tx:
        ballots.count_if_complete(tx, poll_id, at=identity.at())
    return answer


@pages.post("/glosowania/<int:poll_id>/miejsce/<int:seat_id>/glos")
@asks("see_own_meetings")
def enter(poll_id: int, seat_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        if not conducts(find(tx, Ref("poll", poll_id)).facts):
            raise NotAllowed(sentence=_("Only the chair or the minute-taker enters votes given by hand."))
        choice = request.form.get("choice", "")
        ballots.enter(tx, poll_id, seat_id, choice, actor=identity.actor(), at=identity.at())

    return at_meeting(meeting_of(poll_id), work, _("The vote was entered."))


@pages.post("/glosowania/<int:poll_id>/rece")
@asks("see_own_meetings")
def type_hands(poll_id: int) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        facts = find(tx, Ref("poll", poll_id)).facts
        sectors = sorted({elector.sector for elector in session_of(facts).electors if not elector.recused})
        type_own(tx, poll_id, typed_hands(sectors), actor=identity.actor(), at=identity.at())

    return at_meeting(meeting_of(poll_id), work, _("Your count was received."))


def open_poll(
    tx: Connection, meeting: Subject, number: int, *, version: int, by_hands: bool = False
) -> None:  # fmt: skip
    """Prepare the vote on a motion where there is none yet, and open it, in one transaction; raises a Refusal."""
    motion, actor, at = session_of(meeting.facts).motion(number), identity.actor(), identity.at()
    if meeting.facts.version != version:
        raise Stale(meeting.facts.version)
    if motion and motion.poll_id and motion.poll_state == PollState.DRAFTED:
        prepared = Ref("poll", motion.poll_id)
    else:
        answers = {"meeting": meeting.ref.id, "motion": number, "by_hands": by_hands}
        command = CreateCommand("poll", "prepare_poll", actor=actor, at=at, edition_id=meeting.edition["id"],
                                answers=answers)  # fmt: skip
        prepared = machine.create(tx, command).ref
    machine.take(tx, StepCommand(prepared, "open", actor=actor, at=at))


def at_meeting(meeting_id: int, work: Callable[[Connection], None], done: Sentence) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the meeting again with the sentence."""
    return carry_out(work, done=done, url=url_for("meetings.show", meeting_id=meeting_id), raises=(NotFound,),
                     again=lambda refusal: meeting_page(meeting_id, refusal))  # fmt: skip


def meeting_of(poll_id: int) -> int:
    """The meeting of a vote; NotFound where it does not exist for the reader."""
    with reading() as tx:
        meeting_id = tx.execute(select(Poll.meeting_id).where(Poll.id == poll_id)).scalar_one_or_none()
    return seen(Ref("meeting", meeting_id or 0)).ref.id


def seen(ref: Ref) -> Facts:
    """The facts of a meeting without its session; NotFound where it does not exist for the reader."""
    with reading() as tx:
        facts = facts_reader.read_facts(tx, [ref], actor=asking()).get(ref)
    if facts is None or not may_see(facts):
        raise NotFound
    return facts


def read_meeting(tx: Connection, meeting_id: int) -> MeetingView:
    """A meeting for whoever looks; NotFound where it does not exist for them."""
    subject = find(tx, Ref("meeting", meeting_id))
    return meeting_view(
        subject, proceedings(tx, meeting_id, reader_id=identity.actor().id), digests(tx, meeting_id)
    )  # fmt: skip


def words() -> dict[str, object]:
    """What the templates of meetings call things."""
    return {"choices": CHOICES, "votes": VOTES, "motion_outcomes": MOTION_OUTCOMES, "bodies": BODIES,
            "functions": FUNCTIONS, "meeting_forms": MEETING_FORMS, "outcomes": OUTCOMES_OF_DECISIONS}  # fmt: skip


def meeting_page(meeting_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """One meeting: for those who conduct it with everything that can be done, for members with their vote."""
    with reading() as tx:
        # A page that was refused keeps what was typed, so it is not renewed.
        mark = None if refusal else live.mark(tx, "meeting", meeting_id)
        meeting = read_meeting(tx, meeting_id)
        without_declaration = undeclared(tx, meeting)
        forms = ballot_forms(tx, meeting)
    steps, _next = open_steps(meeting.subject, identity.at())
    parts = dict.fromkeys(parts_of(meeting), "meetings/show.html")
    page = live.page(
        "meetings/show.html", parts, mark=mark, meeting=meeting, refused=refused_lines(refusal),
        steps=[view(meeting.subject, step, primary=step.step.tone == "primary")
               for step in sorted(steps, key=lambda step: (step.step.name in CLOSING, step.step.name != "put_motion"))
               if step.permitted and step.step.name not in BESIDE
               and (step.step.name != "demand_meeting" or meeting.session.by_circulation)],
        proposes_list=proposes_list(meeting, steps), typed=request.form, person_id=identity.actor().id,
        without_declaration=without_declaration, ballot_forms=forms, accept=ACCEPT,
        proxies_each=value(meeting.subject.facts.edition, "proxies_each"),
        **words(),
    )  # fmt: skip
    answer = make_response(page, refusal.status if refusal else 200)
    if forms:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def parts_of(meeting: MeetingView) -> tuple[str, str]:
    """The parts of the page that follow the meeting; in another state it is another page, which is shown as a whole."""
    state = meeting.subject.facts.state
    return f"motions-{state}", f"seats-{state}"


def ballot_forms(tx: Connection, meeting: MeetingView) -> dict[int, list[Receipt]]:
    """New ballot forms for each open secret vote, for oneself and by proxy; none where its key is lost."""
    forms: dict[int, list[Receipt]] = {}
    for motion in meeting.motions:
        if motion.poll and motion.is_open and motion.poll.secret:
            count = 1 + len(motion.poll.by_proxy(identity.actor().id))
            try:
                forms[motion.poll.id] = [new_form(tx, motion.poll.id) for _form in range(count)]
            except NotReady:
                forms[motion.poll.id] = []
    return forms


def proposes_list(meeting: MeetingView, steps: Sequence[OpenStep]) -> bool:
    """Whether the reader may put the list that the rule of the edition proposes as a motion."""
    may_put = any(step.step.name == "put_motion" and step.permitted for step in steps)
    has_list = rule_of(meeting.subject.edition).rule is not SelectionRule.RESOLUTION
    return may_put and has_list and meeting.session.body == Body.COMMITTEE


def undeclared(tx: Connection, meeting: MeetingView) -> list[str]:
    """The members who have not declared about every project, for whoever conducts a meeting that is not over."""
    facts = meeting.subject.facts
    if not meeting.conducts or facts.state not in NOT_OVER:
        return []
    lines = declarations_of(tx, facts.edition["id"], at=identity.at()).lines
    return sorted({line.name for line in lines if line.body == facts["body"] and line.due})


def list_page(edition_key: str, form: StepForm | None = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The meetings of an edition, and the form of a new one for those who may prepare it."""
    if form and refusal:
        form.take_refusal(refusal)
    with reading() as tx:
        facts = facts_of_edition(tx)
        of_committee = may_see_private(facts)
        meetings = [row for row in meetings_of(tx, facts.ref.id) if of_committee or row.body == Body.APPEAL]
    own = {} if of_committee else {"body": Body.APPEAL.value}
    form = form or StepForm.of(specs_of("meeting", "prepare_meeting"), version=None, values=own)
    if own:
        form.choices["body"] = [(Body.APPEAL.value, say(BODIES[Body.APPEAL]))]
    step = next(row for row in machine.newest("meeting").steps if row.name == "prepare_meeting")
    page = render_template(
        "meetings/list.html", own=facts.own, rows=list(zip(meetings, marks_of(meetings), strict=True)),
        form=form, edition_key=edition_key, of_committee=of_committee,
        may_prepare=any(RULES[name](facts) for name in step.who), bodies=BODIES,
    )  # fmt: skip
    return page, refusal.status if refusal else 200
