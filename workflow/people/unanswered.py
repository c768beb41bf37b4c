"""What somebody answers for whose account is closed: by edition, project or person, until somebody else is named."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
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
from workflow.people.duties import NAMED_BY, OWN, WITH_CONTACT, Duty, Unanswered, rows_naming
from workflow.rules.roles import Role
from workflow.rules.states import OVER, RESTING, UNFINISHED, WITH_PLAN, MilestoneState, PartnerState, RiskState


class _Scope(StrEnum):
    PERSON = "person"
    PROJECT = "project"
    EDITIONS = "editions"
    OWN = "own"


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
    return _read(tx, _Scope.EDITIONS, at, editions=list(editions), admin=False)


def waiting_for(
    tx: Connection, person_id: int, office_of: Collection[int], *, is_admin: bool, at: datetime
) -> list[Unanswered]:  # fmt: skip
    """What waits until this reader names somebody else: in the editions of their office, in projects that they
    coordinate or lead, and for administrators the editions without an office. Tasks in a group are given by its leader.
    """
    given = {"person": person_id, "editions": list(office_of), "admin": is_admin}
    scopes = (_Scope.EDITIONS, _Scope.OWN) if office_of or is_admin else (_Scope.OWN,)
    return list(dict.fromkeys(
        one for scope, one in _scoped(tx, scopes, at, given)
        if (one.duty in OWN if scope is _Scope.OWN else one.duty is not Duty.TASK)
    ))  # fmt: skip


def _read(tx: Connection, scope: _Scope, at: datetime, **given: Any) -> list[Unanswered]:
    return [one for _scope, one in _scoped(tx, (scope,), at, given)]


def _scoped(
    tx: Connection, scopes: tuple[_Scope, ...], at: datetime, given: Mapping[str, Any]
) -> list[tuple[_Scope, Unanswered]]:  # fmt: skip
    rows: Iterable[Any] = tx.execute(_statement(scopes), {"today": warsaw_date(at), **given}).all()
    found = [
        (_Scope(scope), Unanswered(Duty(duty), number, about, title, words, person, edition, name, key, moment or day))
        for scope, duty, number, about, title, words, person, edition, name, key, moment, day in rows
    ]
    order = list(Duty)
    return sorted(found, key=lambda pair: (pair[1].edition_id, order.index(pair[1].duty), pair[1].about_id, pair[1].id))


@lru_cache(maxsize=8)
def _statement(scopes: tuple[_Scope, ...]) -> Select[Any]:
    """Built once for each kind of question: building it takes longer than running it."""
    of_person = scopes == (_Scope.PERSON,)
    who = select(Person.id).where(Person.id == _PERSON if of_person else ~Person.active).cte("who")
    rows = union_all(*(part for scope in scopes for part in _Query(scope, select(who.c.id)).parts())).subquery("named")
    columns = rows.c
    return (
        select(columns.scope, columns.duty, columns.id, columns.about, columns.title, columns.words, Person.name,
               Edition.id, Edition.title, Edition.key, columns.moment, columns.day)
        .join(Edition, Edition.id == columns.edition_id).join(Person, Person.id == columns.person_id)
        .where(Edition.state.not_in(OVER if of_person else RESTING), Edition.historical.is_(False))
    )  # fmt: skip


class _Query(Struct, frozen=True):
    scope: _Scope
    who: Select[Any]

    def parts(self) -> Iterable[Select[Any]]:
        """One select for each column that names somebody."""
        return (*self.roles(), self.milestones(), self.risks(), self.tasks(), self.matters(), *self.partners(),
                self.seats(), self.office())  # fmt: skip

    def is_here(self, edition: Any, project: Any = None, *mine: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether a row is in scope; `mine` says who names somebody else in a project without being of the office."""
        if self.scope is _Scope.PERSON:
            return true()
        if self.scope is _Scope.EDITIONS:
            return cast("ColumnElement[bool]", edition.in_(_EDITIONS))
        if project is None:
            return false()
        if self.scope is _Scope.PROJECT:
            return cast("ColumnElement[bool]", project == _PROJECT)
        named = select(ProposalPerson.proposal_id).where(ProposalPerson.person_id == _PERSON)
        return and_(project.in_(named), *mine)

    def row(
        self, duty: Duty, number: Any, about: Any, title: Any, words: Any, edition: Any, person: Any,
        moment: Any = _NO_MOMENT, day: Any = _NO_DAY,
    ) -> Select[Any]:  # fmt: skip
        """One part: the columns of all, of rows that name one of those asked about."""
        return select(
            literal(self.scope.value).label("scope"), literal(duty.value).label("duty"), number.label("id"),
            about.label("about"), title.label("title"),
            words.label("words"), edition.label("edition_id"), person.label("person_id"), moment.label("moment"),
            day.label("day"),
        ).where(person.in_(self.who))  # fmt: skip

    def roles(self) -> list[Select[Any]]:
        """Who is named in a project; its row is looked for once."""
        p = Proposal
        columns = {duty: f"{duty}_id" for duty in NAMED_BY}
        named = [table_of(p).c[name] for name in columns.values()]
        here = self.is_here(p.edition_id, p.id, p.leader_id == _PERSON)
        if self.scope is _Scope.EDITIONS:
            # Asked once, before any project is looked at: nearly always nobody of these editions is closed.
            g = RoleGrant
            here = and_(here, exists().where(g.edition_id.in_(_EDITIONS), g.withdrawn_at.is_(None),
                                             g.person_id.in_(self.who)))  # fmt: skip
        touched = (
            select(p.id, p.title, p.state, p.edition_id, *named)
            .where(here, p.state.in_(UNFINISHED), or_(*(column.in_(self.who) for column in named)))
            .cte(f"touched_{self.scope}")
        ).c  # fmt: skip
        # Once another leader was named it is for them to accept.
        nobody_named = {Duty.LEADER: touched.next_leader_id.is_(None)}
        return [
            self.row(duty, touched.id, touched.id, touched.title, literal(""), touched.edition_id, touched[name])
            .where(touched.state.in_({state for row in rows_naming(duty) for state in row.sources}),
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
        t, p = GroupTask, Proposal
        here = self.is_here(p.edition_id, p.id, p.leader_id == _PERSON)
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
        here = bindparam("admin", None, Boolean()) if self.scope is _Scope.EDITIONS else self.is_here(g.edition_id)
        return self.row(
            Duty.OFFICE, g.id, literal(0), literal(""), literal(""), g.edition_id, g.person_id
        ).where(here, g.role == Role.STAFF, g.withdrawn_at.is_(None), ~working)  # fmt: skip
