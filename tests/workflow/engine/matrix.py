"""The matrix of states, steps and people: what a subject needs before each step, and who may take it, by hand.

Nothing here asks the machine. Rows are read from the raw TOML; whom a row's words mean is written down below.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from tests.world import CHECKS, SHEET, World
from workflow.base.calendar import warsaw_date
from workflow.engine import machine
from workflow.lifecycle.definition import FOLDER
from workflow.models import Affiliation, GroupInvitation, Organisation, Promise, ProposalFile, Risk
from workflow.rules.facts import Ref
from workflow.rules.stored_file import StoredFile

ACTORS = ("staff", "leader", "leader2", "member", "member2", "participant", "may_lead", "animator", "coordinator",
          "other_coordinator", "chair", "committee1", "secretary", "appeal_body", "partner", "initiator", "visitor", "admin",
          "system")  # fmt: skip
# Everybody holds these by a role in the edition, whatever the subject.
HOLDERS: Mapping[str, frozenset[str]] = {
    "participant": frozenset({"leader", "leader2", "member", "member2", "participant"}),
    "animator": frozenset({"animator"}),
    "staff": frozenset({"staff"}),
    "staff_anywhere": frozenset({"staff"}),
    "committee_member": frozenset({"committee1"}),
    "committee_chair": frozenset({"chair"}),
    # The chair is there: nobody stands in.
    "announcing_deputy": frozenset(),
    "secretary": frozenset({"secretary"}),
    "appeal_body": frozenset({"appeal_body"}),
    "partner": frozenset({"partner"}),
    "admin": frozenset({"admin"}),
    "system": frozenset({"system"}),
}
PUBLIC = frozenset({"selected", "reserve", "in_implementation", "suspended", "completed", "settled", "cancelled"})
WITH_COORDINATOR = frozenset({"in_implementation", "completed", "settled"})


@dataclass(frozen=True)
class Row:
    """One row of the raw table."""

    id: str
    name: str
    sources: tuple[str, ...]
    target: str | None
    came_from: tuple[str, ...]
    who: tuple[str, ...]
    tells: str
    paper: bool


def raw_rows(table: str) -> list[Row]:
    """Steps and records as the file has them."""
    found = tomllib.loads((FOLDER / f"{table}.toml").read_text("utf-8"))
    states = [state["key"] for state in found["state"]]
    rows = []
    for raw in (*found["step"], *found.get("record", ())):
        sources = raw["from"] if "from" in raw else raw["in"]
        everywhere = [state for state in states if state != raw.get("to")] if sources == ["*"] else sources
        rows.append(
            Row(raw.get("id", raw["name"]), raw["name"], tuple(everywhere), raw.get("to"),
                tuple(raw.get("came_from", ())), tuple(raw["who"]), raw.get("tells", ""), raw.get("paper", False))
        )  # fmt: skip
    return rows


@dataclass(frozen=True)
class Case:
    """A state of a proposal, and the state that it remembers having left."""

    state: str
    came_from: str | None = None

    def __str__(self) -> str:
        return f"{self.state}-from-{self.came_from}" if self.came_from else self.state


CASES = (
    *map(Case, ("idea", "group_work", "submitted", "returned", "admitted", "not_admitted", "presented", "selected",
                "reserve", "not_selected", "in_implementation", "completed", "settled", "withdrawn", "merged")),
    *(Case("appealed", left) for left in ("not_admitted", "not_selected", "reserve")),
    *(Case("suspended", left) for left in ("selected", "in_implementation")),
    Case("cancelled", "in_implementation"),
)  # fmt: skip


def holders(case: Case, meant: "Meant") -> dict[str, frozenset[str]]:
    """Whom each word of a row's `who` means for a proposal in this case; a preparation may have changed that."""
    alone = case.state in {"idea", "withdrawn"}
    group = {"leader"} if alone else {"leader", "member", "member2"}
    coordinated = case.state in WITH_COORDINATOR or case.came_from == "in_implementation"
    here = {
        "group_leader": {"leader"},
        "named_leader": set(),
        "either_leader": {"leader", "leader2"} if case.state == "merged" else {"leader"},
        "group_member": group,
        "group_editor": group,
        "deputy": set(),
        "invited": set(),
        "coordinator": {"coordinator"} if coordinated else set(),
        "named_coordinator": set(),
        "promisor": set(),
    }
    return dict(HOLDERS) | {name: frozenset(people) for name, people in (here | dict(meant)).items()}


@dataclass
class Ready:
    """What a step still needs: the answers, and whom the preparation has made what."""

    data: dict[str, Any] = field(default_factory=dict)
    meant: dict[str, set[str]] = field(default_factory=dict)
    # Who may, and yet has to do something else before.
    waits: set[str] = field(default_factory=set)


Meant = Mapping[str, set[str]]
Preparation = Callable[[World, Ref], Ready]


def _given(**data: Any) -> Preparation:
    return lambda _world, _ref: Ready(data)


def _after(*deeds: Callable[[World, Ref], Any], **data: Any) -> Preparation:
    def prepare(world: World, ref: Ref) -> Ready:
        for deed in deeds:
            deed(world, ref)
        return Ready(data)

    return prepare


def _take(step: str, who: str, **data: Any) -> Callable[[World, Ref], Any]:
    return lambda world, ref: world.take(ref, step, who, **data)


def _with_line(*deeds: Callable[[World, Ref], Any], **data: Any) -> Preparation:
    """A day on which money can be spent; the line of the budget came with the accepted plan."""

    def prepare(world: World, ref: Ref) -> Ready:
        for deed in deeds:
            deed(world, ref)
        return Ready({**data, **({"day": warsaw_date(world.at)} if "amount" in data else {})})

    return prepare


def _spend(world: World, ref: Ref) -> None:
    world.take(ref, "note_expense", "coordinator", day=warsaw_date(world.at), **EXPENSE)


def _phase(phase: str) -> Callable[[World, Ref], Any]:
    return lambda world, ref: world.to_phase(world.edition_of(ref), phase)


def _days(days: int) -> Callable[[World, Ref], Any]:
    return lambda world, _ref: world.wait(days)


def _decided(outcome: str, **more: Any) -> Preparation:
    return _after(lambda world, ref: world.decide(ref, outcome, **more))


def _resolved(kind: str, **data: Any) -> Preparation:
    return _after(lambda world, ref: world.resolve(kind, ref), **data)


def _of_appeal(outcome: str) -> Preparation:
    return _after(lambda world, ref: world.decide_appeal(ref, outcome))


def _offer(world: World, ref: Ref) -> None:
    world.resolve("promote", ref)
    world.take(ref, "offer_place", "staff")


def _offered(world: World, ref: Ref) -> Ready:
    _offer(world, ref)
    return Ready()


def _person(name: str, *deeds: Callable[[World, Ref], Any]) -> Preparation:
    def prepare(world: World, ref: Ref) -> Ready:
        for deed in deeds:
            deed(world, ref)
        return Ready({"person": world[name].id})

    return prepare


def _lead_accepted(world: World, ref: Ref) -> Ready:
    world.take(ref, "name_leader", "staff", person=world["leader2"].id)
    return Ready(meant={"named_leader": {"leader2"}})


def _coordination_accepted(world: World, ref: Ref) -> Ready:
    world.take(ref, "name_coordinator", "staff", person=world["other_coordinator"].id)
    return Ready(meant={"named_coordinator": {"other_coordinator"}})


def _of_group(name: str, **data: Any) -> Preparation:
    def prepare(world: World, ref: Ref) -> Ready:
        if world.state(ref) == "idea":
            world.take(ref, "add_member", "leader", person=world[name].id)
        return Ready({"person": world[name].id, **data})

    return prepare


def _deputised(world: World, ref: Ref) -> Ready:
    world.take(ref, "name_deputy", "leader", **_of_group("member2")(world, ref).data)
    return Ready(meant={"deputy": {"member2"}})


def _invited(world: World, ref: Ref) -> Ready:
    invitation = {
        "proposal_id": ref.id, "email": "", "role": "comment", "token_digest": "", "invited_by_id": world["leader"].id,
        "accepted_by_id": world["participant"].id, "is_fresh": True,
        **dict.fromkeys(("invited_at", "sent_at", "expires_at", "closed_at"), world.at),
    }  # fmt: skip
    with world.writing() as tx:
        tx.execute(insert(GroupInvitation).values(invitation))
    return Ready({"person": world["participant"].id}, {"invited": {"participant"}})


def _consenting(world: World, ref: Ref) -> Ready:
    return Ready({"target": world.sibling(ref).id})


def _agreed(world: World, ref: Ref) -> Ready:
    other = world.sibling(ref)
    world.agree(ref, other)
    return Ready({"target": other.id})


def _presentable(world: World, ref: Ref) -> None:
    world.to_phase(world.edition_of(ref), "summary")


def _resumable(world: World, _ref: Ref) -> Ready:
    return Ready({"reason": "Zalany lokal.", "resume_on": warsaw_date(world.at) + timedelta(days=30)})


def _extendable(world: World, _ref: Ref) -> Ready:
    return Ready({"reason": "Choroba lidera.", "due_on": warsaw_date(world.at) + timedelta(days=20)})


def _longer(world: World, ref: Ref) -> Ready:
    """After the deadline of the edition, and before the summary conference."""
    with world.writing() as tx:
        until = machine.facts_of(tx, [ref], actor=world["staff"])[ref].submission_until
    assert until is not None
    return Ready({"reason": "Choroba lidera.", "due_on": warsaw_date(until) + timedelta(days=1)})


def _startable(world: World, ref: Ref) -> Ready:
    world.to_phase(world.edition_of(ref), "agreement")
    world.prepare_start(ref)
    return Ready(meant={"coordinator": {"coordinator"}})


def _plannable(world: World, ref: Ref) -> Ready:
    """A coordinator who accepted, and one milestone; a plan that is accepted already stays so."""
    if world.state(ref) == "selected":
        world.take(ref, "name_coordinator", "staff", person=world["coordinator"].id)
        world.take(ref, "accept_coordination", "coordinator")
        world.plan_milestone(ref)
        return Ready(meant={"coordinator": {"coordinator"}})
    return Ready()


def _at_risk(world: World, ref: Ref) -> Ready:
    """A risk that was noted before the project was completed or suspended."""
    with world.writing() as tx:
        row = {"proposal_id": ref.id, "number": 1, "title": "Deszcz", "likelihood": 2, "impact": 1, "state": "open",
               "noted_at": world.at}  # fmt: skip
        tx.execute(insert(Risk).values(row))
    return Ready({"risk_number": 1, "risk_state": "closed"})


def _risk_of_nobody(world: World, ref: Ref) -> Ready:
    _at_risk(world, ref)
    return Ready({"risk_number": 1, "person": world["member2"].id})


def _with_picture(**data: Any) -> Preparation:
    """A picture among the files of the project."""

    def prepare(world: World, ref: Ref) -> Ready:
        row = {"proposal_id": ref.id, "name": "otwarcie.jpg", "kind": "picture", "media_type": "image/jpeg", "size": 1,
               "sha256": "0" * 64, "key": f"{ref.id:032x}", "has_small": True, "added_by_id": world["staff"].id,
               "added_at": world.at}  # fmt: skip
        with world.writing() as tx:
            number = tx.execute(insert(ProposalFile).values(row).returning(ProposalFile.id)).scalar_one()
        return Ready({"picture_file": number, **data})

    return prepare


def _judgeable(world: World, ref: Ref) -> Ready:
    """A promise that was noted before the project was completed or suspended."""
    with world.writing() as tx:
        row = {"proposal_id": ref.id, "partner": "Gmina", "text": "Lokal.", "state": "open", "created_at": world.at}
        number = tx.execute(insert(Promise).values(row).returning(Promise.id)).scalar_one()
    return Ready({"promise_number": number, "promise_state": "kept"})


REASON = {"reason": "Zmiana planów."}
CANCELLATION = {"cancel_ground": "no_funds", "justification": "Brak środków."}
EXPENSE = {"line_number": 1, "expense_kind": "spent", "amount": "10,00", "paid_for": "Farba"}
REPORT = {"light": "green", "report": "Prace trwają."}
FILE = StoredFile(name="list.pdf", type="application/pdf", size=1, sha256="0" * 64)


def _reporting(world: World, _ref: Ref) -> Ready:
    return Ready({"period_to": warsaw_date(world.at), **REPORT})


def _report(world: World, ref: Ref) -> None:
    world.take(ref, "report_progress", "coordinator", period_to=warsaw_date(world.at), **REPORT)


def _promising(world: World, ref: Ref) -> Ready:
    """The partner's organisation has promised something to the project."""
    known = {"name": "Gmina Gąbin", "search": "gmina gabin", "created_at": world.at}
    with world.writing() as tx:
        number = tx.execute(insert(Organisation).values(known).returning(Organisation.id)).scalar_one()
        tx.execute(insert(Affiliation).values(person_id=world["partner"].id, organisation_id=number))
        promise = {
            "proposal_id": ref.id,
            "organisation_id": number,
            "partner": "Gmina",
            "text": "Lokal.",
            "state": "open",
        }
        tx.execute(insert(Promise).values(**promise, created_at=world.at))
    return Ready({"for_organisation": number, "report_part": "Lokal gotowy."}, meant={"promisor": {"partner"}})


def _asking(world: World, _ref: Ref) -> Ready:
    return Ready({"due_on": warsaw_date(world.at) + timedelta(days=5), **REASON})


# What each step and record needs before it can be taken; those that are missing here need nothing.
PREPARATIONS: Mapping[str, Preparation] = {
    "form_group": _after(World.add_members),
    "submit": _after(_take("edit_sheet", "leader", **SHEET)),
    "return_for_completion": _given(reasons=["unclear"], explanation="Proszę dopisać partnerów."),
    "resubmit": _given(explanation="Dopisaliśmy partnerów."),
    "expire_completion": _after(_days(20)),
    "admit": _after(World.verify),
    "refuse_admission": _after(_take("draft_refusal", "staff2", ground="merit_cost", justification="Za drogo.")),
    "reopen_for_changes": _after(_take("ask_for_changes", "leader", **REASON)),
    "present": _after(_presentable, presenter="Lider"),
    "mark_not_presented": _after(_presentable, minutes_reference="Punkt 4"),
    "select": _decided("select"),
    "place_on_reserve": _decided("place_on_reserve", position=1),
    "reject": _decided("reject"),
    "appeal": _given(grounds="Ocena pominęła partnerów."),
    "uphold_admission_appeal": _of_appeal("uphold"),
    "uphold_selection_appeal": _of_appeal("uphold"),
    "dismiss_appeal": _of_appeal("dismiss"),
    "offer_place": _resolved("promote"),
    "promote_from_reserve": _offered,
    "decline_place": _offered,
    "lapse_offer": _after(_offer, _days(30)),
    "expire_reserve": _after(_days(400)),
    "annul_decision": _resolved("annul"),
    "start_implementation": _startable,
    "report_progress": _reporting,
    "return_report": _after(_report, **REASON),
    "mend_report": _after(_report, _take("return_report", "staff", **REASON), **REPORT),
    "add_report_part": _promising,
    "ask_for_report": _asking,
    "skip_report": _given(**REASON),
    "set_report_days": _given(days=30, **REASON),
    "suspend": _resumable,
    "complete": _after(World.finish),
    "settle": _after(_take("accept_settlement", "staff", remarks="Bez uwag."), archive_category="B5"),
    "reopen": _given(**REASON),
    "cancel": _resolved("cancel", **CANCELLATION),
    "withdraw": _given(group_informed=True, **REASON),
    "expire_unsubmitted": _after(_days(60)),
    "reinstate": _after(_take("ask_to_reinstate", "leader", **REASON)),
    "merge_into": _agreed,
    "unmerge": _after(_take("ask_to_unmerge", "leader2", **REASON)),
    "edit_sheet": _given(summary="Nowe słowa."),
    "add_member": _person("participant"),
    "join_group": _invited,
    "set_place": _of_group("member2", place="comment"),
    "leave_group": lambda _world, _ref: Ready(waits={"leader"}),
    "remove_member": _of_group("member2"),
    "name_leader": _person("leader2"),
    "accept_lead": _lead_accepted,
    "decline_lead": _lead_accepted,
    "name_deputy": _of_group("member2"),
    "end_deputy": _deputised,
    "take_in": _consenting,
    "let_go": _consenting,
    "assign_animator": _person("animator"),
    "assign_reviewer": _person("staff2"),
    "flag_duplicate": _given(explanation="Podobny do innego."),
    "clear_duplicate": _after(_take("flag_duplicate", "staff", explanation="Podobny."), explanation="Jednak inny."),
    "formal_check": _given(checks=CHECKS),
    "merit_opinion": _given(unit="Wydział", opinion="positive", justification="Zasadny."),
    "draft_refusal": _given(ground="merit_cost", justification="Za drogo."),
    "extend_completion": _extendable,
    "checklist": _given(points=[{"point": "complete", "answer": "yes"}]),
    "extend_submission": _longer,
    "ask_for_changes": _given(**REASON),
    "declare_conflict": _given(**REASON),
    "name_coordinator": _person("other_coordinator"),
    "accept_coordination": _coordination_accepted,
    "note_expense": _with_line(**EXPENSE),
    "strike_expense": _with_line(_spend, expense_number=1, reason="Pomyłka."),
    "accept_report": _after(_report),
    "accept_plan": _plannable,
    "show_picture": _with_picture(picture_description="Otwarcie świetlicy."),
    "hide_picture": _with_picture(),
    "note_risk": _given(risk="Deszcz", likelihood="2", impact="1"),
    "assign_risk": _risk_of_nobody,
    "settle_risk": _at_risk,
    "note_promise": _given(partner="Gmina Gąbin", promise="Lokal na świetlicę."),
    "judge_promise": _judgeable,
    "check_reserve": _given(remarks="Lista rezerwowa jest pusta."),
    "final_report": _given(report="Gotowe."),
    "accept_final_report": _after(_take("final_report", "coordinator", report="Gotowe.")),
    "return_final_report": _after(_take("final_report", "coordinator", report="Gotowe."), **REASON),
    "accept_settlement": _given(remarks="Bez uwag."),
    "propose_cancellation": _given(**CANCELLATION),
    "note_notice": lambda world, _ref: Ready({"notice_on": warsaw_date(world.at), **REASON}),
    "shift_term": _given(days=14, **REASON),
    "shift_report": _given(days=14, **REASON),
    "ask_to_reinstate": _given(**REASON),
    "attach_file": _given(file=FILE, file_kind="letter"),
    "remove_file": _given(file=FILE),
    "attach_slides": _given(file=FILE),
    "remove_slides": _given(file=FILE),
    "agree_to_merge": _consenting,
    "ask_to_unmerge": _given(**REASON),
}  # fmt: skip
# Answers for a step that is refused because of what went before, and for nothing else.
ANSWERS: Mapping[str, Mapping[str, Any]] = {}
# A withdrawal has a term only where the proposal had been selected, the reserve list only where a place is offered.
# A plan that was accepted before the project started is not accepted again.
NEVER_READY = frozenset({("withdrawn", "shift_term"), ("reserve", "shift_term"), ("in_implementation", "accept_plan")})
# Steps that a guard holds back until the preparation has been done.
HELD_BACK = frozenset({
    "form_group", "submit", "expire_completion", "admit", "refuse_admission", "reopen_for_changes", "present",
    "mark_not_presented", "select", "place_on_reserve", "reject", "expire_reserve", "start_implementation", "complete",
    "settle", "offer_place", "promote_from_reserve", "decline_place", "lapse_offer", "annul_decision", "cancel",
    "expire_unsubmitted", "reinstate", "merge_into", "unmerge", "clear_duplicate", "accept_report",
    "accept_final_report", "uphold_admission_appeal", "uphold_selection_appeal", "dismiss_appeal", "strike_expense",
    "return_report", "mend_report", "return_final_report",
})  # fmt: skip
