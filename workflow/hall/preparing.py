"""Preparing a vote in the hall: its question, its options, its limits; it is opened by a step of its own."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, insert, select

from workflow.base.errors import BadInput
from workflow.base.i18n import _, format_money, say
from workflow.engine import machine
from workflow.engine.command import CreateCommand
from workflow.models import Conference, HallOption, Proposal
from workflow.rules.choices import VOTES
from workflow.rules.facts import Actor, Ref
from workflow.rules.hall import MOST_MINUTES, MOST_OPTIONS, HallMethod, HallOptionRow
from workflow.rules.states import ProposalState

# What a vote may be about: projects that are before the committee.
VOTED_ON = (ProposalState.ADMITTED, ProposalState.PRESENTED)
LONGEST_LABEL = 300


class PollDraft(Struct, frozen=True):
    """What a moderator asks: projects by their id, or texts; limits as they go with the method."""

    question: str
    method: HallMethod
    projects: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    max_choices: int | None = None
    points_total: int | None = None
    points_each: int | None = None
    secret: bool = True
    minutes: int | None = None


class VotedProject(Struct, frozen=True):
    """A project that can be voted on; the cost is in grosze."""

    id: int
    number: int
    title: str
    area: str
    cost: int


def prepare(
    tx: Connection, conference_id: int, draft: PollDraft, *, actor: Actor, at: datetime, key: str | None = None
) -> Ref:  # fmt: skip
    """Write a vote with its options, in the caller's transaction; it is not open yet. Refused like any step.

    BadInput names the field: an unknown project, one named twice, a text too long, limits that are no numbers above 0.
    """
    edition_id = tx.execute(select(Conference.edition_id).where(Conference.id == conference_id)).scalar()
    known = {} if edition_id is None else {row.id: row for row in projects_of(tx, edition_id)}
    chosen = _chosen(draft, known)
    question, options = _ayes(draft, chosen) if draft.method is HallMethod.AYES else (
        draft.question.strip(), [*map(_of_project, chosen), *_of_texts(draft.texts)])  # fmt: skip
    if not question:
        raise BadInput({"question": _("Write the question.")})
    columns = {"method": draft.method, "secret": draft.secret, **_limits(draft)}
    if draft.method is HallMethod.RANK and columns["max_choices"] is None:
        # What a place is worth follows from how many there are, and must not follow from the ballots that come in.
        columns["max_choices"] = len(options)
    command = CreateCommand(
        "hall_poll", "prepare_hall_poll", actor=actor, at=at, edition_id=edition_id, columns=columns, key=key,
        answers={"conference": conference_id, "question": question},
    )  # fmt: skip
    moved = machine.create(tx, command)
    if not moved.replayed:
        _write(tx, moved.ref.id, options)
    return moved.ref


def projects_of(tx: Connection, edition_id: int) -> list[VotedProject]:
    """The projects of an edition that can be voted on, by number; one statement."""
    p = Proposal
    query = select(p.id, p.number, p.title, p.area, p.cost).where(p.edition_id == edition_id, p.state.in_(VOTED_ON))
    return [VotedProject(row.id, row.number, row.title, row.area or "", row.cost or 0)
            for row in tx.execute(query.order_by(p.number))]  # fmt: skip


def _chosen(draft: PollDraft, known: dict[int, VotedProject]) -> list[VotedProject]:
    if len(set(draft.projects)) != len(draft.projects) or not known.keys() >= {*draft.projects}:
        raise BadInput({"projects": _("Choose projects that are admitted or presented, each once.")})
    return [known[project] for project in draft.projects]


def _ayes(draft: PollDraft, chosen: Sequence[VotedProject]) -> tuple[str, list[HallOptionRow]]:
    """For, against and abstain; the projects that the vote is about stand below the question."""
    lines = [draft.question.strip(), *(f"{project.number}. {project.title}" for project in chosen)]
    options = [HallOptionRow(choice.value, say(label, "pl")) for choice, label in VOTES.items()]
    return "\n".join(line for line in lines if line), options


def _of_project(project: VotedProject) -> HallOptionRow:
    cost = format_money(project.cost, "pl") if project.cost else ""
    details = " · ".join(part for part in (project.area, cost) if part)
    return HallOptionRow(str(project.number), project.title, details, project.id, project.cost)


def _of_texts(texts: Sequence[str]) -> list[HallOptionRow]:
    labels = [text.strip() for text in texts if text.strip()]
    if len(set(labels)) != len(labels) or any(len(label) > LONGEST_LABEL for label in labels):
        raise BadInput({"texts": _("Write each option once, with at most {most} characters.", most=LONGEST_LABEL)})
    return [HallOptionRow(f"T{number:02d}", label) for number, label in enumerate(labels, start=1)]


def _limits(draft: PollDraft) -> dict[str, int | None]:
    """The limits that belong to the method."""
    limits = {
        "max_choices": None if draft.method is HallMethod.AYES else draft.max_choices,
        "points_total": draft.points_total if draft.method is HallMethod.POINTS else None,
        "points_each": draft.points_each if draft.method is HallMethod.POINTS else None,
        "minutes": draft.minutes,
    }
    most = {"max_choices": MOST_OPTIONS, "points_total": 1000, "points_each": 1000, "minutes": MOST_MINUTES}
    wrong = {name: _("Give a whole number from 1 to {most}.", most=most[name])
             for name, number in limits.items() if number is not None and not 1 <= number <= most[name]}  # fmt: skip
    if draft.method is HallMethod.POINTS and draft.points_total is None:
        # Without them it could never be opened, and a prepared vote is not changed.
        wrong["points_total"] = _("Say how many points each person distributes.")
    if wrong:
        raise BadInput(wrong)
    return limits


def _write(tx: Connection, poll_id: int, options: Sequence[HallOptionRow]) -> None:
    if options:
        tx.execute(insert(HallOption), [
            {"poll_id": poll_id, "place": place, **asdict(option)} for place, option in enumerate(options, start=1)
        ])  # fmt: skip
