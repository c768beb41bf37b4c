"""The minutes of a meeting: generated from its rows, read, signed, approved and locked; and notes that correct them.

Steps are taken by the pages of steps; here are the pages on which a document is read before it is signed.
"""

from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks
from web.http.template_context import say
from web.views.meeting import conducts
from web.views.open_steps import StepView, open_steps, view
from web.views.scoring import score_text, scores_annex
from web.views.subject import Subject, find
from workflow.base.errors import NotFound
from workflow.base.i18n import Sentence, _
from workflow.documents import store
from workflow.documents.html import body_of
from workflow.documents.store import Stored
from workflow.rules.bodies import BODIES, FUNCTIONS, Body
from workflow.rules.documents import DocumentFacts, Format, MinutesFacts, Signing
from workflow.rules.facts import Facts, Ref
from workflow.rules.guards.meetings import session_of
from workflow.rules.guards.minutes import minutes_of
from workflow.rules.states import MeetingState
from workflow.selection.score_queries import scoring_of
from workflow.selection.score_rules import RankedLine

pages = Blueprint("minutes", __name__)
# Steps and records of a meeting that stand on these pages; see `web.pages.meetings`.
STEPS = ("generate_minutes", "sign_minutes", "approve_minutes", "write_correction", "approve_correction")


class Shown(Struct, frozen=True):
    """A document as its page shows it: what is known of it, its text, its control codes by format."""

    stored: Stored
    title: str
    body: Markup
    digests: dict[str, str]


@pages.get("/posiedzenia/<int:meeting_id>/protokol")
@asks("see_own_meetings")
def show(meeting_id: int) -> ResponseReturnValue:
    subject = opened(meeting_id)
    minutes = minutes_of(subject.facts)
    with reading() as tx:
        document = shown(tx, minutes.document.id) if minutes.document else None
        scores = scores_of(tx, subject) if document else []
    return render_template(
        "meetings/minutes.html", subject=subject, minutes=minutes, document=document, awaited=awaited(subject.facts),
        steps=steps_of(subject, "generate_minutes", "sign_minutes", "approve_minutes", "write_correction"),
        absent=absent_seats(subject), scores=scores, score_text=score_text, **words(),
    )  # fmt: skip


def scores_of(tx: Connection, subject: Subject) -> list[RankedLine]:
    """The scores of the projects that the meeting was about, as far as the reader may know them.

    They are no part of the minutes, whose text is the same for everybody.
    """
    projects = {item.proposal_id for motion in session_of(subject.facts).motions for item in motion.items}
    if not projects or subject.facts["body"] != Body.COMMITTEE:
        return []
    return scores_annex(scoring_of(tx, subject.edition, at=identity.at()), projects, identity.actor().id)


@pages.get("/posiedzenia/<int:meeting_id>/protokol/<int:document_id>")
@asks("see_own_meetings")
def document(meeting_id: int, document_id: int) -> ResponseReturnValue:
    """One document of the meeting: a correction note, or an earlier version of the minutes."""
    subject = opened(meeting_id, document_id)
    minutes = minutes_of(subject.facts)
    with reading() as tx:
        shown_document = shown(tx, document_id)
    waits = minutes.correction is not None and minutes.correction.id == document_id
    return render_template(
        "meetings/document.html", subject=subject, document=shown_document, minutes=minutes,
        steps=steps_of(subject, "approve_correction") if waits else [], **words(),
    )  # fmt: skip


@pages.get("/posiedzenia/<int:meeting_id>/protokol/<int:document_id>.<form>")
@asks("see_own_meetings")
def file(meeting_id: int, document_id: int, form: str) -> ResponseReturnValue:
    """A document of the meeting as a file to keep; opening it counts as reading it."""
    if form not in set(Format):
        raise NotFound
    opened(meeting_id, document_id)
    with reading() as tx:
        stored = found(tx, document_id)
        content = store.rendering(tx, stored, Format(form))
    return sent(content, Format(form), stored.filename)


def sent(content: bytes, form: Format, name: str) -> Response:
    """A rendering as a file to keep, under a name of plain letters."""
    answer = Response(content, mimetype=store.MEDIA[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def opened(meeting_id: int, document_id: int | None = None) -> Subject:
    """The meeting, once it is kept that the reader has opened its document; renderings of an approved one are made.

    NotFound where the meeting does not exist for the reader, or the document is not one of it.
    """
    ref, person = Ref("meeting", meeting_id), identity.actor()
    with reading() as tx:
        subject = find(tx, ref)
        if document_id is not None and not store.belongs(tx, document_id, ref):
            raise NotFound
        known = documents_of(minutes_of(subject.facts))
        target = document_id or next(iter(known), None)
        done = target is None or (known.get(target) is not None and person.id in known[target].readers)
        kept = target is None or store.is_complete(tx, target)
    if target is None or (done and kept) or person.id is None:
        return subject
    with writing() as tx:
        store.note_reading(tx, target, person.id, at=identity.at())
        if not kept:
            store.keep_renderings(tx, found(tx, target))
        return find(tx, ref)


def documents_of(minutes: MinutesFacts) -> dict[int, DocumentFacts]:
    """The minutes and their corrections by id, the minutes first."""
    every = (*([minutes.document] if minutes.document else []), *minutes.corrections)
    return {document.id: document for document in every}


def found(tx: Connection, document_id: int) -> Stored:
    """A document; NotFound where there is none."""
    stored = store.find(tx, document_id)
    if stored is None:
        raise NotFound
    return stored


def shown(tx: Connection, document_id: int) -> Shown:
    """A document with its text in words, every word of it escaped."""
    stored = found(tx, document_id)
    text = store.text_of(stored)
    body = Markup(body_of(text))  # noqa: S704 - each word is escaped where it is put in
    return Shown(stored, text.title, body, dict(store.digests(tx, document_id)))


def steps_of(subject: Subject, *names: str) -> list[StepView]:
    """The steps of these names that are for the reader."""
    steps, _next = open_steps(subject, identity.at())
    by_name = {step.step.name: step for step in steps if step.permitted}
    return [view(subject, by_name[name], primary=True) for name in names if name in by_name]


def awaited(facts: Facts) -> str:
    """What is expected next, in words."""
    minutes, sentence = minutes_of(facts), _("The minutes are approved and locked. Mistakes are put right by a note.")
    if facts.state not in {MeetingState.ENDED, MeetingState.MINUTES_APPROVED}:
        sentence = _("The minutes are generated once the meeting has ended.")
    elif facts.state == MeetingState.ENDED:
        sentence = _awaited_of(minutes)
    return say(sentence)


def _awaited_of(minutes: MinutesFacts) -> Sentence:
    if minutes.document is None:
        return _("The meeting has ended. Generate the minutes.")
    if not minutes.is_current:
        return _("Something has changed since the minutes were generated. Generate a new version and read it.")
    if Signing.SIGNED not in minutes.document.signatures:
        return _("The minute-taker reads and signs the minutes.")
    return _("Whoever presided reads and approves the minutes.")


def absent_seats(subject: Subject) -> list[tuple[int, str]]:
    """Seats with a holder that nobody sat in, while their absence can be noted by the reader."""
    facts = subject.facts
    if facts.state != MeetingState.ENDED or not conducts(facts):
        return []
    noted = {seat["number"] for seat in minutes_of(facts).data["seats"] if seat["attendance"] or seat["absence"]}
    return [(seat.id, seat.names[seat.holder]) for seat in session_of(facts).seats
            if seat.holder is not None and seat.number not in noted]  # fmt: skip


def words() -> dict[str, Any]:
    """What the templates call things."""
    return {"bodies": BODIES, "functions": FUNCTIONS, "meanings": store.MEANINGS, "formats": list(Format)}
