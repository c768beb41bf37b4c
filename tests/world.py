"""A small programme to test against: people with roles, editions in any phase, proposals in any state, by legal steps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests import prepared
from tests.committee import adopt, decide_appeal, resolve
from tests.programme import DAYS_BEFORE, PASSWORD, PEOPLE, PHASES, SECTORS, Programme, shifted
from workflow.base.calendar import warsaw_date
from workflow.implementation.parts import CHANGE, MILESTONE, PLAN, REQUEST, begin_part
from workflow.models import Milestone
from workflow.rules.conflicts_of_interest import Answer
from workflow.rules.facts import Ref
from workflow.rules.impartiality import text_in
from workflow.selection.conflicts import Answered, declare

__all__ = ["PASSWORD", "PEOPLE", "PHASES", "SECTORS", "STATES", "World"]

STATES = ("idea", "group_work", "submitted", "returned", "admitted", "not_admitted", "presented", "selected", "reserve",
          "not_selected", "appealed", "in_implementation", "suspended", "completed", "settled", "cancelled",
          "withdrawn", "merged")  # fmt: skip
PHASE_OF = {
    **dict.fromkeys(("presented",), "summary"),
    **dict.fromkeys(("selected", "reserve", "not_selected"), "selection"),
    **dict.fromkeys(("in_implementation", "completed", "settled"), "agreement"),
}
SHEET = {
    "goals": "Otworzyć świetlicę dla dzieci i seniorów.",
    "places": ["Gąbin", "Łąck"],
    "beneficiaries": "Dzieci i osoby starsze z dwóch gmin.",
    "partners": "Gmina Gąbin: lokal. Stowarzyszenie Razem: opiekunowie.",
    "risks": "Remont lokalu może się przedłużyć.",
    "timetable": "Styczeń: remont. Marzec: otwarcie.",
    "cost": "12 500,00",
}
CHECKS = ["complete", "on_time", "leader", "partners", "area"]


class World(Programme):
    """Everything is written through the machine, as of moments before `now`; each call is one transaction."""

    def proposal_in(self, state: str, *, came_from: str | None = None, **rules: Any) -> Ref:
        """A proposal in a state, in an edition of its own that has come just as far as the state needs.

        `came_from` chooses the way: for appealed (not_admitted, not_selected, reserve), suspended (selected,
        in_implementation), cancelled, withdrawn and merged any state that the step may be taken from.
        """
        call = f"proposal {state} {came_from} {rules}"
        return prepared.first_call(self, call, lambda world: world._proposal_in(state, came_from, rules))

    def _proposal_in(self, state: str, came_from: str | None, rules: Mapping[str, Any]) -> Ref:
        with self.writing():
            way = came_from or {"appealed": "not_selected", "suspended": "in_implementation", "cancelled": "selected",
                                "withdrawn": "idea", "merged": "group_work"}.get(state, state)  # fmt: skip
            self.at = shifted(self.now, days=-DAYS_BEFORE[PHASE_OF.get(way, "conferences")])
            edition = self._draft(f"test-{self.made}", rules)
            self.to_phase(edition, "conferences")
            ref = self.idea(edition)
            self.lead(ref, way)
            if way != state:
                getattr(self, f"_make_{state}")(ref)
            return ref

    def idea(self, edition: Ref, *, who: str = "leader", title: str = "Świetlica „Razem”", **data: Any) -> Ref:
        """A new idea; its author leads it."""
        return self.create(
            "proposal", "record_idea", who, edition=edition, title=title, **({"sector": SECTORS[0]} | data)
        )

    def before_selection(self, count: int) -> tuple[Ref, list[Ref]]:
        """An edition in selection with so many presented proposals, which nothing has been decided about."""
        return prepared.first_call(self, f"before selection {count}", lambda world: world._before_selection(count))

    def _before_selection(self, count: int) -> tuple[Ref, list[Ref]]:
        edition = self.edition("conferences")
        refs = [self.idea(edition, title=f"Pomysł {number}") for number in range(count)]
        for ref in refs:
            self.lead(ref, "admitted")
        self.to_phase(edition, "summary")
        for ref in refs:
            self.take(ref, "present", "staff", presenter="Lider")
        self.to_phase(edition, "selection")
        return edition, refs

    def lead(self, ref: Ref, state: str) -> None:
        """Bring an idea to one of the states on the straight way, moving its edition along."""
        with self.writing():
            for one in _WAYS[state]:
                getattr(self, one)(ref)

    def form_group(self, ref: Ref) -> None:
        self.add_members(ref)
        self.take(ref, "form_group", "animator")

    def add_members(self, ref: Ref) -> None:
        for name in ("member", "member2"):
            self.take(ref, "add_member", "leader", person=self[name].id)

    def submit(self, ref: Ref) -> None:
        self.take(ref, "edit_sheet", "leader", **SHEET)
        self.take(ref, "submit", "leader")

    def send_back(self, ref: Ref) -> None:
        self.take(ref, "return_for_completion", "staff", reasons=["unclear"], explanation="Proszę dopisać partnerów.")

    def admit(self, ref: Ref) -> None:
        self.verify(ref)
        self.take(ref, "admit", "staff")

    def verify(self, ref: Ref) -> None:
        self.take(ref, "formal_check", "staff", checks=CHECKS)
        self.take(
            ref, "merit_opinion", "staff", unit="Wydział Inwestycji", opinion="positive", justification="Zasadny."
        )

    def refuse(self, ref: Ref) -> None:
        self.take(ref, "draft_refusal", "staff", ground="merit_powers", justification="Poza zadaniami powiatu.")
        self.take(ref, "refuse_admission", "staff2")

    def present(self, ref: Ref) -> None:
        self.to_phase(self.edition_of(ref), "summary")
        self.take(ref, "present", "staff", presenter="Lider")

    def decide(self, ref: Ref, outcome: str, *, position: int | None = None) -> None:
        """Let the committee adopt a resolution about a presented proposal, at a meeting of its own."""
        self.to_phase(self.edition_of(ref), "selection")
        self.adopt({ref: outcome}, positions={ref: position} if position else {})

    def adopt(
        self, outcomes: Mapping[Ref, str], *, positions: Mapping[Ref, int] | None = None, minutes: bool = True
    ) -> Ref:
        """A meeting at which everybody votes for one list, with approved minutes; returns the meeting."""
        with self.writing() as tx:
            edition, secretary = self.edition_of(next(iter(outcomes))), self["secretary"] if minutes else None
            self.at += timedelta(seconds=1)
            return adopt(tx, edition, outcomes, positions or {}, chair=self["chair"], secretary=secretary, at=self.at)

    def select(self, ref: Ref) -> None:
        self.decide(ref, "select")
        self.take(ref, "select", "chair")

    def reserve(self, ref: Ref) -> None:
        self.decide(ref, "place_on_reserve", position=1)
        self.take(ref, "place_on_reserve", "chair")

    def reject(self, ref: Ref) -> None:
        self.decide(ref, "reject")
        self.take(ref, "reject", "chair")

    def declare_conflict(self, ref: Ref, who: str, reason: str) -> None:
        """A member of a body declares a conflict of interest about a project."""
        answers, edition = {ref.id: Answered(Answer.CONFLICTED, reason)}, self.edition_of(ref)
        with self.writing() as tx:
            declare(tx, edition.id, answers, text_in("pl"), actor=self[who], at=self.now)

    def resolve(self, kind: str, *refs: Ref, carried: bool = True, **more: str) -> Ref:
        """A motion about announced projects is voted on at a meeting of its own and, if carried, adopted."""
        with self.writing() as tx:
            edition = self.edition_of(refs[0])
            self.at += timedelta(seconds=1)
            return resolve(tx, edition, kind, refs, chair=self["chair"], at=self.at, carried=carried, **more)

    def decide_appeal(self, ref: Ref, outcome: str) -> Ref:
        """The appeal body adopts a resolution about an appeal, to be announced by one of its members."""
        with self.writing() as tx:
            self.at += timedelta(seconds=1)
            return decide_appeal(tx, self.edition_of(ref), ref, outcome, chair=self["appeal_body"],
                                 beside=self["visitor"].id, at=self.at)  # fmt: skip

    def lose(self, ref: Ref) -> Ref:
        """A motion to select a presented project is voted down."""
        return self.resolve("decide", ref, carried=False, outcome="select")

    def start(self, ref: Ref) -> None:
        if self.phases[self.edition_of(ref)] in PHASES[: PHASES.index("agreement")]:
            self.to_phase(self.edition_of(ref), "agreement")
        self.prepare_start(ref)
        self.take(ref, "start_implementation", "staff")

    def prepare_start(self, ref: Ref) -> None:
        self.take(ref, "name_coordinator", "staff", person=self["coordinator"].id)
        self.take(ref, "accept_coordination", "coordinator")
        self.plan_milestone(ref)
        self.take(ref, "accept_plan", "coordinator")

    def plan_milestone(self, ref: Ref, who: str = "coordinator", **data: Any) -> Ref:
        """A milestone of a project, due in thirty days where nothing else is said."""
        given = {"title": "Remont lokalu", "due_on": warsaw_date(self.now) + timedelta(days=30)} | data
        with self.writing() as tx:
            self.at += timedelta(seconds=1)
            return begin_part(tx, ref.id, MILESTONE, PLAN, given, actor=self[who], at=self.at).ref

    def request_change(self, ref: Ref, who: str = "coordinator", **data: Any) -> Ref:
        """A request to change the plan of a project; another day of its first milestone where nothing else is said."""
        moved_to = warsaw_date(self.now) + timedelta(days=60)
        given = {"change_kind": "date", "milestone_number": 1, "new_day": moved_to, "reason": "Deszcz."} | data
        with self.writing() as tx:
            self.at += timedelta(seconds=1)
            return begin_part(tx, ref.id, CHANGE, REQUEST, given, actor=self[who], at=self.at).ref

    def milestones(self, ref: Ref) -> list[Ref]:
        """The milestones of a project that are open."""
        with self.writing() as tx:
            query = select(Milestone.id).where(Milestone.proposal_id == ref.id, Milestone.state == "planned")
            return [Ref("milestone", number) for number in tx.execute(query.order_by(Milestone.number)).scalars()]

    def complete(self, ref: Ref) -> None:
        self.finish(ref)
        self.take(ref, "complete", "staff")

    def finish(self, ref: Ref) -> None:
        for milestone in self.milestones(ref):
            self.take(milestone, "finish", "coordinator", outcome_text="Gotowe.")
        self.take(ref, "final_report", "coordinator", report="Świetlica działa.")
        self.take(ref, "accept_final_report", "staff")

    def close_accounts(self, ref: Ref) -> None:
        self.take(ref, "accept_settlement", "staff", remarks="Bez uwag.")
        self.take(ref, "settle", "staff", archive_category="B5")

    def settle(self, ref: Ref) -> None:
        for one in (self.start, self.complete, self.close_accounts):
            one(ref)

    def _make_appealed(self, ref: Ref) -> None:
        self.take(ref, "appeal", "leader", grounds="Ocena pominęła partnerów.")

    def _make_suspended(self, ref: Ref) -> None:
        self.take(ref, "suspend", "staff", reason="Zalany lokal.", resume_on=warsaw_date(self.now) + timedelta(days=30))

    def _make_cancelled(self, ref: Ref) -> None:
        given = {"cancel_ground": "no_funds", "justification": "Brak środków."}
        self.take(ref, "propose_cancellation", "staff", **given)
        self.take(ref, "cancel", "chair", **given)

    def _make_withdrawn(self, ref: Ref) -> None:
        self.take(ref, "withdraw", "leader", reason="Zmiana planów.", group_informed=True)

    def _make_merged(self, ref: Ref) -> None:
        other = self.sibling(ref)
        self.agree(ref, other)
        self.take(ref, "merge_into", "staff", target=other.id)

    def sibling(self, ref: Ref) -> Ref:
        """Another proposal of the same edition, in group work, led by somebody else."""
        other = self.idea(self.edition_of(ref), who="leader2", title="Klub sąsiedzki")
        for name in ("participant", "member2"):
            self.take(other, "add_member", "leader2", person=self[name].id)
        self.take(other, "form_group", "animator")
        return other

    def agree(self, ref: Ref, other: Ref) -> None:
        """Both leaders agree to a merger."""
        self.take(ref, "agree_to_merge", "leader", target=other.id)
        self.take(other, "agree_to_merge", "leader2", target=ref.id)


_START = ("form_group", "submit")
_SHOWN = (*_START, "admit", "present")
_BEGUN = (*_SHOWN, "select", "start")
_WAYS: Mapping[str, tuple[str, ...]] = {
    "idea": (),
    "group_work": ("form_group",),
    "submitted": _START,
    "returned": (*_START, "send_back"),
    "admitted": (*_START, "admit"),
    "not_admitted": (*_START, "refuse"),
    "presented": _SHOWN,
    "selected": (*_SHOWN, "select"),
    "reserve": (*_SHOWN, "reserve"),
    "not_selected": (*_SHOWN, "reject"),
    "in_implementation": _BEGUN,
    "completed": (*_BEGUN, "complete"),
    "settled": (*_BEGUN, "complete", "close_accounts"),
}
