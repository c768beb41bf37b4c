"""Projects of earlier editions that go on as ideas: which may, carrying one over, and the link back and forth."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select
from sqlalchemy.orm import aliased

from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.models import CarriedProposal, Edition, Proposal, RoleGrant
from workflow.rules.facts import Actor, Ref
from workflow.rules.roles import IDEAS_FROM, Role
from workflow.rules.states import CARRIED, WELCOMING, EditionState, ProposalState


class CarriedLine(Struct, frozen=True):
    """A project of an earlier edition, and the idea that it became where it was carried over."""

    id: int
    number: int
    title: str
    lifecycle: str
    lifecycle_version: int
    state: str
    edition: str
    edition_key: str
    idea_id: int | None


class Link(Struct, frozen=True):
    """The other end: what an idea was carried over from, or what a project became."""

    id: int
    number: int
    title: str
    edition: str
    is_later: bool


def carry_over(
    tx: Connection, project: Ref, edition_id: int, *, actor: Actor, at: datetime, clause: bool = False
) -> Ref:  # fmt: skip
    """The idea that a project becomes in an edition, in the caller's transaction; the project itself stays as it is.

    A second call gives the same idea. Raises a Refusal, having written nothing.
    """
    c = CarriedProposal
    known = select(c.proposal_id).where(c.from_id == project.id, c.edition_id == edition_id)
    if (number := tx.execute(known).scalar()) is not None:
        return Ref("proposal", number)
    answers: dict[str, Any] = {"target": project.id, **({"clause": True} if clause else {})}
    idea = machine.create(
        tx, CreateCommand("proposal", "carry_over", actor=actor, at=at, edition_id=edition_id, answers=answers)
    ).ref  # fmt: skip
    tx.execute(insert(c).values(proposal_id=idea.id, from_id=project.id, edition_id=edition_id, at=at))
    return idea


def may_go_on(tx: Connection, edition_id: int, reader: Actor, *, is_office: bool) -> list[CarriedLine]:
    """The projects that may be carried into an edition: for the office those of editions that it runs, else one's own.

    Those that were carried over already name their idea. One statement.
    """
    p, e, c = Proposal, Edition, CarriedProposal
    query = (
        select(p.id, p.number, p.title, p.lifecycle, p.lifecycle_version, p.state, e.title, e.key, c.proposal_id)
        .join(e, e.id == p.edition_id).outerjoin(c, and_(c.from_id == p.id, c.edition_id == edition_id))
        .where(p.edition_id != edition_id, p.state.in_(CARRIED), e.state != EditionState.DRAFT)
        .where(or_(p.state != ProposalState.IDEA, e.state.not_in(WELCOMING)))
        .where(_of_office(reader) if is_office else p.leader_id == reader.id)
    )  # fmt: skip
    rows = tx.execute(query.order_by(e.year.desc(), e.id.desc(), p.number)).all()
    return [CarriedLine(*row) for row in rows]


def _of_office(reader: Actor) -> ColumnElement[bool]:
    g = RoleGrant
    run = select(g.edition_id).where(g.person_id == reader.id, g.role == Role.STAFF, g.withdrawn_at.is_(None))
    return or_(Proposal.edition_id.in_(run), Proposal.leader_id == reader.id)


def links_of(tx: Connection, proposal_id: int) -> list[Link]:
    """What a proposal was carried over from, and what it became; one statement."""
    c, other = CarriedProposal, aliased(Proposal)
    query = (
        select(other.id, other.number, other.title, Edition.title, c.from_id == proposal_id)
        .select_from(c)
        .join(other, or_(and_(c.from_id == proposal_id, other.id == c.proposal_id),
                         and_(c.proposal_id == proposal_id, other.id == c.from_id)))
        .join(Edition, Edition.id == other.edition_id)
        .where(or_(c.from_id == proposal_id, c.proposal_id == proposal_id))
    )  # fmt: skip
    return [Link(row[0], row[1], row[2], row[3], bool(row[4])) for row in tx.execute(query.order_by(c.at))]


def welcoming_editions(tx: Connection, person_id: int, *, but: int) -> list[tuple[str, str]]:
    """Key and title of the editions that take ideas now and in which a person may record one; one statement."""
    e, g = Edition, RoleGrant
    query = (
        select(e.key, e.title).join(g, g.edition_id == e.id)
        .where(e.state.in_(WELCOMING), e.id != but, g.person_id == person_id, g.withdrawn_at.is_(None))
        .where(g.role.in_(sorted(IDEAS_FROM))).group_by(e.id, e.key, e.title).order_by(e.id)
    )  # fmt: skip
    return [(row.key, row.title) for row in tx.execute(query)]
