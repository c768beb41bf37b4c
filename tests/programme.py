"""The ground of tests/world.py: people with roles, and editions brought to any phase by legal steps."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert

from tests import prepared
from workflow.accounts.passwords import hash_password
from workflow.base.calendar import WARSAW, warsaw_date
from workflow.conferences.reports import read_report
from workflow.db.database import Database
from workflow.engine import facts_reader, machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.machine import Moved
from workflow.models import Person, Proposal, RoleGrant
from workflow.rules.facts import SYSTEM, Actor, Facts, Ref
from workflow.rules.settings_catalogue import SETTINGS, value

PASSWORD = "trzy konie na moście"
SECTORS = ("gospodarka", "edukacja", "kultura")
# Name -> roles held in every edition, with the sector of a seat in the committee.
PEOPLE: Mapping[str, tuple[tuple[str, ...], str]] = {
    "staff": (("staff",), ""),
    "staff2": (("staff",), ""),
    "leader": (("participant",), ""),
    "leader2": (("participant",), ""),
    "member": (("participant",), ""),
    "member2": (("participant",), ""),
    "participant": (("participant",), ""),
    "may_lead": (("group_leader",), ""),
    "animator": (("animator",), ""),
    "coordinator": (("coordinator",), ""),
    "other_coordinator": (("coordinator",), ""),
    "chair": (("committee_chair",), SECTORS[0]),
    "committee1": (("committee_member",), SECTORS[1]),
    "committee2": (("committee_member",), SECTORS[2]),
    "secretary": (("secretary",), ""),
    "appeal_body": (("appeal_body",), ""),
    "partner": (("partner",), ""),
    "initiator": (("initiator",), ""),
    "visitor": ((), ""),
    "admin": ((), ""),
}
PHASES = ("draft", "announced", "conferences", "summary", "selection", "appeals", "agreement", "implementation",
          "closing", "closed")  # fmt: skip
# How long before now an edition begins, so that a phase is reached now.
DAYS_BEFORE = dict.fromkeys(PHASES[:3], 1) | dict.fromkeys(PHASES[3:6], 40) | dict.fromkeys(PHASES[6:], 60)
SUBMISSION, SUMMARY, APPEALS = 25, 35, 15


def shifted(moment: datetime, *, days: int) -> datetime:
    """The same hour in Warsaw so many days later: dates are counted there, also over a change of the clocks."""
    return (moment.astimezone(WARSAW) + timedelta(days=days)).astimezone(UTC)


@cache
def hashed_password() -> str:
    return hash_password(PASSWORD)


class Programme(ABC):
    """Everything is written through the machine, as of moments before `now`; each call is one transaction."""

    def __init__(self, database: Database, *, now: datetime | None = None) -> None:
        self.database = database
        self.now = now or prepared.recent_now()
        self.at = self.now
        self.people: dict[str, Actor] = {}
        self.summaries: dict[Ref, Ref] = {}
        self.phases: dict[Ref, str] = {}
        self._tx: Connection | None = None
        self.made = 0
        with self.writing() as tx:
            self._add_people(tx)

    def __getitem__(self, name: str) -> Actor:
        return SYSTEM if name == "system" else self.people[name]

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The transaction of the call under way, or a new one."""
        if self._tx is not None:
            yield self._tx
            return
        with self.database.transaction() as tx:
            self._tx = tx
            try:
                yield tx
            finally:
                self._tx = None

    @contextmanager
    def within(self, tx: Connection) -> Iterator[None]:
        """Let every call write into a transaction that somebody else ends."""
        self._tx = tx
        try:
            yield
        finally:
            self._tx = None

    def _add_people(self, tx: Connection) -> None:
        rows: list[dict[str, Any]] = [
            {"name": name.capitalize(), "email": f"{name}@example.org", "password_hash": hashed_password(),
             "is_admin": name == "admin", "created_at": self.now - timedelta(days=100)}
            for name in PEOPLE
        ]  # fmt: skip
        added = insert(Person).returning(Person.id, sort_by_parameter_order=True)
        for name, row, number in zip(PEOPLE, rows, tx.execute(added, rows).scalars(), strict=True):
            self.people[name] = Actor(number, row["name"])

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was done in this world yet, and what is done now ends with its own transaction."""
        return not self.made and self._tx is None and type(self).take is Programme.take

    # --- steps -------------------------------------------------------------------------------------------

    def take(self, ref: Ref, step: str, who: str, **data: Any) -> Moved:
        """One step of one subject; the clock moves on by a second."""
        with self.writing() as tx:
            self.at += timedelta(seconds=1)
            return machine.take(tx, StepCommand(ref, step, actor=self[who], at=self.at, answers=data))

    def create(self, kind: str, step: str, who: str, *, edition: Ref | None = None, **data: Any) -> Ref:
        """A new subject."""
        with self.writing() as tx:
            self.at += timedelta(seconds=1)
            number = edition.id if edition else None
            return machine.create(
                tx, CreateCommand(kind, step, actor=self[who], at=self.at, edition_id=number, answers=data)
            ).ref

    def facts(self, ref: Ref, who: str = "staff") -> Facts:
        """What the machine knows of a subject, for a person."""
        with self.database.reading() as tx:
            return machine.facts_of(tx, [ref], actor=self[who])[ref]

    def state(self, ref: Ref) -> str:
        """Where a subject is."""
        with self.writing() as tx:
            return facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref].state or ""

    def wait(self, days: int) -> None:
        """Let days pass."""
        self.at = shifted(self.at, days=days)

    # --- editions ----------------------------------------------------------------------------------------

    def edition(self, phase: str = "conferences", *, key: str | None = None, **rules: Any) -> Ref:
        """A new edition in a phase; everybody of PEOPLE holds their roles in it."""
        return prepared.first_call(self, f"{phase} {key} {rules}", lambda world: world._edition(phase, key, rules))

    def _edition(self, phase: str, key: str | None, rules: Mapping[str, Any]) -> Ref:
        with self.writing():
            self.at = shifted(self.now, days=-DAYS_BEFORE[phase])
            edition = self._draft(key or f"test-{self.made}", rules)
            # From "summary" on, the phases want a proposal that has been admitted.
            if PHASES.index(phase) >= PHASES.index("summary"):
                self.to_phase(edition, "conferences")
                self.lead(self.idea(edition), "admitted")
            self.to_phase(edition, phase)
            return edition

    def _draft(self, key: str, rules: Mapping[str, Any]) -> Ref:
        self.made += 1
        edition = self.create("edition", "create_edition", "admin", key=key, title=f"Edycja {key}",
                              county="powiat przykładowy", year=2026)  # fmt: skip
        self._grant(edition)
        start = warsaw_date(self.at)
        self.take(edition, "set_rules", "staff", initiators=["Starosta", "Dyrektor PUP"], rules_version="1",
                  clause_version="1", sectors=list(SECTORS),
                  **{name: rule for name, rule in rules.items() if name not in SETTINGS})  # fmt: skip
        self._set(edition, {name: rule for name, rule in rules.items() if name in SETTINGS})
        self.take(edition, "set_calendar", "staff", submission_until=start + timedelta(days=SUBMISSION),
                  summary_day=start + timedelta(days=SUMMARY), reserve_day=start + timedelta(days=365))  # fmt: skip
        self.take(edition, "publish_statements", "staff")
        self.take(edition, "open_registration", "staff")
        self.phases[edition] = "draft"
        return edition

    def _set(self, edition: Ref, settings: Mapping[str, Any]) -> None:
        """The settings of a new edition that differ from those that it takes over; most tests vote undeclared."""
        wanted = {"declarations_before_vote": False} | settings
        with self.writing() as tx:
            now = facts_reader.read_facts(tx, [edition], actor=SYSTEM)[edition].edition
        if changed := {name: given for name, given in wanted.items() if given != value(now, name)}:
            self.take(edition, "change_settings", "staff", **changed)

    def _grant(self, edition: Ref) -> None:
        rows = [
            {"person_id": self[name].id, "edition_id": edition.id, "role": role, "sector": sector,
             "clause_version": "1", "clause_shown_at": self.at, "granted_at": self.at}
            for name, (roles, sector) in PEOPLE.items() for role in roles
        ]  # fmt: skip
        with self.writing() as tx:
            tx.execute(insert(RoleGrant), rows)

    def to_phase(self, edition: Ref, phase: str) -> None:
        """Move an edition on, phase by phase; its proposals have to be ready for it."""
        with self.writing():
            while self.phases[edition] != phase:
                following = PHASES[PHASES.index(self.phases[edition]) + 1]
                getattr(self, f"_to_{following}")(edition)
                self.phases[edition] = following

    def plan_conferences(self, edition: Ref) -> Ref:
        """One today and the summary in its own time; returns the first."""
        self.summaries[edition] = self._conference(edition, 2, is_summary=True, day=SUMMARY)
        return self._conference(edition, 1, is_summary=False, day=0)

    def _to_announced(self, edition: Ref) -> None:
        first = self.plan_conferences(edition)
        self.take(edition, "announce", "staff")
        for conference in (first, self.summaries[edition]):
            self.take(conference, "open", "staff")
        self.take(first, "hold", "staff", participants=100, qualifier="ok.")
        self.approve_report(first, "secretary")

    def _conference(self, edition: Ref, number: int, *, is_summary: bool, day: int) -> Ref:
        when = warsaw_date(self.at) + timedelta(days=day)
        return self.create("conference", "plan", "staff", edition=edition, number=number, day=when,
                           purpose="Zasoby i problemy", is_summary=is_summary)  # fmt: skip

    def approve_report(self, conference: Ref, who: str) -> None:
        """Generate the report of a conference, read it and approve it."""
        with self.writing() as tx:
            self.take(conference, "generate_report", who)
            digest = read_report(tx, conference, actor=self[who], at=self.at)
            self.take(conference, "approve_minutes", who, digest=digest)

    def _to_conferences(self, edition: Ref) -> None:
        self.take(edition, "open_conferences", "staff")

    def _to_summary(self, edition: Ref) -> None:
        self.wait(SUMMARY)
        self.take(edition, "open_summary", "staff")
        self.take(self.summaries[edition], "hold", "staff", participants=90)

    def _to_selection(self, edition: Ref) -> None:
        self.finish_summary(edition)
        self.take(edition, "open_selection", "chair")

    def finish_summary(self, edition: Ref) -> None:
        """Everything that is admitted is presented, and the minutes are approved."""
        for ref in self.proposals(edition, "admitted"):
            self.take(ref, "present", "staff", presenter="Lider")
        self.approve_report(self.summaries[edition], "staff")

    def _to_appeals(self, edition: Ref) -> None:
        self.finish_selection(edition)
        self.take(edition, "announce_results", "chair")

    def finish_selection(self, edition: Ref) -> None:
        """Everything that was presented is selected, by meetings whose minutes are approved."""
        for ref in self.proposals(edition, "presented"):
            self.select(ref)

    def _to_agreement(self, edition: Ref) -> None:
        self.wait(APPEALS)
        self.take(edition, "close_appeals", "staff")

    def _to_implementation(self, edition: Ref) -> None:
        self.take(edition, "waive_agreement", "staff", reason="Edycja bez umowy.")
        self.take(edition, "conclude_agreement", "staff")

    def _to_closing(self, edition: Ref) -> None:
        self.settle_all(edition)
        self.take(edition, "start_closing", "staff")

    def settle_all(self, edition: Ref) -> None:
        """Every selected project is carried out and settled."""
        for ref in self.proposals(edition, "selected"):
            self.settle(ref)

    def _to_closed(self, edition: Ref) -> None:
        self.take(edition, "publish_final_report", "staff", report="Wszystko zrobione.")
        self.take(edition, "hand_over_file", "staff", archive_category="A")
        self.take(edition, "close", "staff")

    def proposals(self, edition: Ref, state: str) -> list[Ref]:
        """The proposals of an edition in a state."""
        p = Proposal
        with self.writing() as tx:
            found = tx.execute(p.__table__.select().with_only_columns(p.id).where(
                p.edition_id == edition.id, p.state == state).order_by(p.id)).scalars()  # fmt: skip
            return [Ref("proposal", one) for one in found]

    def edition_of(self, ref: Ref) -> Ref:
        """The edition of a subject."""
        with self.writing() as tx:
            return Ref("edition", facts_reader.read_facts(tx, [ref], actor=SYSTEM)[ref]["edition_id"])

    # What the phases of an edition do with its proposals; tests/world.py says how.

    @abstractmethod
    def idea(self, edition: Ref) -> Ref: ...

    @abstractmethod
    def lead(self, ref: Ref, state: str) -> None: ...

    @abstractmethod
    def select(self, ref: Ref) -> None: ...

    @abstractmethod
    def settle(self, ref: Ref) -> None: ...
