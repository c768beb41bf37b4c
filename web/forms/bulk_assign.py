"""Which proposals were ticked on a list, and who was chosen for them."""

from collections.abc import Mapping

from flask import request
from msgspec import Struct, field

from web.forms.version import NOT_SAID
from web.http.template_context import say
from web.http.versions import version_in
from workflow.base.i18n import _
from workflow.proposals.bulk_assign import RECORDS
from workflow.proposals.list_sidebar import People

LABELS = {"animator": _("Animator"), "reviewer": _("Reviewer")}


class Choice(Struct, frozen=True):
    """A form as the browser sent it; `ticked` are the versions on the page by number of the proposal."""

    task: str
    person: int
    ticked: Mapping[int, int]
    everything: bool
    cursor: str
    errors: Mapping[str, str] = field(default_factory=dict)


def sent(people: People) -> Choice:
    """Read the form; only people who were offered can be chosen."""
    task, _sep, person = request.form.get("who", "").partition(":")
    known = task in RECORDS and person in {number for number, _name in people[task]}
    pairs = [_pair(text) for text in request.form.getlist("proposal")]
    ticked = dict(pair for pair in pairs if pair)
    everything = bool(request.form.get("everything"))
    errors = {} if known else {"who": say(_("Choose the person."))}
    if not ticked and not everything:
        errors["proposal"] = say(_("Tick at least one proposal, or choose everything found."))
    if None in pairs:
        errors["proposal"] = say(NOT_SAID)
    return Choice(
        task if known else "", int(person) if known else 0, ticked, everything, request.form.get("cursor", "")[:1000],
        errors,
    )  # fmt: skip


def nothing_chosen() -> Choice:
    """The empty form."""
    return Choice("", 0, {}, everything=False, cursor="")


def _pair(text: str) -> tuple[int, int] | None:
    number, _sep, version = map(version_in, text.partition(":"))
    return None if number is None or version is None else (number, version)


def offered(people: People) -> list[tuple[str, list[tuple[str, str]]]]:
    """Whom to choose from, by what they are chosen for."""
    return [
        (say(LABELS[task]), [(f"{task}:{number}", name) for number, name in people[task]])
        for task in RECORDS if people[task]
    ]  # fmt: skip
