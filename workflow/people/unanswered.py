"""What somebody answers for whose account is closed: by edition, project or person, until somebody else is named."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast

from workflow.base.calendar import warsaw_date
from workflow.models import (
    AgreementPartner,
    Conference,
    Edition,
    GroupTask,
    Milestone,
    OpenMatter,
    Organisation,
    Person,
    Proposal,
    ProposalPerson,
    Risk,
    RoleGrant,
    Seat,
    SeatHolder,
)
from workflow.models.base import UtcDateTime, table_of
from workflow.rules.registry import newest
from workflow.rules.roles import Role
from workflow.rules.states import OVER, RESTING, UNFINISHED, WITH_PLAN, MilestoneState, PartnerState, RiskState


class Duty(StrEnum):
    """What a person answers for."""

    LEADER = "leader"
    NEXT_LEADER = "next_leader"
    DEPUTY = "deputy"
    COORDINATOR = "coordinator"
    ANIMATOR = "animator"
    REVIEWER = "reviewer"
    MILESTONE = "milestone"
    RISK = "risk"
    TASK = "task"
    MATTER = "matter"
    CONTACT = "contact"
    SIGNATORY = "signatory"
    SEAT = "seat"
    # The only open account of the office of an edition.
    OFFICE = "office"


# The step by which somebody else is named, and so the states in which it can be somebody else's.
NAMED_BY = {
    Duty.LEADER: "name_leader", Duty.NEXT_LEADER: "name_leader", Duty.DEPUTY: "name_deputy",
    Duty.COORDINATOR: "name_coordinator", Duty.ANIMATOR: "assign_animator", Duty.REVIEWER: "assign_reviewer",
}  # fmt: skip
OF_PROJECTS = frozenset({*NAMED_BY, Duty.MILESTONE, Duty.RISK, Duty.TASK})
OF_PARTNERS = frozenset({Duty.CONTACT, Duty.SIGNATORY})
# Whom an agreement is still written to, and who has still to sign.
# What somebody names anew in a project of their own, without being of its office.
OWN = frozenset({Duty.NEXT_LEADER, Duty.DEPUTY, Duty.MILESTONE, Duty.RISK, Duty.TASK})
WITH_CONTACT = (PartnerState.INVITED, PartnerState.MANDATE_RECEIVED, PartnerState.SIGNED)


class Unanswered(Struct, frozen=True):
    """One thing for which a closed account, or the person asked about, is named."""

    duty: Duty
    # The milestone, partner, seat or matter itself; of a risk its number, of a role in a project the project.
    id: int
    # The project, or the conference of a matter; 0 for what belongs to the edition.
    about_id: int
    title: str
    words: str
    person: str
    edition_id: int
    edition: str
    edition_key: str
    until: datetime | date | None


class _Scope(StrEnum):
    PERSON = "person"
    PROJECT = "project"
    EDITIONS = "editions"
    READER = "reader"


_PERSON, _PROJECT = bindparam("person", None, BigInteger), bindparam("project", None, BigInteger)
_TODAY = bindparam("today", None, Date())
_EDITIONS = bindparam("editions", expanding=True, type_=BigInteger)
_NO_MOMENT, _NO_DAY = sql_cast(null(), UtcDateTime()), sql_cast(null(), Date)


def answers_for(tx: Connection, person_id: int, *, at: datetime) -> list[Unanswered]:
    """What this person answers for in editions that are not over, whether the account is open or closed."""
    return _read(tx, _Scope.PERSON, at, person=person_id)


def of_project(tx: Connection, proposal_id: int, *, at: datetime) -> list[Unanswered]:
    """What of a project closed accounts answer for; one statement, as each of these."""
    return _read(tx, _Scope.PROJECT, at, project=proposal_id)


def of_editions(tx: Connection, editions: Collection[int], *, at: datetime) -> list[Unanswered]:
    """What closed accounts answer for in these editions."""
    return _read(tx, _Scope.EDITIONS, at, editions=list(editions))


def waiting_for(
    tx: Connection, person_id: int, office_of: Collection[int], *, is_admin: bool, at: datetime
) -> list[Unanswered]:  # fmt: skip
    """What waits until this reader names somebody else: in the editions of their office, in projects that they
    coordinate or lead, and for administrators the editions without an office.
    """
    found = _read(tx, _Scope.READER, at, person=person_id, editions=list(office_of), admin=is_admin)
    return [one for one in found if one.edition_id in office_of or one.duty in OWN or one.duty is Duty.OFFICE]


def _read(tx: Connection, scope: _Scope, at: datetime, **given: Any) -> list[Unanswered]:
    rows: Iterable[Any] = tx.execute(_statement(scope), {"today": warsaw_date(at), **given}).all()
    found = [
        Unanswered(Duty(duty), number, about, title, words, person, edition, name, key, moment or day)
        for duty, number, about, title, words, person, edition, name, key, moment, day in rows
    ]
    order = list(Duty)
    return sorted(found, key=lambda one: (one.edition_id, order.index(one.duty), one.about_id, one.id))


@lru_cache(maxsize=len(_Scope))
def _statement(scope: _Scope) -> Select[Any]:
    """Built once for each scope: building it takes longer than running it."""
    closed = select(Person.id)
    who = (
        closed.where(Person.id == _PERSON) if scope is _Scope.PERSON else closed.where(Person.active.is_(False))
    ).cte("who")  # fmt: skip
    query = _Query(scope, select(who.c.id))
    rows = union_all(*query.roles(), query.milestones(), query.risks(), query.tasks(), query.matters(),
                     *query.partners(), query.seats(), query.office()).subquery("named")  # fmt: skip
    states = OVER if scope is _Scope.PERSON else RESTING
    columns = rows.c
    return (
        select(columns.duty, columns.id, columns.about, columns.title, columns.words, Person.name, Edition.id,
               Edition.title, Edition.key, columns.moment, columns.day)
        .join(Edition, Edition.id == columns.edition_id).join(Person, Person.id == columns.person_id)
        .where(Edition.state.not_in(states), Edition.historical.is_(False))
    )  # fmt: skip


class _Query(Struct, frozen=True):
    scope: _Scope
    who: Select[Any]

    def is_here(self, edition: Any, project: Any = None, *mine: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether a row is in scope; `mine` says that the reader names somebody else without being of the office."""
        if self.scope is _Scope.PERSON:
            return true()
        if self.scope is _Scope.PROJECT:
            return false() if project is None else project == _PROJECT
        if self.scope is _Scope.EDITIONS or not mine:
            return cast("ColumnElement[bool]", edition.in_(_EDITIONS))
        named = select(ProposalPerson.proposal_id).where(ProposalPerson.person_id == _PERSON)
        return or_(edition.in_(_EDITIONS), and_(project.in_(named), *mine))

    def row(
        self, duty: Duty, number: Any, about: Any, title: Any, words: Any, edition: Any, person: Any,
        moment: Any = _NO_MOMENT, day: Any = _NO_DAY,
    ) -> Select[Any]:  # fmt: skip
        """One part: the columns of all, of rows that name one of those asked about."""
        return select(
            literal(duty.value).label("duty"), number.label("id"), about.label("about"), title.label("title"),
            words.label("words"), edition.label("edition_id"), person.label("person_id"), moment.label("moment"),
            day.label("day"),
        ).where(person.in_(self.who))  # fmt: skip

    def roles(self) -> list[Select[Any]]:
        """Who is named in a project; its row is looked for once."""
        p = Proposal
        columns = {Duty.LEADER: "leader_id", Duty.NEXT_LEADER: "next_leader_id", Duty.DEPUTY: "deputy_id",
                   Duty.COORDINATOR: "coordinator_id", Duty.ANIMATOR: "animator_id",
                   Duty.REVIEWER: "reviewer_id"}  # fmt: skip
        named = [table_of(p).c[name] for name in columns.values()]
        here = self.is_here(p.edition_id, p.id, p.leader_id == _PERSON)
        touched = (
            select(p.id, p.title, p.state, p.edition_id, *named)
            .where(here, p.state.in_(UNFINISHED), or_(*(column.in_(self.who) for column in named))).cte("touched")
        ).c  # fmt: skip
        # Once another leader was named it is for them to accept.
        nobody_named = {Duty.LEADER: touched.next_leader_id.is_(None)}
        return [
            self.row(duty, touched.id, touched.id, touched.title, literal(""), touched.edition_id, touched[name])
            .where(touched.state.in_(newest("proposal").rows_named(NAMED_BY[duty])[0].sources),
                   nobody_named.get(duty, true()))
            for duty, name in columns.items()
        ]  # fmt: skip

    def milestones(self) -> Select[Any]:
        m, p = Milestone, Proposal
        return self.row(
            Duty.MILESTONE, m.id, p.id, p.title, m.title, m.edition_id, m.owner_id, m.due_at
        ).join(p, p.id == m.proposal_id).where(
            self.is_here(m.edition_id, p.id, p.coordinator_id == _PERSON), m.state == MilestoneState.PLANNED,
            p.state.in_(WITH_PLAN),
        )  # fmt: skip

    def risks(self) -> Select[Any]:
        r, p = Risk, Proposal
        return self.row(Duty.RISK, r.number, p.id, p.title, r.title, p.edition_id, r.owner_id).join(
            p, p.id == r.proposal_id
        ).where(
            self.is_here(p.edition_id, p.id, p.coordinator_id == _PERSON), r.state == RiskState.OPEN,
            p.state.in_(WITH_PLAN),
        )  # fmt: skip

    def tasks(self) -> Select[Any]:
        """Tasks in a group are given by those who lead it; for the office alone there is nothing to do."""
        t, p = GroupTask, Proposal
        leads = or_(p.leader_id == _PERSON, p.deputy_id == _PERSON, p.animator_id == _PERSON)
        here = leads if self.scope is _Scope.READER else self.is_here(p.edition_id, p.id)
        return self.row(Duty.TASK, t.id, p.id, p.title, t.text, p.edition_id, t.person_id, day=t.due_on).join(
            p, p.id == t.proposal_id
        ).where(here, t.done_at.is_(None), p.state.in_(UNFINISHED))  # fmt: skip

    def matters(self) -> Select[Any]:
        m, c = OpenMatter, Conference
        name = case((c.theme != "", c.theme), else_=c.purpose)
        return self.row(Duty.MATTER, m.id, c.id, name, m.text, m.edition_id, m.owner_id, m.due_at).join(
            c, c.id == m.conference_id
        ).where(self.is_here(m.edition_id), m.done_at.is_(None))  # fmt: skip

    def partners(self) -> list[Select[Any]]:
        p, nothing = AgreementPartner, literal(0)
        here = self.is_here(p.edition_id)
        return [
            self.row(Duty.CONTACT, p.id, nothing, p.name, literal(""), p.edition_id, p.contact_id, p.due_at)
            .where(here, p.state.in_(WITH_CONTACT)),
            self.row(Duty.SIGNATORY, p.id, nothing, p.name, literal(""), p.edition_id, p.signatory_id, p.due_at)
            .where(here, p.state == PartnerState.MANDATE_RECEIVED),
        ]  # fmt: skip

    def seats(self) -> Select[Any]:
        h, s = SeatHolder, Seat
        name = func.coalesce(Organisation.name, s.sector)
        return self.row(Duty.SEAT, s.id, literal(0), name, s.body, s.edition_id, h.person_id).join(
            s, s.id == h.seat_id
        ).outerjoin(Organisation, Organisation.id == s.organisation_id).where(
            self.is_here(s.edition_id), *(or_(term.to_on.is_(None), term.to_on >= _TODAY) for term in (h, s))
        )  # fmt: skip

    def office(self) -> Select[Any]:
        """Editions in which nobody else with an open account works for the office; administrators name somebody."""
        g = RoleGrant
        other, colleague = table_of(RoleGrant).alias("other"), table_of(Person).alias("colleague")
        working = exists().where(
            other.c.edition_id == g.edition_id, other.c.role == Role.STAFF, other.c.withdrawn_at.is_(None),
            other.c.person_id == colleague.c.id, other.c.person_id != g.person_id, colleague.c.active.is_(True),
        )  # fmt: skip
        here = bindparam("admin", None, Boolean()) if self.scope is _Scope.READER else self.is_here(g.edition_id)
        return self.row(
            Duty.OFFICE, g.id, literal(0), literal(""), literal(""), g.edition_id, g.person_id
        ).where(here, g.role == Role.STAFF, g.withdrawn_at.is_(None), ~working)  # fmt: skip
