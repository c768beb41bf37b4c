"""Who is reminded of each deadline, from whoever has to act up to the chair, and of some up to the initiator."""

from collections.abc import Mapping

from msgspec import Struct

from workflow.rules.ladder import REACHES, Reach
from workflow.rules.topics import Audience, Topic

LEADER, GROUP, AUTHOR = Audience.LEADER, Audience.GROUP, Audience.AUTHOR
STAFF, CHAIR, COORDINATOR, APPEAL_BODY = Audience.STAFF, Audience.CHAIR, Audience.COORDINATOR, Audience.APPEAL_BODY


class Circles(Struct, frozen=True):
    """Who has to act before a deadline, and who works beside them; the office and the chair follow after it.

    Where nobody below has answered at last, `last` is told: the initiator of a report or an appeal that is not decided.
    """

    responsible: tuple[Audience, ...]
    # The deputy is a person of the group.
    beside: tuple[Audience, ...] = ()
    last: tuple[Audience, ...] = ()

    def reached(self, reach: Reach) -> tuple[Audience, ...]:
        """Everybody whom a reminder of this reach is told to, each once."""
        circles = (self.responsible, self.beside, (STAFF,), (CHAIR,), self.last)
        audiences = (audience for circle in circles[: REACHES.index(reach) + 1] for audience in circle)
        return tuple(dict.fromkeys(audiences))


_ANSWER = Circles((Audience.ORGANISATION,))
_REPORT = Circles((COORDINATOR,), (LEADER,), last=(Audience.INITIATOR,))
_APPEAL = Circles((APPEAL_BODY,), last=(Audience.INITIATOR,))
# The person responsible for the milestone is the one that it names.
_MILESTONE = Circles((Audience.NAMED, COORDINATOR), (LEADER,))
_RESUME = Circles((STAFF,), (COORDINATOR, LEADER))
# What a conference left open: the one who does it is named.
OF_MATTERS = frozenset({Topic.MATTER_NEAR, Topic.MATTER_OVERDUE})
_MATTER = Circles((Audience.NAMED,))
LADDERS: Mapping[Topic, Circles] = {
    Topic.SUBMISSION_DEADLINE_NEAR: Circles((LEADER, AUTHOR), (GROUP,)),
    Topic.COMPLETION_DEADLINE_NEAR: Circles((LEADER,), (GROUP,)),
    Topic.APPEAL_DECISION_NEAR: _APPEAL,
    Topic.APPEAL_DECISION_OVERDUE: _APPEAL,
    Topic.RESERVE_ENDING: Circles((LEADER,), (GROUP,)),
    Topic.OFFER_ENDING: Circles((LEADER,), (GROUP,)),
    Topic.START_DUE: Circles((STAFF, COORDINATOR), (LEADER,)),
    Topic.PROGRESS_REPORT_DUE: _REPORT,
    Topic.PROGRESS_REPORT_OVERDUE: _REPORT,
    Topic.RESUME_NEAR: _RESUME,
    Topic.RESUME_DUE: _RESUME,
    Topic.SETTLEMENT_DUE: Circles((COORDINATOR, STAFF), (LEADER,)),
    Topic.WITHDRAWAL_UNACKNOWLEDGED: Circles((STAFF,)),
    Topic.MATTER_NEAR: _MATTER,
    Topic.MATTER_OVERDUE: _MATTER,
    Topic.PARTNER_ANSWER_NEAR: _ANSWER,
    Topic.PARTNER_ANSWER_OVERDUE: _ANSWER,
    Topic.RESERVE_CHECK_DUE: Circles((STAFF,)),
    Topic.MILESTONE_NEAR: _MILESTONE,
    Topic.MILESTONE_OVERDUE: _MILESTONE,
    Topic.CHANGE_DECISION_NEAR: Circles((STAFF,)),
    Topic.CHANGE_DECISION_OVERDUE: Circles((STAFF,)),
}
# Everybody whom a reminder may reach, by topic.
AUDIENCES_OF_LADDERS: Mapping[Topic, tuple[Audience, ...]] = {
    topic: circles.reached(REACHES[-1]) for topic, circles in LADDERS.items()
}


def audiences_of_rung(topic: Topic, reach: Reach) -> tuple[Audience, ...]:
    """Whom a reminder of this reach is told to; a topic that is no reminder has no ladder and raises KeyError."""
    return LADDERS[topic].reached(reach)
