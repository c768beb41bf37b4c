"""What nobody answers for since an account was closed: the sentence, and the step by which somebody is named."""

from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct

from web.http.template_context import address, say
from web.views.pending_items import Line
from web.views.work_kinds import Kind
from workflow.base.i18n import Sentence, _
from workflow.groups.tasks import MAY_ASSIGN
from workflow.people.duties import NAMED_BY, OF_PARTNERS, OF_PROJECTS, Duty, Unanswered, rows_naming
from workflow.rules.facts import Facts
from workflow.rules.page_permissions import Reader
from workflow.rules.permissions import RULES
from workflow.rules.roles import Role

# What is to be done, with what the thing is called.
TEXTS: Mapping[Duty, Callable[[str], Sentence]] = {
    Duty.LEADER: lambda _words: _("Name another leader. The account of the present one is closed."),
    Duty.NEXT_LEADER: lambda _words: _("Name another leader. The account of the person named before is closed."),
    Duty.DEPUTY: lambda _words: _("Name another deputy leader. The account of the present one is closed."),
    Duty.COORDINATOR: lambda _words: _("Name another coordinator. The account of the present one is closed."),
    Duty.ANIMATOR: lambda _words: _("Assign another animator. The account of the present one is closed."),
    Duty.REVIEWER: lambda _words: _("Assign another reviewer. The account of the present one is closed."),
    Duty.MILESTONE: lambda words: _("Nobody answers for the milestone “{words}”. The account is closed.", words=words),
    Duty.RISK: lambda words: _("Nobody answers for the risk “{words}”. The account is closed.", words=words),
    Duty.TASK: lambda words: _("Nobody does the task “{words}”. The account is closed.", words=words),
    Duty.MATTER: lambda words: _("Nobody does what the conference left open: “{words}”. The account is closed.",
                                 words=words),
    Duty.CONTACT: lambda _words: _("Name another contact of the partner. The account of the present one is closed."),
    Duty.SIGNATORY: lambda _words: _("Record who signs for the partner. The account of the signatory is closed."),
    Duty.SEAT: lambda _words: _("Fill the seat again, or end the term. The account of the person is closed."),
    Duty.OFFICE: lambda _words: _("Give somebody the role of the office. Nobody with an open account has it."),
}  # fmt: skip
# The same as a name of what somebody answers for.
NAMES: Mapping[Duty, Callable[[str], Sentence]] = {
    Duty.LEADER: lambda _words: _("leader"),
    Duty.NEXT_LEADER: lambda _words: _("leader, not accepted yet"),
    Duty.DEPUTY: lambda _words: _("deputy leader"),
    Duty.COORDINATOR: lambda _words: _("coordinator"),
    Duty.ANIMATOR: lambda _words: _("animator"),
    Duty.REVIEWER: lambda _words: _("reviewer"),
    Duty.MILESTONE: lambda words: _("milestone “{words}”", words=words),
    Duty.RISK: lambda words: _("risk “{words}”", words=words),
    Duty.TASK: lambda words: _("task “{words}”", words=words),
    Duty.MATTER: lambda words: _("open matter of a conference “{words}”", words=words),
    Duty.CONTACT: lambda _words: _("contact of a partner of the agreement"),
    Duty.SIGNATORY: lambda _words: _("signatory of a partner of the agreement"),
    Duty.SEAT: lambda _words: _("seat in a body"),
    Duty.OFFICE: lambda _words: _("the only open account of the office"),
}
KIND_OF: Mapping[Duty, Kind] = {
    Duty.LEADER: Kind.GROUPS, Duty.NEXT_LEADER: Kind.GROUPS, Duty.DEPUTY: Kind.GROUPS, Duty.TASK: Kind.GROUPS,
    Duty.ANIMATOR: Kind.GROUPS, Duty.REVIEWER: Kind.CHECKS, Duty.MATTER: Kind.CONFERENCES, Duty.SEAT: Kind.COMMITTEE,
    Duty.CONTACT: Kind.EDITION, Duty.SIGNATORY: Kind.EDITION, Duty.OFFICE: Kind.EDITION,
}  # fmt: skip


class Notice(Struct, frozen=True):
    """One sentence on the page of what it is about; without an address for those who name nobody."""

    text: str
    url: str = ""


def line(one: Unanswered) -> Line:
    """One thing on the worklist of whoever names somebody else."""
    title = one.title or one.edition
    return Line(say(TEXTS[one.duty](one.words)), title, one.edition, one.until, say(_("Name somebody")), url_of(one),
                KIND_OF.get(one.duty, Kind.IMPLEMENTATION), is_first=True)  # fmt: skip


def name_of(one: Unanswered) -> str:
    """What it is, as a part of a list."""
    return say(NAMES[one.duty](one.words))


def answered(found: Iterable[Unanswered], reader: Reader) -> list[tuple[str, Unanswered, str, str]]:
    """What a person answers for, for administrators: its name, the page of its project, the step where it is theirs."""
    return [
        (name_of(one), one,
         address("proposals.show", proposal_id=one.about_id) if one.duty in OF_PROJECTS else "",
         url_of(one) if one.duty is Duty.OFFICE or Role.STAFF in reader.roles(one.edition_id) else "")
        for one in found
    ]  # fmt: skip


def names_of(found: Iterable[Unanswered]) -> Mapping[int, list[str]]:
    """What nobody answers for in each project, by its key."""
    names: dict[int, list[str]] = {}
    for one in found:
        if one.duty in OF_PROJECTS:
            names.setdefault(one.about_id, []).append(name_of(one))
    return names


def notices(found: Iterable[Unanswered], facts: Facts) -> list[Notice]:
    """What of a project nobody answers for, with the step for those who may take it."""
    return [Notice(say(TEXTS[one.duty](one.words)), url_of(one) if may_name(one.duty, facts) else "") for one in found]


def office_notices(found: Iterable[Unanswered], duties: Collection[Duty]) -> list[Notice]:
    """The same of these kinds for the office."""
    return [Notice(_with_title(one), url_of(one)) for one in found if one.duty in duties]


def _with_title(one: Unanswered) -> str:
    text = say(TEXTS[one.duty](one.words))
    return f"{one.title}: {text}" if one.duty is Duty.SEAT or one.duty in OF_PARTNERS else text


def may_name(duty: Duty, facts: Facts) -> bool:
    """Whether the reader of a project may name somebody else for it."""
    if duty is Duty.TASK:
        return any(RULES[name](facts) for name in MAY_ASSIGN)
    if duty in NAMED_BY:
        return any(RULES[name](facts) for row in rows_naming(duty) if facts.state in row.sources for name in row.who)
    return RULES[Role.COORDINATOR](facts) or RULES[Role.STAFF](facts)


def url_of(one: Unanswered) -> str:
    """Where somebody else is named."""
    if one.duty in NAMED_BY:
        return address("steps.ask", proposal_id=one.about_id, name=NAMED_BY[one.duty])
    ways: Mapping[Duty, Callable[[], str]] = {
        Duty.MILESTONE: lambda: address("steps.ask", milestone_id=one.id, name="assign"),
        Duty.RISK: lambda: address("steps.ask", proposal_id=one.about_id, name="assign_risk", ryzyko=one.id),
        Duty.TASK: lambda: address("groups.show", proposal_id=one.about_id, _anchor="tasks"),
        Duty.MATTER: lambda: address("conference_tables.show", conference_id=one.about_id, _anchor="matters"),
        Duty.CONTACT: lambda: address("steps.ask", agreement_partner_id=one.id, name="name_contact"),
        Duty.SIGNATORY: lambda: address("steps.ask", agreement_partner_id=one.id, name="receive_mandate"),
        Duty.SEAT: lambda: address("committee.seat", edition_key=one.edition_key, seat_id=one.id),
        Duty.OFFICE: lambda: address("people.list_people", edycja=one.edition_key),
    }
    return ways[one.duty]()
