"""An edition with its calendar, conferences, agreement and committee."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.lists import state_options
from web.http import identity
from web.http.resources import reading
from web.http.security import asks, edition_of_request
from web.views import case_file, timeline
from web.views.conference import figure_in_words, hours, stops, words_of_today
from web.views.edition_overview import overview
from web.views.open_steps import choices, lead, open_steps
from web.views.settings import themes
from web.views.subject import Subject, find, mark_of
from workflow.base.errors import NotFound
from workflow.conferences.queries import conferences_of, next_conference
from workflow.editions import queries
from workflow.engine import machine
from workflow.engine.since_step import went_on
from workflow.proposals.queries import visible_states
from workflow.proposals.timeline import Entry, entries_of
from workflow.rules.facts import Ref
from workflow.rules.permissions import may_see_private, may_see_working_papers
from workflow.rules.roles import IDEAS_FROM, READS_PRIVATE, Role
from workflow.rules.states import RESTING, SELECTING, WELCOMING, EditionState
from workflow.rules.totals import EVERY, Scope

pages = Blueprint("editions", __name__)
# Before the selection no document of an edition is public.
NOTHING_PUBLISHED = frozenset({EditionState.DRAFT, EditionState.ANNOUNCED, EditionState.CONFERENCES})
# The page tells how many proposals are in each state.
EVERY_STATE = Scope(frozenset({EVERY}))


@pages.get("/edycje")
@asks("anyone")
def list_all() -> ResponseReturnValue:
    with reading() as tx:
        editions = queries.editions_for(tx, identity.current())
    marks = {edition.id: mark_of(edition) for edition in editions}
    person = identity.current()
    may_create = person is not None and (person.is_admin or Role.STAFF in person.roles(None))
    return render_template("editions/list.html", all_editions=editions, marks=marks, may_create=may_create)


@pages.get("/edycje/<edition_key>")
@asks("anyone")
def show(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    at, labels = identity.at(), dict(state_options())
    with reading() as tx:
        subject = find(tx, Ref("edition", edition_of_request() or 0), EVERY_STATE)
        texts, conferences = queries.texts_of(tx, subject.ref.id), conferences_of(tx, subject.ref.id)
        agreement, committee = queries.agreement_of(tx, subject.ref.id), queries.committee_of(tx, subject.ref.id)
        entries = entries_of(tx, subject.ref, limit=50)
        published = subject.facts.state not in NOTHING_PUBLISHED and texts.has_published
        works = may_see_working_papers(subject.facts) and not subject.facts["historical"]
        steps, _next = open_steps(subject, at)
        glance = overview(tx, subject, steps, counts(subject), conferences, labels, at) if works else None
        shared = working(subject, entries)
        shared["may_undo"] = shared["may_undo"] and not went_on(tx, subject.ref.id, entries[0].at)
    state = str(subject.facts.state)
    return render_template(
        "editions/show.html", texts=texts, conferences=conferences, stops=stops(conferences, state, at),
        agreement=agreement, agreement_mark=mark_of(agreement) if agreement else None, committee=committee,
        table=machine.newest("conference"), glance=glance, coming=next_conference(conferences, state, at), hours=hours,
        today=words_of_today(conferences, state, at),
        open_ids={line.id for line in conferences if line.is_open(state, at)},
        may_create=may_create(subject), counts=counts(subject), state_labels=labels,
        source_line=source_line(texts), published=published,
        may_select=may_see_private(subject.facts) and subject.facts.state in SELECTING,
        may_meet=bool(subject.facts.rights.roles & (READS_PRIVATE | {Role.APPEAL_BODY})),
        themes=themes(subject.facts.own),
        **shared,
    )  # fmt: skip


def source_line(texts: queries.Texts) -> str:
    """Who published the source, under what title and when."""
    source = texts.source
    published = case_file.value_in_words("date", source["published"]) if source.get("published") else ""
    return ", ".join(filter(None, (source.get("author"), source.get("title"), published)))


def counts(subject: Subject) -> dict[str, int]:
    """How many proposals are in each state, as far as they exist for the reader."""
    totals = subject.facts.totals
    seen = visible_states(subject.facts.own, identity.current())
    return {} if totals is None else {key: n for key, n in totals.proposals.items() if seen is None or key in seen}


def working(subject: Subject, entries: Sequence[Entry]) -> dict[str, Any]:
    """What the pages of all kinds of subjects share: steps, case file, history, for those who may read them."""
    steps, next_ = open_steps(subject, identity.at())
    works = may_see_working_papers(subject.facts)
    may_undo = timeline.undoable(subject, entries)
    return {
        "subject": subject,
        "works_here": works,
        "lead": lead(subject, next_),
        "choices": choices(subject, steps, next_),
        "may_undo": may_undo,
        "papers": case_file.papers(subject.lifecycle, subject.facts) if works else [],
        "history": timeline.lines(subject, entries) if works else [],
    }


def may_create(subject: Subject) -> set[str]:
    """What the reader may add to an edition now."""
    roles, state = subject.facts.rights.roles, subject.facts.state
    kinds = set()
    if state in WELCOMING and roles & IDEAS_FROM:
        kinds.add("idea")
    if roles & {Role.ANIMATOR, Role.STAFF} and state in WELCOMING | {EditionState.DRAFT}:
        kinds.add("code")
    if Role.STAFF in roles and state not in RESTING:
        kinds |= {"conference", "agreement"}
    if Role.STAFF in roles:
        kinds.add("minors")
    return kinds


@pages.app_template_global()
def attendance(qualifier: str, participants: int | None) -> str:
    """A figure of attendance as its source gives it; a dash where it gives none."""
    return "–" if participants is None else figure_in_words(qualifier, participants)


def part_of_edition(tx: Connection, ref: Ref) -> dict[str, Any]:
    """A conference or an agreement with its steps and history; hidden with an edition that is."""
    subject = find(tx, ref)
    if subject.edition["state"] == EditionState.DRAFT and not may_see_working_papers(subject.facts):
        raise NotFound
    return working(subject, entries_of(tx, ref))
