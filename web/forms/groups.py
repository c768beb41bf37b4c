"""What the page of a group asks: four small forms on one page, of which one at most comes back with a refusal."""

from dataclasses import dataclass, field

from web.forms import Form
from workflow.groups import invitations, join_requests, tasks
from workflow.groups import paper as paper_groups

INVITE = (invitations.WHOM, invitations.PLACE)
JOIN = (join_requests.WORD,)
ANSWER = (join_requests.ANSWER, join_requests.PLACE)
TASK = (tasks.TEXT, tasks.WHO, tasks.DUE)
PAPER = paper_groups.CARD


@dataclass(slots=True)
class Forms:
    """The forms of the page, empty or as they were sent."""

    invite: Form = field(default_factory=lambda: Form(INVITE, {"place": "edit"}))
    join: Form = field(default_factory=lambda: Form(JOIN))
    answer: Form = field(default_factory=lambda: Form(ANSWER, {"place": "edit"}))
    task: Form = field(default_factory=lambda: Form(TASK))
    paper: Form = field(default_factory=lambda: Form(PAPER))

    @property
    def errors(self) -> dict[str, str]:
        """Every error on the page, by field."""
        errors: dict[str, str] = {}
        for form in (self.invite, self.join, self.answer, self.task, self.paper):
            errors |= form.errors
        return errors
