"""What a subject is called, where its page is, and who looks at it: the same for every kind."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol, cast

from flask import current_app, g, request, url_for
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.content_language import OwnWords
from web.http.layout_data import short_name
from web.http.navigation import PROPOSAL_TABS
from web.http.security import edition_of_request
from web.http.template_context import say
from workflow.base.errors import NotFound
from workflow.base.i18n import _
from workflow.engine import facts_reader, machine
from workflow.engine.decision import under_embargo
from workflow.engine.references import with_references
from workflow.lifecycle.definition import Lifecycle
from workflow.rules.facts import Actor, Facts, Ref
from workflow.rules.lateness import counted_at
from workflow.rules.permissions import may_see, may_see_working_papers
from workflow.rules.project_money import may_see_accounts
from workflow.rules.roles import Role
from workflow.rules.states import PUBLIC, ProposalState
from workflow.rules.totals import NARROW, Scope

# Parts of a project that it has once it was selected.
OF_IMPLEMENTATION = frozenset({"implementation.show", "project_money.show", "progress_reports.show"})
WITH_IMPLEMENTATION = PUBLIC - {ProposalState.RESERVE}
# Those that only the people of the project, the office and the committee read.
OF_OFFICE = frozenset({"office_notes.show"})
OF_ACCOUNTS = frozenset({"project_money.show", "progress_reports.show"})
VISITOR = Actor(None)
# The name of a value in an address -> the kind of subject that it names.
KIND_OF = {
    "proposal_id": "proposal", "conference_id": "conference", "agreement_id": "agreement", "meeting_id": "meeting",
    "poll_id": "poll", "agreement_partner_id": "agreement_partner", "milestone_id": "milestone",
    "change_request_id": "change_request",
}  # fmt: skip


class Subject(Struct, frozen=True, dict=True):
    """One subject as its pages show it."""

    facts: Facts
    lifecycle: Lifecycle
    title: str
    url: str

    @property
    def ref(self) -> Ref:
        """Its kind and number."""
        return self.facts.ref

    @property
    def edition(self) -> Mapping[str, Any]:
        """The columns of the edition that it belongs to."""
        return self.facts.edition

    @property
    def late_at(self) -> datetime:
        """As of which moment something of it is late: the clocks of an edition that is suspended rest."""
        return counted_at(self.edition, identity.at())

    @cached_property
    def state(self) -> Mapping[str, str]:
        """What the mark of its state needs."""
        return state_mark(self.lifecycle, self.facts.state or "")

    @cached_property
    def tabs(self) -> list[dict[str, Any]]:
        """The parts of a proposal, each with a page of its own; none for whoever does not read its working papers."""
        if self.ref.kind != "proposal" or not may_see_working_papers(self.facts):
            return []
        return [
            {"label": say(entry.label), "href": url_for(entry.endpoint, proposal_id=self.ref.id),
             "current": request.blueprint == entry.endpoint.partition(".")[0]}
            for entry in PROPOSAL_TABS
            if entry.endpoint in current_app.view_functions
            and (entry.endpoint not in OF_IMPLEMENTATION or self.facts.state in WITH_IMPLEMENTATION)
            and (entry.endpoint not in OF_ACCOUNTS or may_see_accounts(self.facts))
            and (entry.endpoint not in OF_OFFICE or Role.STAFF in self.facts.rights.roles)
        ]  # fmt: skip

    def step_url(self, name: str) -> str:
        """Where a step of it is asked for and taken."""
        return f"{self.url}/krok/{name}"


def asking() -> Actor:
    """Whoever looks; a visitor is nobody."""
    person = identity.current()
    return Actor(person.id, person.name, person.language) if person else VISITOR


def ref_of_address(address: Mapping[str, Any]) -> Ref:
    """The subject that the values of an address name; NotFound where there is no such edition."""
    for name, kind in KIND_OF.items():
        if name in address:
            return Ref(kind, address[name])
    edition_id = edition_of_request()
    if edition_id is None:
        raise NotFound
    return Ref("edition", edition_id)


def find(tx: Connection, ref: Ref, scope: Scope | None = NARROW) -> Subject:
    """The subject as the reader sees it, with what the guards of its steps look at.

    Raises NotFound where it does not exist for the reader.

    A page that shows more of what the edition amounts to says so by the scope; None: one that asks no guard.
    """
    if scope is None:
        facts = facts_reader.read_facts(tx, [ref], actor=asking()).get(ref)
    else:
        facts = machine.facts_of(tx, [ref], actor=asking(), scope=scope).get(ref)
    if facts is None or not may_see(facts):
        raise NotFound
    if ref.kind == "proposal" and facts["merged_into_id"]:
        # The leader of the joint project may ask to separate them again.
        facts = with_references(tx, facts, {})
    g.shown_edition, g.edition_title = facts.edition.get("key", ""), facts.edition.get("title", "")
    if facts.edition.get("county"):
        g.edition_short = short_name(facts.edition["county"], facts.edition["year"])
    return subject(facts)


def subject(facts: Facts) -> Subject:
    """A subject from its facts, as far as the reader may know them."""
    known = under_embargo(facts)
    return Subject(known, machine.lifecycle_of(known), title_of(known), url_of(known))


def title_of(facts: Facts) -> str:
    """What people call it."""
    if facts.ref.kind == "conference":
        return OwnWords(say(_("Conference {number}", number=facts["number"])))
    if facts.ref.kind == "meeting":
        return OwnWords(say(_("Meeting no. {number}", number=facts["number"])))
    if facts.ref.kind == "poll":
        return str(facts["question"]) if facts["question"] else OwnWords(say(_("Vote")))
    if facts.ref.kind == "hall_poll":
        return str(facts["question"]).partition("\n")[0]
    if facts.ref.kind == "agreement_partner":
        return str(facts["name"])
    if facts.ref.kind == "change_request":
        return OwnWords(say(_("Request no. {number} to change the plan", number=facts["number"])))
    return str(facts["title"])


def state_names() -> dict[str, str]:
    """What a project in each state is called, by state."""
    return {key: state.label.say(identity.language()) for key, state in machine.newest("proposal").states.items()}


def url_of(facts: Facts) -> str:
    """The address of its page."""
    if facts.ref.kind == "hall_poll":
        return url_for("hall_votes.show", conference_id=facts["conference_id"], hall_poll_id=facts.ref.id)
    return address_of(facts.ref, facts.edition.get("key", ""))


def address_of(ref: Ref, edition_key: str = "") -> str:
    """The address of the page of a subject; an edition's is named by its key."""
    if ref.kind == "edition":
        return url_for("editions.show", edition_key=edition_key)
    endpoints = {"proposal": "proposals.show", "conference": "conferences.show", "agreement": "agreements.show",
                 "meeting": "meetings.show", "poll": "meetings.poll", "agreement_partner": "agreement_partners.show",
                 "milestone": "plan_parts.milestone", "change_request": "plan_parts.change",
                 }  # fmt: skip
    return url_for(endpoints[ref.kind], **cast("dict[str, Any]", {f"{ref.kind}_id": ref.id}))


def state_mark(lifecycle: Lifecycle, key: str) -> Mapping[str, str]:
    """A state in the reader's words, with its shape."""
    state = lifecycle.states[key]
    return {"key": key, "label": state.label.say(identity.language()), "kind": state.kind, "phase": state.phase}


class Living(Protocol):
    """A row of something that lives by a table."""

    @property
    def lifecycle(self) -> str: ...
    @property
    def lifecycle_version(self) -> int: ...
    @property
    def state(self) -> str: ...


def mark_of(living: Living) -> Mapping[str, str]:
    """The mark of the state that a row is in."""
    return state_mark(machine.tables()[living.lifecycle, living.lifecycle_version], living.state)


def marks_of(rows: Iterable[Living]) -> list[Mapping[str, str]]:
    """The marks of rows, in their order; equal ones are made once."""
    made: dict[tuple[str, int, str], Mapping[str, str]] = {}
    marks = []
    for row in rows:
        key = row.lifecycle, row.lifecycle_version, row.state
        if key not in made:
            made[key] = mark_of(row)
        marks.append(made[key])
    return marks
