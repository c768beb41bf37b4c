"""Who is told what became of the reports of a project."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.rules.topics import Audience, Topic

STAFF, COORDINATOR, LEADER = Audience.STAFF, Audience.COORDINATOR, Audience.LEADER
OF_REPORTS: Mapping[Topic, tuple[Audience, ...]] = MappingProxyType({
    Topic.PROGRESS_REPORTED: (STAFF,),
    Topic.FINAL_REPORT_GIVEN: (STAFF,),
    Topic.REPORT_ACCEPTED: (COORDINATOR, LEADER),
    Topic.REPORT_RETURNED: (COORDINATOR, LEADER),
    Topic.REPORT_ASKED_FOR: (COORDINATOR, LEADER),
    Topic.REPORT_SKIPPED: (COORDINATOR,),
})  # fmt: skip
