"""What milestones, changes of a plan and partners need before each of their steps, by hand; see matrix.py beside."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from tests.agreement import invited, mandated, opened, seen
from tests.workflow.engine.matrix import ACTORS, FILE, HOLDERS, Case, Meant, Preparation, Ready, raw_rows
from tests.workflow.stage import Play
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.models import Agreement, Milestone, Proposal, ProposalFile
from workflow.rules.facts import Ref

REASON = {"reason": "Zmiana planów."}
MILESTONE_CASES = tuple(map(Case, ("planned", "done", "waived")))
CHANGE_CASES = tuple(map(Case, ("requested", "approved", "refused", "withdrawn")))
PARTNER_CASES = tuple(map(Case, ("invited", "mandate_received", "signed", "refused", "withdrawn")))


def _given(**data: Any) -> Preparation:
    return lambda _world, _ref: Ready(data)


# --- Milestones: of a project under way, whose plan was accepted; a member of the group is responsible --------------


def _milestone_holders(_case: Case, meant: Meant) -> Mapping[str, frozenset[str]]:
    return {**HOLDERS, "coordinator": frozenset({"coordinator"}), "milestone_owner": frozenset({"member"}),
            **{word: frozenset(people) for word, people in meant.items()}}  # fmt: skip


def _milestone(world: World, case: Case) -> Ref:
    project = world.proposal_in("in_implementation")
    milestone = world.plan_milestone(project, person=world["member"].id)
    if case.state == "done":
        world.take(milestone, "finish", "member", outcome_text="Wyremontowano.")
    if case.state == "waived":
        world.take(milestone, "waive", "staff", **REASON)
    return milestone


def _plan_is_open(world: World, ref: Ref) -> Ready:
    """The coordinator has not accepted the plan: what was accepted is changed on request."""
    with world.writing() as tx:
        project = select(Milestone.proposal_id).where(Milestone.id == ref.id).scalar_subquery()
        tx.execute(update(Proposal).where(Proposal.id == project).values(plan_accepted_at=None))
    return Ready({"title": "Remont sali"})


def _another_person(world: World, _ref: Ref) -> Ready:
    return Ready({"person": world["member2"].id})


def _with_evidence(world: World, ref: Ref) -> Ready:
    """A picture among the files of the project."""
    with world.writing() as tx:
        project = tx.execute(select(Milestone.proposal_id).where(Milestone.id == ref.id)).scalar_one()
        row = {"proposal_id": project, "name": "otwarcie.png", "kind": "other", "media_type": "image/png", "size": 1,
               "sha256": "0" * 64, "key": "k" * 32, "added_by_id": world["member"].id, "added_at": world.at}  # fmt: skip
        number = tx.execute(insert(ProposalFile).values(row).returning(ProposalFile.id)).scalar_one()
    return Ready({"evidence": [number]})


def _another_day(world: World, _ref: Ref) -> Ready:
    return Ready(REASON | {"due_on": warsaw_date(world.at) + timedelta(days=60)})


MILESTONE_PLAY = Play(
    rows=tuple(raw_rows("milestone")),
    cases=MILESTONE_CASES,
    holders=_milestone_holders,
    is_public=lambda _case: False,
    preparations={
        "finish": _given(outcome_text="Wyremontowano."),
        "waive": _given(**REASON),
        "reopen": _given(**REASON),
        "edit": _plan_is_open,
        "assign": _another_person,
        "add_evidence": _with_evidence,
        "move": _another_day,
        "rescope": _given(details="Bez podjazdu.", **REASON),
    },
    enter=_milestone,
)


# --- Requests for a change: of the coordinator, decided about by the office as the usual setting says ---------------


def _change_holders(_case: Case, _meant: Meant) -> Mapping[str, frozenset[str]]:
    return {**HOLDERS, "coordinator": frozenset({"coordinator"})}


def _change(world: World, case: Case) -> Ref:
    change = world.request_change(world.proposal_in("in_implementation"))
    steps = {"approved": ("approve", "staff", {}), "refused": ("refuse", "staff", REASON),
             "withdrawn": ("withdraw", "coordinator", {})}  # fmt: skip
    if case.state in steps:
        step, who, data = steps[case.state]
        world.take(change, step, who, **data)
    return change


def _office_decides(**data: Any) -> Preparation:
    return lambda _world, _ref: Ready(data, waits={"chair"})


CHANGE_PLAY = Play(
    rows=tuple(raw_rows("change_request")),
    cases=CHANGE_CASES,
    holders=_change_holders,
    is_public=lambda _case: False,
    preparations={
        "approve": _office_decides(),
        "refuse": _office_decides(**REASON),
        "shift_decision": lambda _world, _ref: Ready({"days": 14, **REASON}),
    },
    enter=_change,
)


# --- Partners of the agreement: the contact has no role for it, the signatory is named with the mandate -------------


def _partner_holders(case: Case, _meant: Meant) -> Mapping[str, frozenset[str]]:
    return {**HOLDERS, "partner_contact": frozenset({"partner"}), "signatory": _signatory(case)}


def _signatory(case: Case) -> frozenset[str]:
    return frozenset() if case.state in {"invited", "refused"} else frozenset({"leader"})


def _strangers(case: Case) -> frozenset[str]:
    """For whom there is no such invitation: everybody but the office, the chair and who speaks for the partner."""
    return frozenset(ACTORS) - {"staff", "chair", "admin", "system", "partner"} - _signatory(case)


def _partner(world: World, case: Case) -> Ref:
    agreement = opened(world, world.edition("conferences"))
    (partner,) = invited(world, agreement, ["Szkoła"], member="partner")
    if case.state in {"mandate_received", "signed", "withdrawn"}:
        mandated(world, partner, person="leader")
    if case.state in {"signed", "withdrawn"}:
        world.take(partner, "sign_on_paper", "staff", day=warsaw_date(world.at), paper_in_office=True)
    if case.state in {"refused", "withdrawn"}:
        world.take(partner, {"refused": "refuse", "withdrawn": "withdraw"}[case.state], "staff", **REASON)
    return partner


def _text_is_read(world: World, _ref: Ref) -> Ready:
    """The signatory has opened the text."""
    return Ready({"digest": seen(world, _agreement(world), "leader")})


def _agreement(world: World) -> Ref:
    with world.writing() as tx:
        return Ref("agreement", tx.execute(select(Agreement.id)).scalar_one())


def _on_paper(world: World, _ref: Ref) -> Ready:
    return Ready({"day": warsaw_date(world.at), "paper_in_office": True})


PARTNER_PLAY = Play(
    rows=tuple(raw_rows("agreement_partner")),
    cases=PARTNER_CASES,
    holders=_partner_holders,
    is_public=lambda _case: False,
    strangers=_strangers,
    preparations={
        "receive_mandate": _given(signatory_name="Anna Nowak", signatory_function="prezes", mandate="KRS, 1 marca"),
        "sign": _text_is_read,
        "sign_on_paper": _on_paper,
        "refuse": _given(**REASON),
        "withdraw": _given(**REASON),
        "name_contact": _another_person,
        "keep_paper": _given(file=FILE, partner_paper="mandate"),
    },
    enter=_partner,
)
