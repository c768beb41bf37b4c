"""All that a decision may read: one frozen Facts for a subject, and who the actor is to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.base.i18n import Sentence
from workflow.rules.agreement import AgreementFacts
from workflow.rules.documents import MinutesFacts
from workflow.rules.hall import HallVoting
from workflow.rules.plan import ProjectPlan
from workflow.rules.session import Session
from workflow.rules.totals import Totals

# Made once: `json.dumps` makes one for every call that asks for anything but its own habits.
_SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
EMPTY: Mapping[str, Any] = MappingProxyType({})
# The record of a decision of the committee.
DECIDE = "decide"
# The columns that a version of the sheet keeps.
SHEET_CONTENT = ("title", "summary", "sector", "area", "cost", "sheet")


def sheet_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content of a sheet as JSON with sorted keys."""
    return sha256(_SORTED.encode(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The name of a subject: its kind and its number."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


class Actor(Struct, frozen=True):
    """Who acts; without a number it is the system itself."""

    id: int | None
    name: str = ""
    language: str = "pl"


SYSTEM = Actor(None, "system")


class Attempt(Struct, frozen=True):
    """What comes with a step; `data` is None while only the open steps are listed."""

    at: datetime
    data: Mapping[str, Any] | None = None
    note: str = ""
    # The day on which a paper statement reached the office; terms are counted from it.
    paper_on: date | None = None
    paper_until: datetime | None = None
    # The step that is decided about.
    step: str = ""

    def answered(self, data: Mapping[str, Any] | None) -> "Attempt":
        """The same attempt with other answers."""
        return replace(self, data=data)

    def of_step(self, name: str) -> "Attempt":
        """The same attempt, of a step."""
        return self if self.step == name else replace(self, step=name)

    @property
    def counts_at(self) -> datetime:
        """The moment that terms are held against: the paper's day of receipt, or now."""
        return min(self.at, self.paper_until) if self.paper_until else self.at


class ActorRights(Struct, frozen=True):
    """What the actor is to the subject, read with it: never older than the decision."""

    id: int | None = None
    roles: frozenset[str] = frozenset()
    is_admin: bool = False
    is_minor: bool = False
    has_consent: bool = False
    # The role in the group of the proposal; empty for somebody who does not work in it.
    group_role: str = ""
    clause_version: str = ""
    # Whether the actor takes part in the committee's own talk; set only where conflicts of interest were asked for.
    in_committee_talk: bool = False

    @property
    def in_group(self) -> bool:
        """Whether the actor works in the group of the proposal."""
        return bool(self.group_role)


class ReferencedProposal(Struct, frozen=True):
    """Another proposal that the answers of a step or the subject's row refer to, such as the target of a merger."""

    id: int
    edition_id: int
    state: str
    title: str
    leader_id: int | None
    merged_into_id: int | None
    recorded: Mapping[str, Any] = field(default_factory=dict)
    # What its sheet says, by the names of SHEET_CONTENT, and where its edition is.
    content: Mapping[str, Any] = field(default_factory=dict)
    edition_state: str = ""


class ReferencedPerson(Struct, frozen=True):
    """A person that the answers of a step refer to."""

    id: int
    of_edition: bool
    in_group: bool
    roles: frozenset[str] = frozenset()
    # The role in the group that an invitation, just accepted, gives this person.
    invited_as: str = ""
    # The number of a group member who has a name and no account; then `id` is 0.
    member: int | None = None
    is_minor: bool = False
    has_consent: bool = False


class Facts(Struct, frozen=True):
    """One subject as it is now; `facts["title"]` reads a column of its own, `facts.edition["places"]` its edition's."""

    ref: Ref
    lifecycle: str
    lifecycle_version: int
    state: str | None
    version: int
    previous_state: str | None
    due_at: datetime | None
    head_hash: str
    recorded: Mapping[str, Any]
    own: Mapping[str, Any]
    edition: Mapping[str, Any]
    rights: ActorRights
    totals: Totals | None = None
    # What a meeting, a poll, a vote in the hall or a report of a conference is about; None for other kinds.
    session: Session | None = None
    hall: HallVoting | None = None
    report: MinutesFacts | None = None
    # Of a project under way, and of its milestones and change requests.
    plan: ProjectPlan | None = None
    # The agreement that an agreement or one of its partners is about.
    agreement: AgreementFacts | None = None
    # What waits to be announced, and what was resolved later and waits to be carried out; for those who may know it.
    decision: Mapping[str, Any] | None = None
    pending: Mapping[str, Any] | None = None
    # Of a proposal under appeal: what the appeal body has resolved, for those who may know it.
    appeal_decision: Mapping[str, Any] | None = None
    # Of a proposal under appeal: electors of polls of the committee about it, and whether each was not recused.
    electors: Mapping[int, bool] = field(default_factory=dict)
    # What ties a reader of the appeal body to a proposal under appeal; None where nothing does.
    own_conflict: Sentence | None = None
    # Who declared a conflict about a proposal with such a decision: person -> name; for the same readers.
    conflicted: Mapping[int, str] | None = None
    referenced_proposal: ReferencedProposal | None = None
    referenced_person: ReferencedPerson | None = None
    # How many people were checked in at a conference; 0 for other kinds.
    present: int = 0

    def __getitem__(self, column: str) -> Any:
        return self.own[column]

    @property
    def submission_until(self) -> datetime | None:
        """Until when this group may hand in: the edition's deadline, or its own where it was given longer."""
        common, own = self.edition.get("submission_deadline"), self.own.get("submission_until")
        return max(common, own) if common and own else common

    def _person(self, person_id: int) -> ReferencedPerson | None:
        person = self.referenced_person
        return person if person is not None and person.id == person_id else None

    def person_known(self, person_id: int) -> bool:
        """Whether the referenced person has a role in the edition."""
        return (person := self._person(person_id)) is not None and person.of_edition

    def person_in_group(self, person_id: int) -> bool:
        """Whether the referenced person works in the group."""
        return (person := self._person(person_id)) is not None and person.in_group

    def person_holds(self, person_id: int, role: str) -> bool:
        """Whether the referenced person has this role in the edition."""
        return (person := self._person(person_id)) is not None and role in person.roles

    def name_in_group(self, member: int) -> bool:
        """Whether this is a member of the group who has a name and no account."""
        return (person := self.referenced_person) is not None and person.member == member and person.in_group

    def sheet_content(self) -> dict[str, Any]:
        """The whole text of the sheet, as a version of it is kept."""
        return {name: self.own.get(name) for name in SHEET_CONTENT}

    def sheet_digest(self) -> str:
        """sha256 of the content as JSON with sorted keys: tells whether anything has changed, names a version."""
        return sheet_digest(self.sheet_content())

    def entry(self, name: str) -> Mapping[str, Any]:
        """What was recorded last under a name; empty where nothing was. A decision that was voted on goes before."""
        if name == DECIDE and self.decision is not None:
            return self.decision
        entry = self.recorded.get(name)
        return (entry[-1] if entry and isinstance(entry, list) else entry) or EMPTY

    def entries(self, name: str) -> list[Mapping[str, Any]]:
        """Everything recorded under a name, oldest first."""
        recorded = self.recorded.get(name, [])
        return recorded if isinstance(recorded, list) else [recorded]
