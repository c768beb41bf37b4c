"""The stages of a made-up proposal: each is a few steps by the right people; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from workflow.demo import plans

Book = Mapping[str, Any]
OFFICE, SECOND, CHAIR, SYSTEM = "pracownik", "kierownik", "przewodniczacy", "system"
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


def _team(p: Book) -> Iterator[Beat]:
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


def _verify(p: Book) -> Iterator[Beat]:
    """Two people of the office write the formal check and the opinion."""
    unit, justification = p.get("opinion", ("Wydział Rozwoju", "Projekt jest zasadny i możliwy do wykonania."))
    yield Beat(OFFICE, "formal_check", {"checks": FORMAL})
    yield Beat(SECOND, "merit_opinion", {"unit": unit, "opinion": "positive", "justification": justification})


def _decide(p: Book) -> Iterator[Beat]:
    """The committee decides at a meeting, see `workflow.demo.simulation`; whoever declared a conflict is recused."""
    given = {name: p[name] for name in ("title", "outcome", "position", "justification") if name in p}
    yield Beat(CHAIR, MEETING, given)


def _dismiss(p: Book) -> Iterator[Beat]:
    """The appeal body votes at a meeting of its own, and its chair announces what it resolved."""
    yield Beat(APPEALS, APPEAL_MEETING, {"title": p["title"], "outcome": "dismiss", "justification": p["dismissal"]})
    yield Beat(APPEALS, "dismiss_appeal")


def _coordinate(p: Book) -> Iterator[Beat]:
    """A coordinator is named and accepts plan, promises and risks."""
    yield Beat(OFFICE, "name_coordinator", {"person": COORDINATOR})
    yield Beat(COORDINATOR, "accept_coordination")
    yield from (Beat(COORDINATOR, plans.PLAN, data) for data in plans.planned(p))
    yield from (Beat(COORDINATOR, "note_promise", data) for data in plans.promises(p))
    yield from (Beat(COORDINATOR, "note_risk", data) for data in p.get("risks", ()))
    yield Beat(COORDINATOR, "accept_plan")


def _progress(p: Book) -> Iterator[Beat]:
    """Milestones that are done, what was spent, and the report about a period, accepted by the office."""
    yield from (Beat(COORDINATOR, plans.FINISH, data) for data in plans.finished(p, 1, p.get("done", 0)))
    yield from (Beat(COORDINATOR, "note_expense", expense) for expense in p.get("expenses", ()))
    yield Beat(COORDINATOR, "report_progress", p["report"])
    yield Beat(OFFICE, "accept_report")
    for change in p.get("changes", ()):
        yield Beat(COORDINATOR, plans.ASK, change["asked"])
        if "decided" in change:
            yield Beat(OFFICE, plans.DECIDE, change["decided"])


def _finish(p: Book) -> Iterator[Beat]:
    """The remaining milestones, the final report, and its acceptance."""
    rest = plans.finished(p, p.get("done", 0) + 1, len(p["milestones"]))
    yield from (Beat(COORDINATOR, plans.FINISH, data) for data in rest)
    yield from (Beat(COORDINATOR, "note_expense", expense) for expense in p.get("spent_later", ()))
    yield Beat(COORDINATOR, "final_report", p["final"])
    yield Beat(OFFICE, "accept_final_report")
    yield Beat(OFFICE, "complete")


def _promote(p: Book) -> Iterator[Beat]:
    """The committee resolves to promote it, the office offers the place, and the leader accepts."""
    yield Beat(CHAIR, MEETING, {"title": p["title"], "kind": "promote", "justification": p["promotion"]})
    yield Beat(OFFICE, "offer_place")
    yield Beat(p["leader"], "promote_from_reserve")


STAGES: Mapping[str, Callable[[Book], Iterable[Beat]]] = {
    "idea": lambda p: [
        Beat(p.get("author", p["leader"]), "record_idea", {name: p[name] for name in IDEA if name in p})
    ],
    "team": _team,
    # A group is formed of those who joined.
    "group": lambda _p: [Beat(ANIMATOR, "form_group")],
    "sheet": lambda p: [Beat(p["leader"], "edit_sheet", p["sheet"])],
    "submit": lambda p: [Beat(p["leader"], "submit")],
    # The office returns it for completion; the leader completes the sheet and hands it in again, or the time runs out.
    "send_back": lambda p: [Beat(OFFICE, "return_for_completion", p["returned"])],
    "resubmit": lambda p: [Beat(p["leader"], "edit_sheet", p["completed"]), Beat(p["leader"], "resubmit")],
    "expire": lambda _p: [Beat(SYSTEM, "expire_completion")],
    # The time for handing in runs out with nothing handed in.
    "give_up": lambda _p: [Beat(SYSTEM, "expire_unsubmitted")],
    "verify": _verify,
    "admit": lambda _p: [Beat(OFFICE, "admit")],
    # One of the office drafts the refusal, a second one decides.
    "refuse": lambda p: [Beat(OFFICE, "draft_refusal", p["refusal"]), Beat(SECOND, "refuse_admission")],
    # The leader agrees to merge it into another proposal, and it becomes a part of that; or takes in another one.
    "merge": lambda p: [Beat(p["leader"], "agree_to_merge", {"target": p["target"]})],
    "join": lambda p: [Beat(ANIMATOR, "merge_into", {"target": p["target"]})],
    "agree": lambda p: [Beat(p["leader"], "agree_to_merge", {"target": p["takes_in"]})],
    # The group presents the project at the conference.
    "present": lambda p: [Beat(ANIMATOR, "present", {"presenter": p.get("presenter", "lider grupy")})],
    "decide": _decide,
    # What the committee decided is announced.
    "announce": lambda p: [Beat(CHAIR, p["outcome"])],
    "appeal": lambda p: [Beat(p["leader"], "appeal", {"grounds": p["grounds"]})],
    "dismiss": _dismiss,
    "coordinate": _coordinate,
    "start": lambda _p: [Beat(OFFICE, "start_implementation")],
    "progress": _progress,
    "finish": _finish,
    # What was spent is accepted and the project is settled.
    "settle": lambda p: [
        Beat(SECOND, "accept_settlement", p["settlement"]),
        Beat(SECOND, "settle", {"archive_category": "B5"}),
    ],
    # The work rests for a while.
    "suspend": lambda p: [Beat(OFFICE, "suspend", p["pause"])],
    # Its cancellation is proposed and decided.
    "cancel": lambda p: [
        Beat(OFFICE, "propose_cancellation", p["cancellation"]),
        Beat(CHAIR, "cancel", p["cancellation"]),
    ],
    "withdraw": lambda p: [Beat(p["leader"], "withdraw", {"reason": p["withdrawal"], "group_informed": True})],
    # The office takes note of the withdrawal.
    "acknowledge": lambda _p: [Beat(OFFICE, "acknowledge_withdrawal")],
    "promote": _promote,
}
