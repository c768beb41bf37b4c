"""The case file in words: what was recorded about a subject, by whom and when, for its page."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from web.http import identity
from web.http.template_context import say
from web.views.settings import in_words
from workflow.base.i18n import Sentence, _, format_date, format_datetime, format_money, format_number
from workflow.lifecycle.definition import Lifecycle
from workflow.rules.facts import Facts
from workflow.rules.field_types import Input
from workflow.rules.fields import INPUTS
from workflow.rules.permissions import may_see_private
from workflow.rules.registry import private_records
from workflow.rules.settings_catalogue import SETTINGS

# What each entry of the case file is called, in the order in which a page shows it.
TITLES: Mapping[str, Sentence] = {
    "card": _("Paper card with the idea"),
    "flag_duplicate": _("Possible duplicate"),
    "extend_submission": _("Longer term for handing in"),
    "submission": _("Submission"),
    "completion_call": _("Call for completion"),
    "extend_completion": _("Extended term for completion"),
    "formal_check": _("Formal check"),
    "merit_opinion": _("Opinion on merit"),
    "draft_refusal": _("Draft of a refusal"),
    "ask_for_changes": _("Request to reopen for changes"),
    "declare_conflict": _("Declared conflict of interest"),
    "presentation": _("Presentation"),
    "extra_slot": _("Extra presentation"),
    "decide": _("Decision of the committee, not announced yet"),
    "decision": _("Decision of the committee"),
    "appeal_window": _("Term for an appeal"),
    "note_notice": _("Recorded day of notice"),
    "appeals": _("Appeal"),
    "offer": _("Offer of a place that became free"),
    "promotion": _("Promotion from the reserve list"),
    "annulment": _("Annulment of the decision"),
    "start": _("Start of implementation"),
    "reports": _("Progress report"),
    "suspension": _("Suspension"),
    "final_report": _("Final report"),
    "accept_final_report": _("Acceptance of the final report"),
    "completion": _("Completion"),
    "reopenings": _("Reopening"),
    "accept_settlement": _("Acceptance of the settlement"),
    "archive": _("Archive"),
    "propose_cancellation": _("Proposed cancellation"),
    "cancellation": _("Cancellation"),
    "withdrawal": _("Withdrawal"),
    "acknowledge_withdrawal": _("Acknowledged withdrawal"),
    "ask_to_reinstate": _("Request to reinstate"),
    "expiry": _("Passed term"),
    "agree_to_merge": _("Consent to a merger"),
    "merger": _("Merger"),
    "ask_to_unmerge": _("Request to unmerge"),
    "publish_statements": _("Published clause and accessibility statement"),
    "set_calendar": _("Latest change of the calendar"),
    "declare_interests": _("Declaration of impartiality"),
    "sign_minutes": _("Signed minutes of the selection"),
    "publish_ranking": _("Published ranking list"),
    "waive_agreement": _("No agreement in this edition"),
    "initiators_decide": _("Decision of the initiators"),
    "publish_final_report": _("Final report of the edition"),
    "hand_over_file": _("File handed to the archive"),
}
# Fields of entries that no step asks for, so that `workflow.rules.fields` does not name them.
OWN: Mapping[str, Sentence] = {
    "receipt": _("Receipt number"),
    "count": _("Which time"),
    "from": _("From"),
    "until": _("Until"),
    "notice": _("Day of notice"),
    "on": _("Day"),
    "decided_at": _("Decided on"),
    "accepted_at": _("Accepted on"),
    "announced_at": _("Announced on"),
    "paper_on": _("Received on paper on"),
    "as_published": _("In the words of the source"),
    "assumed": _("Assumed, not stated by the source"),
}
# What had to be assumed beside the source.
ASSUMED: Mapping[str, Sentence] = {"at": _("the time of the entry"), "step": _("the step itself")}
YES = _("yes")
# Instead of the name of a minor.
PUPIL = _("a pupil")


class Paper(Struct, frozen=True):
    """One entry: what it is, what it says, by whom and when; `private` is shown to few."""

    name: str
    title: str
    pairs: tuple[tuple[str, str], ...]
    who: str
    at: datetime | None
    note: str
    private: bool


def private_names(lifecycle: Lifecycle) -> frozenset[str]:
    """Records that stay between the office and the committee."""
    return private_records(lifecycle.name)


def papers(lifecycle: Lifecycle, facts: Facts, *, pupils: Collection[int] = ()) -> list[Paper]:
    """Everything recorded that the reader may read; a private draft is gone once it was announced.

    `pupils` are the people whose names the reader may not know.
    """
    hidden = private_names(lifecycle)
    shown = hidden if may_see_private(facts) else frozenset()
    shown_papers = []
    for name, title in TITLES.items():
        if (name in hidden and name not in shown) or (name == "decide" and facts.entry("decision")):
            continue
        entries = [facts.decision] if name == "decide" and facts.decision else facts.entries(name)
        for number, entry in enumerate(entries, start=1):
            numbered = f"{say(title)} {number}" if len(entries) > 1 else say(title)
            shown_papers.append(_paper(name, numbered, entry, private=name in hidden, pupils=pupils))
    return shown_papers


def _paper(
    name: str, title: str, entry: Mapping[str, Any], *, private: bool, pupils: Collection[int]
) -> Paper:  # fmt: skip
    pairs = tuple(pair for key, value in entry.items() if (pair := field_in_words(key, value)))
    at = entry.get("at")
    who = say(PUPIL) if entry.get("by") in pupils else entry.get("by_name", "")
    return Paper(
        name, title, pairs, who, datetime.fromisoformat(at) if at else None,
        entry.get("note", ""), private,
    )  # fmt: skip


def field_in_words(key: str, value: Any) -> tuple[str, str] | None:
    """A field of an entry in words; None for what is not for people."""
    if value in (None, "", [], {}):
        return None
    if key in INPUTS and key not in OWN:
        return say(INPUTS[key].label), value_in_words(INPUTS[key].type, value, key)
    if key == "assumed":
        return say(OWN[key]), "; ".join(say(ASSUMED[assumption]) for assumption in value if assumption in ASSUMED)
    if key in OWN:
        return say(OWN[key]), value_in_words("moment", value, key)
    return None


def value_in_words(kind: str, value: Any, name: str = "") -> str:
    """A stored value as people read it."""
    language = identity.language()
    if kind == "file":
        return str(value["name"])
    if kind == "setting":
        return in_words(SETTINGS[name], value)
    if value is True:
        return say(YES)
    if kind == "rows" and isinstance(value, list):
        return "\n".join(row_in_words(INPUTS[name].columns, row) for row in value)
    if kind == "money" and isinstance(value, int):
        return format_money(value, language)
    if isinstance(value, int):
        return format_number(value, language)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {number}" for key, number in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(value_in_words(kind, part, name) for part in value)
    options = INPUTS[name].options() if name in INPUTS else {}
    if value in options:
        return say(options[value])
    return _dated(str(value), language) if kind in ("date", "moment") else str(value)


def row_in_words(columns: tuple[Input, ...], row: Mapping[str, Any]) -> str:
    """One row of a section in words: its first cell, then the others."""
    cells = [cell_in_words(column, row[column.name]) for column in columns if row.get(column.name)]
    return " – ".join(cells)


def cell_in_words(column: Input, value: Any) -> str:
    """One cell as people read it; a box that is ticked says what it is for."""
    if value is True:
        return say(column.label).lower()
    options = column.options()
    return say(options[value]) if value in options else value_in_words(column.type, value)


def _dated(text: str, language: str) -> str:
    try:
        if len(text) == len("2017-12-08"):
            return format_date(date.fromisoformat(text), language)
        return format_datetime(datetime.fromisoformat(text), language)
    except ValueError:
        return text
