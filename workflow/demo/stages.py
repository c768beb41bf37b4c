"""The stages of a made-up proposal: each is a few steps by the right people; pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from workflow.demo import plans

Book = Mapping[str, Any]
OFFICE, SECOND, SECRETARY, CHAIR = "pracownik", "kierownik", "protokolant", "przewodniczacy"
COORDINATOR, ANIMATOR, APPEALS = "koordynator", "animator", "odwolania"
IDEA = ("title", "summary", "sector", "area", "principle", "places", "author_as_group")
FORMAL = ["complete", "on_time", "leader", "partners", "area"]
# What the committee decides at a meeting instead of by a step.
MEETING = "(meeting)"
# What the appeal body votes on at a meeting of its own, before it is announced.
APPEAL_MEETING = "(appeal meeting)"


class Beat(Struct, frozen=True):
    """One step and who takes it."""

    who: str
    step: str
    data: Mapping[str, Any] = field(default_factory=dict)


Stage = Callable[[Book, int], Iterator[Beat]]
STAGES: dict[str, Stage] = {}


def stage(function: Stage) -> Stage:
    """Register a stage under the name of its function."""
    STAGES[function.__name__] = function
    return function


@stage
def idea(p: Book, _number: int) -> Iterator[Beat]:
    """Its author records the idea."""
    yield Beat(p.get("author", p["leader"]), "record_idea", {name: p[name] for name in IDEA if name in p})


@stage
def team(p: Book, _number: int) -> Iterator[Beat]:
    """People join; whoever leads is named and accepts."""
    author, leader = p.get("author", p["leader"]), p["leader"]
    if author != leader:
        yield Beat(ANIMATOR, "name_leader", {"person": leader})
        yield Beat(leader, "accept_lead")
    for person in p.get("members", ()):
        if person not in (author, leader):
            yield Beat(leader, "add_member", {"person": person})
    for name in p.get("names", ()):
        yield Beat(leader, "add_member", {"name": name})


@stage
def group(_p: Book, _number: int) -> Iterator[Beat]:
    """A group is formed of those who joined."""
    yield Beat(ANIMATOR, "form_group")


@stage
def sheet(p: Book, _number: int) -> Iterator[Beat]:
    """The leader fills in the sheet."""
    yield Beat(p["leader"], "edit_sheet", p["sheet"])


@stage
def submit(p: Book, _number: int) -> Iterator[Beat]:
    """The leader hands the project in."""
    yield Beat(p["leader"], "submit")


@stage
def send_back(p: Book, _number: int) -> Iterator[Beat]:
    """The office returns it for completion."""
    yield Beat(OFFICE, "return_for_completion", p["returned"])


@stage
def resubmit(p: Book, _number: int) -> Iterator[Beat]:
    """The leader completes the sheet and hands it in again."""
    yield Beat(p["leader"], "edit_sheet", p["completed"])
    yield Beat(p["leader"], "resubmit")


@stage
def expire(_p: Book, _number: int) -> Iterator[Beat]:
    """The time for completing it runs out."""
    yield Beat("system", "expire_completion")


@stage
def give_up(_p: Book, _number: int) -> Iterator[Beat]:
    """The time for handing in runs out with nothing handed in."""
    yield Beat("system", "expire_unsubmitted")


@stage
def verify(p: Book, _number: int) -> Iterator[Beat]:
    """Two people of the office write the formal check and the opinion."""
    unit, justification = p.get("opinion", ("Wydział Rozwoju", "Projekt jest zasadny i możliwy do wykonania."))
    yield Beat(OFFICE, "formal_check", {"checks": FORMAL})
    yield Beat(SECOND, "merit_opinion", {"unit": unit, "opinion": "positive", "justification": justification})


@stage
def admit(_p: Book, _number: int) -> Iterator[Beat]:
    """The office admits it to the selection."""
    yield Beat(OFFICE, "admit")


@stage
def refuse(p: Book, _number: int) -> Iterator[Beat]:
    """One of the office drafts the refusal, a second one decides."""
    yield Beat(OFFICE, "draft_refusal", p["refusal"])
    yield Beat(SECOND, "refuse_admission")


@stage
def merge(p: Book, _number: int) -> Iterator[Beat]:
    """The leader agrees to merge it into another proposal."""
    yield Beat(p["leader"], "agree_to_merge", {"target": p["target"]})


@stage
def join(p: Book, _number: int) -> Iterator[Beat]:
    """It becomes a part of the other proposal."""
    yield Beat(ANIMATOR, "merge_into", {"target": p["target"]})


@stage
def agree(p: Book, _number: int) -> Iterator[Beat]:
    """The leader agrees to take in another proposal."""
    yield Beat(p["leader"], "agree_to_merge", {"target": p["takes_in"]})


@stage
def present(p: Book, _number: int) -> Iterator[Beat]:
    """The group presents the project at the conference."""
    yield Beat(ANIMATOR, "present", {"presenter": p.get("presenter", "lider grupy")})


@stage
def decide(p: Book, _number: int) -> Iterator[Beat]:
    """The committee decides at a meeting, see `workflow.demo.simulation`; whoever declared a conflict is recused."""
    given = {name: p[name] for name in ("title", "outcome", "position", "justification") if name in p}
    yield Beat(CHAIR, MEETING, given)


@stage
def announce(p: Book, _number: int) -> Iterator[Beat]:
    """What the committee decided is announced."""
    yield Beat(CHAIR, p["outcome"])


@stage
def appeal(p: Book, _number: int) -> Iterator[Beat]:
    """The leader appeals."""
    yield Beat(p["leader"], "appeal", {"grounds": p["grounds"]})


@stage
def dismiss(p: Book, _number: int) -> Iterator[Beat]:
    """The appeal body votes at a meeting of its own, and its chair announces what it resolved."""
    yield Beat(APPEALS, APPEAL_MEETING, {"title": p["title"], "outcome": "dismiss", "justification": p["dismissal"]})
    yield Beat(APPEALS, "dismiss_appeal")


@stage
def coordinate(p: Book, _number: int) -> Iterator[Beat]:
    """A coordinator is named and accepts plan, promises and risks."""
    yield Beat(OFFICE, "name_coordinator", {"person": COORDINATOR})
    yield Beat(COORDINATOR, "accept_coordination")
    yield from (Beat(COORDINATOR, plans.PLAN, data) for data in plans.planned(p))
    yield from (Beat(COORDINATOR, "note_promise", data) for data in plans.promises(p))
    yield from (Beat(COORDINATOR, "note_risk", data) for data in p.get("risks", ()))
    yield Beat(COORDINATOR, "accept_plan")


@stage
def start(_p: Book, _number: int) -> Iterator[Beat]:
    """The office lets the work begin."""
    yield Beat(OFFICE, "start_implementation")


@stage
def progress(p: Book, _number: int) -> Iterator[Beat]:
    """Milestones that are done, what was spent, and the report about a period, accepted by the office."""
    yield from (Beat(COORDINATOR, plans.FINISH, data) for data in plans.finished(p, 1, p.get("done", 0)))
    yield from (Beat(COORDINATOR, "note_expense", expense) for expense in p.get("expenses", ()))
    yield Beat(COORDINATOR, "report_progress", p["report"])
    yield Beat(OFFICE, "accept_report")
    for change in p.get("changes", ()):
        yield Beat(COORDINATOR, plans.ASK, change["asked"])
        if "decided" in change:
            yield Beat(OFFICE, plans.DECIDE, change["decided"])


@stage
def finish(p: Book, _number: int) -> Iterator[Beat]:
    """The remaining milestones, the final report, and its acceptance."""
    rest = plans.finished(p, p.get("done", 0) + 1, len(p["milestones"]))
    yield from (Beat(COORDINATOR, plans.FINISH, data) for data in rest)
    yield from (Beat(COORDINATOR, "note_expense", expense) for expense in p.get("spent_later", ()))
    yield Beat(COORDINATOR, "final_report", p["final"])
    yield Beat(OFFICE, "accept_final_report")
    yield Beat(OFFICE, "complete")


@stage
def settle(p: Book, _number: int) -> Iterator[Beat]:
    """What was spent is accepted and the project is settled."""
    yield Beat(SECOND, "accept_settlement", p["settlement"])
    yield Beat(SECOND, "settle", {"archive_category": "B5"})


@stage
def suspend(p: Book, _number: int) -> Iterator[Beat]:
    """The work rests for a while."""
    yield Beat(OFFICE, "suspend", p["pause"])


@stage
def cancel(p: Book, _number: int) -> Iterator[Beat]:
    """Its cancellation is proposed and decided."""
    yield Beat(OFFICE, "propose_cancellation", p["cancellation"])
    yield Beat(CHAIR, "cancel", p["cancellation"])


@stage
def withdraw(p: Book, _number: int) -> Iterator[Beat]:
    """The leader withdraws it."""
    yield Beat(p["leader"], "withdraw", {"reason": p["withdrawal"], "group_informed": True})


@stage
def acknowledge(_p: Book, _number: int) -> Iterator[Beat]:
    """The office takes note of the withdrawal."""
    yield Beat(OFFICE, "acknowledge_withdrawal")


@stage
def promote(p: Book, _number: int) -> Iterator[Beat]:
    """The committee resolves to promote it, the office offers the place, and the leader accepts."""
    yield Beat(CHAIR, MEETING, {"title": p["title"], "kind": "promote", "justification": p["promotion"]})
    yield Beat(OFFICE, "offer_place")
    yield Beat(p["leader"], "promote_from_reserve")
