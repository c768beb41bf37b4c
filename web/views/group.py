"""A group as its page shows it: who does what, what each may do, and what the reader can do about it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from web.http.template_context import say
from web.views.open_steps import StepView, open_steps, view
from web.views.subject import Subject, state_mark
from workflow.base.i18n import Sentence, _
from workflow.groups.invitations import MAY_INVITE
from workflow.groups.join_requests import MAY_ANSWER, MAY_ASK
from workflow.groups.queries import Group, GroupWork, Linked, Member, Request
from workflow.groups.tasks import MAY_ASSIGN
from workflow.proposals.next_step import until
from workflow.rules.choices import PLACES, PRINCIPLES
from workflow.rules.permissions import RULES, may_name_minors
from workflow.rules.roles import Role

# Records that this page offers by themselves or beside a person, in this order.
BESIDE_A_PERSON = ("set_place", "name_deputy", "name_leader", "remove_member")
OF_THE_GROUP = (
    "describe_group", "add_member", "end_deputy", "merge_into", "ask_to_unmerge", "unmerge",
    "leave_group",
)  # fmt: skip
SHOWN_DONE = 10
NOTHING = _("Nothing at the moment.")


class Row(Struct, frozen=True):
    """One person of the group, in the reader's words."""

    id: int
    person_id: int | None
    name: str
    organisation: str
    tasks: str
    place: str
    place_label: str
    came_with: str
    # Names of the records that the reader may take about this person.
    steps: tuple[str, ...]
    # Whether letters come back, for those who invite: for good (True) or at that moment (False).
    mail_returned: bool | None = None


class GroupPage(Struct, frozen=True):
    """Everything that the template of the group needs."""

    subject: Subject
    group: Group
    rows: tuple[Row, ...]
    steps: Mapping[str, StepView]
    group_steps: tuple[StepView, ...]
    expected: str
    until: datetime | None
    may_invite: bool
    may_answer: bool
    may_ask: bool
    may_assign: bool
    requests: tuple[Request, ...]
    own_request: Request | None
    open_tasks: tuple[GroupWork, ...]
    done_tasks: tuple[GroupWork, ...]
    merged: tuple[Linked, ...]
    joint: Linked | None
    agreed: tuple[Linked, ...]
    # Those whose leaders propose a merger to which this one's has not agreed.
    proposed: tuple[Linked, ...]
    names: Mapping[int, str]

    @property
    def may_propose_merger(self) -> bool:
        """Whether the reader leads and nobody has proposed a merger yet; else the answer stands beside the proposal."""
        step = self.steps.get("agree_to_merge")
        return step is not None and step.allowed and not self.proposed

    def state(self, linked: Linked) -> Mapping[str, str]:
        """The mark of the state of a linked proposal."""
        return state_mark(self.subject.lifecycle, linked.state)

    def name_of(self, request: Request | GroupWork) -> str:
        """Whose request or task it is, as far as the reader may know."""
        return shown_name(self.subject, request)

    @property
    def places(self) -> list[tuple[str, str]]:
        """What a place in the group may allow, to choose from."""
        return [(key, say(label)) for key, label in PLACES.items()]

    @property
    def task_people(self) -> list[tuple[int, str]]:
        """Who can take something on: for a member only himself."""
        me = self.subject.facts.rights.id
        people = [(row.person_id, row.name) for row in self.rows if row.person_id is not None]
        return people if self.may_assign else [person for person in people if person[0] == me]

    @property
    def principle(self) -> str:
        """The principle of revival that the sheet names."""
        return say(PRINCIPLES.get(self.subject.facts["sheet"].get("principle") or "", ""))

    def may_finish(self, task: GroupWork) -> bool:
        """Whether the reader may say that a task is done."""
        rights = self.subject.facts.rights
        return self.may_assign or (task.person_id == rights.id and rights.in_group)


def page_of(subject: Subject, group: Group, *, at: datetime) -> GroupPage:
    """Put the page together, for whoever looks."""
    facts, me = subject.facts, subject.facts.rights.id
    available, _next = open_steps(subject, at)
    steps = {open_step.step.name: view(subject, open_step) for open_step in available}
    names = {person.person_id: shown_name(subject, person) for person in (*group.members, *group.named.values())}
    takes_in = "add_member" in steps
    may_answer = _may(subject, MAY_ANSWER)
    waiting = tuple(request for request in group.requests if request.closed_at is None)
    own = next((request for request in group.requests if request.person_id == me), None)
    open_tasks = tuple(task for task in group.tasks if task.done_at is None)
    own_agreed = {entry["target"] for entry in facts.entries("agree_to_merge")}
    apart = [
        linked for linked in group.linked if linked.merged_into_id is None and linked.id != facts["merged_into_id"]
    ]
    both = any(linked.id in own_agreed and subject.ref.id in linked.agreed for linked in apart)
    page = GroupPage(
        subject, group, tuple(_row(subject, group, steps, member) for member in group.members), steps,
        tuple(steps[name] for name in OF_THE_GROUP if name in steps and steps[name].allowed
              and (name != "merge_into" or both)),
        "", until(facts),
        may_invite=takes_in and _may(subject, MAY_INVITE), may_answer=may_answer,
        may_ask=takes_in and not facts.rights.in_group and _may(subject, MAY_ASK),
        may_assign=_may(subject, MAY_ASSIGN), requests=waiting, own_request=own, open_tasks=open_tasks,
        done_tasks=tuple(task for task in group.tasks if task.done_at is not None)[:SHOWN_DONE],
        merged=tuple(linked for linked in group.linked if linked.merged_into_id == subject.ref.id),
        joint=next((linked for linked in group.linked if linked.id == facts["merged_into_id"]), None),
        agreed=tuple(linked for linked in apart if linked.id in own_agreed),
        proposed=tuple(linked for linked in apart if linked.id not in own_agreed),
        names={key: name for key, name in names.items() if key is not None},
    )  # fmt: skip
    return _expecting(page)


def shown_name(subject: Subject, member: Member | Request | GroupWork) -> str:
    """The name, or only that it is a pupil for those who need not know who."""
    return say(_("a pupil")) if member.is_minor and not may_name_minors(subject.facts) else member.name


def _may(subject: Subject, rules: Iterable[str]) -> bool:
    return any(RULES[name](subject.facts) for name in rules)


def _row(subject: Subject, group: Group, steps: Mapping[str, StepView], member: Member) -> Row:
    came_with = next((other.title for other in group.linked if other.id == member.came_with_id), "")
    own = subject.facts
    beside = [name for name in BESIDE_A_PERSON if name in steps and steps[name].allowed]
    leads = member.person_id is not None and member.person_id == own["leader_id"]
    if member.person_id is None:
        beside = [name for name in beside if name == "remove_member"]
    elif leads:
        beside = []
    elif member.person_id in {own["deputy_id"], own["next_leader_id"]}:
        beside = [name for name in beside if name in {"name_leader", "remove_member"}]
    return Row(
        member.id, member.person_id, shown_name(subject, member), member.organisation,
        _tasks_of(subject, member.person_id), member.role,
        say(PLACES.get(member.role, "")), came_with, tuple(beside),
        member.mail_returned if _may(subject, MAY_INVITE) else None,
    )  # fmt: skip


def _tasks_of(subject: Subject, person: int | None) -> str:
    """What the person is in the group beside being a member."""
    own = subject.facts
    if person is None:
        return ""
    accepted = own["leader_accepted_at"] is not None
    tasks: list[Sentence] = []
    if person == own["leader_id"]:
        tasks.append(_("group leader") if accepted else _("named as leader, has not accepted yet"))
    if person == own["next_leader_id"]:
        tasks.append(_("named to take over the lead, has not accepted yet"))
    if person == own["deputy_id"]:
        tasks.append(_("deputy leader"))
    if person == own["coordinator_id"]:
        tasks.append(_("project coordinator"))
    return ", ".join(map(say, tasks))


def _expecting(page: GroupPage) -> GroupPage:
    """With what the reader is asked for; a day only where it is something."""
    expected = _expected(page)
    return replace(page, expected=say(expected), until=page.until if expected != NOTHING else None)


def _expected(page: GroupPage) -> Sentence:
    """The one thing that the reader is asked for here."""
    me = page.subject.facts.rights.id
    if "accept_lead" in page.steps and page.steps["accept_lead"].permitted and _may(page.subject, (Role.NAMED_LEADER,)):
        return _("You are named as leader: accept, or decline.")
    if page.may_answer and page.requests:
        return _("Somebody waits for an answer: take them in or refuse.")
    form = page.steps.get("form_group")
    if form and form.permitted:
        return _("Form the group.") if form.allowed else _("Gather what the group still lacks.")
    if any(task.person_id == me for task in page.open_tasks):
        return _("Do what you have taken on.")
    if page.may_ask and not (page.own_request and page.own_request.closed_at is None):
        return _("If you want to work on this, ask to join the group.")
    return NOTHING
