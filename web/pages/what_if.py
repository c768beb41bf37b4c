"""Rules side by side for the bodies of an edition: the proposed list, ballots of a hall, ties and their breaking."""

from collections.abc import Callable
from textwrap import shorten

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.resources import reading
from web.http.security import asks
from web.http.template_context import say
from web.pages.ideas import facts_of_edition
from web.pages.result_files import attachment
from web.views.meeting import conducts
from web.views.subject import Subject, asking, subject
from web.views.what_if import WhatIf, joint_obstacle, open_ties, rule_label, tie_key, what_if
from workflow.base.errors import BadInput, Missing, NotAllowed, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.rules.permissions import RULES, may_see_private
from workflow.rules.roles import Role
from workflow.rules.selection_rules import SelectionRule
from workflow.rules.states import MeetingState
from workflow.selection import hall_votes, tie_breaks
from workflow.selection.list_files import result_of_list
from workflow.selection.list_queries import Selection, selection_of
from workflow.selection.meeting_queries import MotionLine, carried_motions, meetings_of
from workflow.selection.what_if import count
from workflow.voting.counting.election import Tie

pages = Blueprint("what_if", __name__)
# The largest file of ballots that a page takes, in bytes.
MOST_BYTES = 16 * 1024 * 1024


@pages.get("/edycje/<edition_key>/co-jesli")
@asks("see_meetings")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    return what_if_page()


@pages.get("/edycje/<edition_key>/co-jesli/glosy.pb")
@asks("see_meetings")
def ballots(edition_key: str) -> ResponseReturnValue:
    with reading() as tx:
        edition = without_conflict(tx)
        text = hall_votes.exported(tx, edition.edition)
    if text is None:
        raise NotFound
    return attachment(text.encode("utf-8"), "text/plain", f"{edition_key}.pb")


@pages.get("/edycje/<edition_key>/co-jesli/wynik.json")
@asks("see_meetings")
def result(edition_key: str) -> ResponseReturnValue:
    try:
        with reading() as tx:
            data = result_of_list(tx, without_conflict(tx).edition, at=identity.at())
    except NotReady as refusal:
        return what_if_page(refusal)
    return attachment(data, "application/json", f"wynik-{edition_key}.json")


@pages.post("/edycje/<edition_key>/co-jesli/glosy")
@asks("see_meetings")
def import_ballots(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection, edition: Subject) -> list[Sentence]:
        if not (conducts(edition.facts) or RULES[Role.STAFF](edition.facts)):
            raise NotAllowed
        sent = request.files.get("file")
        content = sent.read(MOST_BYTES + 1) if sent else b""
        if not content or len(content) > MOST_BYTES:
            raise BadInput({"file": _("Choose a file with ballots of at most 16 MB.")})
        return [*hall_votes.import_ballots(tx, edition.edition, content, actor=identity.actor(), at=identity.at())]

    return at_edition(edition_key, work, _("The ballots were imported."))


@pages.post("/edycje/<edition_key>/co-jesli/losowanie")
@asks("see_meetings")
def commit_draw(edition_key: str) -> ResponseReturnValue:
    def work(tx: Connection, edition: Subject) -> list[Sentence]:
        if not (conducts(edition.facts) or RULES[Role.STAFF](edition.facts)):
            raise NotAllowed
        tie_breaks.commit_draw(tx, edition.edition, actor=identity.actor(), at=identity.at())
        return []

    return at_edition(edition_key, work, _("The seed of the draw is recorded. Its digest can be published now."))


@pages.post("/edycje/<edition_key>/co-jesli/remis/<key>")
@asks("see_meetings")
def break_tie(edition_key: str, key: str) -> ResponseReturnValue:
    def work(tx: Connection, edition: Subject) -> list[Sentence]:
        if not conducts(edition.facts):
            raise NotAllowed(sentence=_("The chair or the minute-taker records how a tie was broken."))
        selection = read_selection(tx, edition)
        if selection.left_out:
            raise NotAllowed(sentence=_("You have a conflict of interest about a project of this list. Somebody else "
                                        "who conducts the meeting records it."))  # fmt: skip
        tie, words = tie_of(selection, key), request.form.get("words", "")
        if request.form.get("way") == "joint":
            tie_breaks.break_together(tx, edition.ref.id, tie, joint_obstacle(selection, tie), words=words,
                                      motion=typed_motion(), actor=identity.actor(), at=identity.at())  # fmt: skip
        elif request.form.get("way") == "draw":
            word = request.form.get("word", "")
            tie_breaks.break_by_draw(tx, edition.ref.id, tie, word, actor=identity.actor(), at=identity.at())
        else:
            tie_breaks.break_by_chair(tx, edition.ref.id, tie, typed_order(tie), words=words,
                                      motion=typed_motion(), actor=identity.actor(), at=identity.at())  # fmt: skip
        return []

    return at_edition(edition_key, work, _("It is recorded how the tie was broken."))


def typed_order(tie: Tie) -> list[str]:
    """The projects of a tie by the places that were chosen for them; those without a place are left out."""
    places = {key: request.form.get(f"place-{key}", "").strip() for key in tie.members}
    wanted = {str(place): place for place in range(1, len(tie.members) + 1)}
    chosen = {key: wanted[place] for key, place in places.items() if place in wanted}
    return sorted(chosen, key=chosen.__getitem__) if len(set(chosen.values())) == len(chosen) else []


def typed_motion() -> tuple[int, int] | None:
    """The motion that was typed as "3/2": meeting and motion; None where nothing was; (0, 0) for what is no motion."""
    given = request.form.get("motion", "").strip()
    if not given:
        return None
    parts = given.split("/")
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        return 0, 0
    return int(parts[0]), int(parts[1])


def motion_label(line: MotionLine) -> str:
    """A motion as a list to choose from names it."""
    return say(_("Meeting no. {meeting}, motion {number}: {wording}", meeting=line.meeting, number=line.number,
                 wording=shorten(line.wording, 100, placeholder="…")))  # fmt: skip


def tie_of(selection: Selection, key: str) -> Tie:
    """An open tie of the list by its key; NotReady where there is none."""
    proposed = count(selection.election, selection.ballots, selection.rule, selection.order).proposed
    for tie in open_ties(proposed, selection):
        if tie_key(tie) == key:
            return tie
    raise NotReady([Missing("no_tie", _("There is no such tie any more."))])


def edition_for_reader(tx: Connection) -> Subject:
    """The edition for whoever reads what is not announced; NotFound for everybody else."""
    facts = facts_of_edition(tx)
    if not may_see_private(facts):
        raise NotFound
    return subject(facts)


def without_conflict(tx: Connection) -> Subject:
    """The edition for whoever may read the votes of all its projects; raises NotAllowed and NotFound."""
    edition = edition_for_reader(tx)
    if read_selection(tx, edition).left_out:
        raise NotAllowed(sentence=_("You have a conflict of interest about a project in this file."))
    return edition


def read_selection(tx: Connection, edition: Subject) -> Selection:
    """What the list is drawn up from, as the reader may know it."""
    on_hall = request.args.get("glosy") == "sala"
    return selection_of(tx, edition.edition, reader_id=asking().id, at=identity.at(), on_hall=on_hall)


def at_edition(
    edition_key: str, work: Callable[[Connection, Subject], list[Sentence]], done: Sentence
) -> ResponseReturnValue:
    """All of it in one transaction; a refusal shows the page again with what was typed and why."""
    return carry_out(lambda tx: work(tx, edition_for_reader(tx)), done=done, again=what_if_page,
                     url=url_for(".show", edition_key=edition_key))  # fmt: skip


def refusal_lines(refusal: Refusal | None) -> list[str]:
    """Why something was refused: sentences of fields, of conditions, or of the refusal itself."""
    if refusal is None:
        return []
    fields = [*refusal.fields.values()] if isinstance(refusal, BadInput) else []
    missing = [missing.sentence for missing in refusal.missing if missing.field is None or not fields]
    return [say(sentence) for sentence in (fields or missing or [refusal.sentence])]


def what_if_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page, after a refusal with its reasons and what was typed."""
    with reading() as tx:
        edition = edition_for_reader(tx)
        view: WhatIf = what_if(read_selection(tx, edition), of_shares=request.args.get("ile") == "glosow")
        may_conduct = conducts(edition.facts)
        meetings = [line for line in meetings_of(tx, edition.ref.id) if line.state == MeetingState.IN_SESSION]
        motions = carried_motions(tx, edition.ref.id) if may_conduct and view.open_ties else ()
    on_hall = view.selection.is_of_hall and view.selection.rule.rule is SelectionRule.AVERAGE
    page = render_template(
        "selection/what_if.html", edition_subject=edition, view=view, meetings=meetings if may_conduct else [],
        motions=[(f"{line.meeting_id}/{line.number}", motion_label(line)) for line in motions],
        rule=rule_label(view.chosen.rule), refused=refusal_lines(refusal), typed=request.form, on_hall=on_hall,
        may_break=may_conduct, may_import=may_conduct or RULES[Role.STAFF](edition.facts),
    )  # fmt: skip
    return page, refusal.status if refusal else 200
