"""What the page of the reserve list shows: each project with what is expected about it, and who made room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from web.http.template_context import say
from web.views.open_steps import StepView, open_steps, view
from web.views.subject import subject
from workflow.base.i18n import Sentence, _
from workflow.rules.bodies import Body
from workflow.rules.facts import Facts, Ref
from workflow.rules.later_decisions import Later
from workflow.rules.session import MotionKind, Session
from workflow.rules.states import MeetingState, ProposalState
from workflow.selection.meeting_queries import MeetingLine
from workflow.selection.reserve_list import ReserveList

WAYS: Mapping[str, Sentence] = {
    "cancelled": _("cancelled"),
    "withdrawn": _("withdrawn after it was selected"),
    "annulled": _("selection annulled"),
    "declined": _("declined the place"),
    "lapsed": _("did not answer the offer in time"),
}


class ReserveView(Struct, frozen=True):
    """The steps that offer places and the versions shown, by proposal; the meeting at which a motion can be put."""

    offers: Mapping[int, StepView]
    versions: Mapping[int, int]
    meeting_id: int | None
    ways: Mapping[str, Sentence]


def reserve_view(
    reserve: ReserveList, facts: Mapping[Ref, Facts], meetings: Sequence[MeetingLine], *, at: datetime
) -> ReserveView:  # fmt: skip
    """The page for whoever reads; pure, of what was read."""
    offers = {}
    for line in reserve.lines:
        of = facts.get(Ref("proposal", line.id))
        if of is None or not line.resolution or line.offered_until:
            continue
        shown = subject(of)
        steps, _next = open_steps(shown, at)
        step = next((step for step in steps if step.step.name == Later.OFFER and step.permitted), None)
        if step is not None:
            offers[line.id] = view(shown, step, primary=True)
    in_session = (row for row in meetings if row.body == Body.COMMITTEE and row.state == MeetingState.IN_SESSION)
    meeting = next(in_session, None)
    versions = {ref.id: of.version for ref, of in facts.items()}
    return ReserveView(offers, versions, meeting.id if meeting else None, WAYS)


def next_promotion(session: Session) -> dict[str, Any]:
    """The answers of a motion that promotes the first of the reserve list that none promotes yet; else nothing."""
    waiting = {number: project for number, project in session.announced.items()
               if project.state == ProposalState.RESERVE and not project.waits and project.position}  # fmt: skip
    first = min(waiting, key=lambda number: waiting[number].position or 0, default=None)
    if first is None:
        return {}
    wording = _("Promote from the reserve list: {title}.", title=waiting[first].title)
    row = {"project": str(first), "outcome": "", "position": "", "departure": "",
           "justification": say(_("A place became free; the project is next on the reserve list."))}  # fmt: skip
    return {"motion_kind": MotionKind.PROMOTE.value, "wording": say(wording), "decisions": [row]}
