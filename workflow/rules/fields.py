"""Everything that a step may ask for: name, kind, label, hint, limit."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from workflow.base.i18n import Sentence, _
from workflow.lifecycle.definition import Ask, Step
from workflow.rules.edition_fields import EDITION_FIELDS, EVERY_SETTING
from workflow.rules.field_types import LINE, LONG, Input
from workflow.rules.letter_text import LONGEST_PART, LONGEST_SUBJECT
from workflow.rules.needed_answers import NEEDED
from workflow.rules.plan_fields import PLAN_FIELDS
from workflow.rules.settings_catalogue import SETTINGS

MILLION = 1_000_000

# What the rows of a sheet consist of.
PARTNERS = (
    Input("partner", "line", _("Partner"), required=False, maximum=LINE),
    Input("promise", "text", _("What it promises"), required=False),
)
BUDGET = (
    Input("what", "line", _("What is paid for"), maximum=LINE),
    Input("amount", "money", _("Amount in złoty")),
    Input("source", "line", _("Who pays"), required=False, maximum=LINE),
    Input("own", "flag", _("Own contribution"), required=False),
)
TIMETABLE = (
    Input("from", "date", _("From"), required=False),
    Input("to", "date", _("Until"), required=False),
    Input("what", "text", _("What happens")),
)

# Why a sheet goes back, what the leader answers to that, and what the office finds at each point of its check.
SECTION_REASONS = (
    Input("section", "choice", _("Section"), choices="sections"),
    Input("reason", "choice", _("Reason"), choices="return_reasons"),
    Input("words", "text", _("What is needed"), required=False, maximum=LONG),
)
REASON_ANSWERS = (
    Input("section", "choice", _("Section"), choices="sections"),
    Input("words", "text", _("Your answer"), required=False, maximum=LONG),
)
POINTS = (
    Input("point", "choice", _("Point"), choices="check_points"),
    Input("answer", "choice", _("Answer"), choices="check_answers"),
    Input("remark", "text", _("Remark"), required=False, maximum=LONG, needed_with=("answer", "no")),
)

# What a motion proposes for each project.
DECISIONS = (
    Input("project", "number", _("Number of the project"), maximum=100_000),
    Input("outcome", "choice", _("Outcome"), required=False, choices="outcomes_of_rows"),
    Input("position", "number", _("Position on the reserve list"), required=False, maximum=1000),
    Input("justification", "text", _("Justification"), maximum=LONG),
    Input("departure", "text", _("Why it departs from the ranking"), required=False, maximum=LONG),
)

# What each of the readers of a letter is asked to do.
EXPECTED = (
    Input("audience", "choice", _("Reader"), choices="audiences"),
    Input("text", "text", _("What is asked"), maximum=LONGEST_PART),
)

_ALL = (
    # The text of a letter.
    Input("letter_topic", "line", _("Kind of message"), maximum=80),
    Input("letter_language", "choice", _("Language"), choices="languages"),
    Input("letter_subject", "line", _("Subject"), maximum=LONGEST_SUBJECT),
    Input("letter_happened", "text", _("What happened"), maximum=LONGEST_PART),
    Input("letter_below", "text", _("Sentence before the grounds"), maximum=LONGEST_PART),
    Input("letter_appeal", "text", _("Sentence about the appeal"), maximum=LONGEST_PART),
    Input("letter_expected", "rows", _("What is asked, by reader"), columns=EXPECTED),
    # A meeting and its votes.
    Input("body", "choice", _("Body"), choices="bodies"),
    Input("form", "choice", _("Form of the meeting"), choices="meeting_forms"),
    Input("hour", "time", _("Hour"), _("For example: 16:00")),
    Input("item", "line", _("Item of the agenda"), maximum=300),
    Input("project", "number", _("Number of the project"), maximum=10**11),
    Input("seat", "number", _("Seat"), maximum=10**11),
    Input("to_seat", "number", _("Seat that receives the proxy"), maximum=10**11),
    Input("given_on", "date", _("Day of the proxy")),
    Input("notice_on", "date", _("Day of notice"), _("On which the decision reached the leader of the group")),
    Input("motion_kind", "choice", _("Kind of motion"), choices="motion_kinds"),
    Input("wording", "text", _("Wording of the motion"), maximum=LONG),
    Input("decisions", "rows", _("Decisions about projects"), columns=DECISIONS),
    Input("motion", "number", _("Motion"), maximum=10_000),
    Input("by_hands", "flag", _("By hands, counted by two people"), required=False),
    Input(
        "secret",
        "flag",
        _("Secret vote: ballots bear no name; a unanimous result still tells each vote"),
        required=False,
    ),
    Input("meeting", "number", _("Meeting"), maximum=10**11),
    Input("conference", "number", _("Conference"), maximum=10**11),
    Input("question", "text", _("Question"), maximum=LONG),
    Input("digest", "line", _("Control code of the document"), maximum=64),
    Input("correction", "text", _("What is corrected, and how it should read"), maximum=LONG),
    Input("excused", "flag", _("The absence is excused")),
    # An idea and a sheet.
    Input("title", "line", _("Title"), maximum=LINE, stays=True),
    Input("summary", "text", _("In a few sentences"), maximum=LONG),
    Input("principle", "choice", _("Principle of revival"), choices="principles"),
    Input("sector", "line", _("Sector"), maximum=120),
    Input("more_sectors", "lines", _("Other sectors it touches"), _("One a line"), maximum=LONG),
    Input("more_principles", "choices", _("Other principles it serves"), choices="principles"),
    Input("area", "line", _("Area to improve"), maximum=120),
    Input("places", "lines", _("Where"), _("Communes or places, one a line; or: whole county"), maximum=LONG),
    Input("goals", "text", _("Goals"), _("What will be different when the project is done?")),
    Input("problem", "text", _("Problem"), _("What does the project answer to?")),
    Input("beneficiaries", "text", _("Who gains from it")),
    Input("activities", "text", _("Activities")),
    Input("partners", "rows", _("Partners"), _("Who takes part and what each one promises"), columns=PARTNERS),
    Input("risks", "text", _("Risks")),
    Input("timetable", "rows", _("Timetable"), columns=TIMETABLE),
    Input("sustainability", "text", _("What remains afterwards")),
    Input("cost", "money", _("Cost in złoty"), _("The sum of the budget, for example 12 500,00")),
    Input("budget_lines", "rows", _("Budget"), _("What is paid for, how much it costs and who pays"), columns=BUDGET),
    Input("funding", "text", _("Sources of money")),
    Input("no_budget_reason", "text", _("Why there is no budget"), maximum=LONG),
    Input("base", "digests", _("Texts that were read")),
    Input("label", "line", _("Name of this version"), _("For example: before the talk with the mayor"), maximum=120),
    Input("author_as_group", "flag", _("The group is the author, no person is named")),
    Input("clause", "flag", _("I have read how my data are used")),
    Input("under_age", "flag", _("The author is under 18")),
    # People.
    Input("person", "person", _("Person"), maximum=10**11),
    Input("name", "line", _("Name"), _("For somebody without an account"), maximum=LINE),
    # Files: what was really taken in, see `workflow.files.actions`.
    Input("file", "file", _("File")),
    Input("file_kind", "choice", _("Kind of file"), choices="file_kinds"),
    Input("place", "choice", _("What this person may do in the group"), choices="places"),
    Input("member", "number", _("Place in the group"), maximum=10**11),
    Input("group_name", "line", _("Name of the group"), maximum=LINE),
    Input("theme", "line", _("Theme"), _("What the group works on, in a few words"), maximum=LINE),
    # Verification.
    Input("reasons", "choices", _("Reasons"), choices="return_reasons"),
    Input("explanation", "text", _("Explanation"), maximum=LONG),
    Input("section_reasons", "rows", _("What has to be mended, by section"), columns=SECTION_REASONS),
    Input("reason_answers", "rows", _("What you have mended, by section"), columns=REASON_ANSWERS),
    Input("points", "rows", _("Points of the check"), columns=POINTS),
    Input("due_on", "date", _("Until when")),
    Input("checks", "choices", _("Formal checks"), _("Tick what you have found in order"), choices="formal_checks"),
    Input("days", "number", _("Days"), maximum=3660),
    Input("remarks", "text", _("Remarks"), maximum=LONG),
    Input("unit", "line", _("Competent unit or owner"), maximum=LINE),
    Input("opinion", "choice", _("Opinion"), choices="opinions"),
    Input("ground", "choice", _("Ground"), choices="refusal_grounds"),
    Input("justification", "text", _("Justification")),
    Input("presenter", "line", _("Who presented"), maximum=LINE),
    Input("minutes_reference", "line", _("Where the minutes note the absence"), maximum=LINE),
    # Selection.
    Input("outcome", "choice", _("Decision"), choices="outcomes"),
    Input("basis", "choice", _("Basis"), choices="bases"),
    Input("resolution", "line", _("Number of the resolution"), maximum=80),
    Input("adopted_on", "date", _("Adopted on")),
    Input("members", "number", _("Members of the committee"), maximum=500),
    Input("present", "number", _("Present"), maximum=500),
    Input(
        "votes_for",
        "number",
        _("Votes for"),
        _("For the decision that is recorded, also where it is not to select"),
        maximum=500,
    ),
    Input("votes_against", "number", _("Votes against"), maximum=500),
    Input("votes_abstain", "number", _("Abstained"), maximum=500),
    Input(
        "votes_by_sector",
        "counts",
        _("Votes cast by sector"),
        _("One sector a line, for example: economy: 2"),
        maximum=LONG,
    ),
    Input("recused", "lines", _("Recused from this vote"), _("One name a line"), maximum=LONG),
    Input("position", "number", _("Position on the reserve list"), maximum=1000),
    Input("score", "number", _("Score"), maximum=MILLION),
    Input("grounds", "text", _("Grounds of the appeal")),
    Input("written_reasons", "text", _("Written reasons")),
    Input("slot_on", "date", _("Day of an extra presentation")),
    Input("freed", "choice", _("Why there is room"), choices="freed"),
    # Implementation.
    Input("milestone", "line", _("Milestone"), maximum=LINE),
    Input("milestone_due", "date", _("Planned for")),
    Input("milestone_number", "number", _("Number of the milestone"), maximum=1000),
    Input("waived_reason", "text", _("Why it is dropped"), maximum=LONG),
    *PLAN_FIELDS,
    Input("period_from", "date", _("Period from")),
    Input("period_to", "date", _("Period to"), _("Its first day follows the report before it by itself.")),
    Input("report", "text", _("Report")),
    Input("for_organisation", "number", _("In the name of"), maximum=10**11),
    Input("report_part", "text", _("What your organisation has done"), maximum=LONG),
    Input("light", "choice", _("How the project goes"), choices="lights"),
    Input("light_reason", "text", _("Why it is not green"), maximum=LONG),
    Input("spent", "money", _("Spent, in złoty")),
    Input("line_number", "number", _("Line of the budget"), maximum=1000),
    Input("expense_kind", "choice", _("Commitment or payment"), choices="expense_kinds"),
    Input("amount", "money", _("Amount in złoty")),
    Input("paid_for", "line", _("What it is for"), maximum=LINE),
    Input("paper_number", "line", _("Number of the invoice or contract"), maximum=120),
    Input("expense_file", "number", _("Scan among the files of the project"), maximum=10**11),
    Input(
        "settles",
        "number",
        _("Commitment that this payment settles"),
        _("The commitment is then paid, also where the payment is lower."),
        maximum=100_000,
    ),
    Input("expense_number", "number", _("Number of the expense"), maximum=100_000),
    Input("archive_category", "choice", _("Archive category"), choices="archive_categories"),
    Input("reason", "text", _("Reason"), maximum=LONG),
    Input("resume_on", "date", _("Planned day of resuming")),
    Input("cancel_ground", "choice", _("Ground"), choices="cancel_grounds"),
    Input("group_informed", "flag", _("The group has been told")),
    Input("target", "proposal", _("The other proposal (its page number)"), maximum=10**11),
    *EDITION_FIELDS,
)

INPUTS: Mapping[str, Input] = {spec.name: spec for spec in _ALL}


def asked(step: Step) -> tuple[Input, ...]:
    """What a step asks for, required or not as its row says."""
    # By identity, since telling two such tuples apart by their content costs more than the rest of the reading; that
    # the tuple is kept beside the answer means that its identity is never given to another.
    known = _ASKED.get(id(step.asks))
    if known is None:
        inputs = tuple(
            replace(INPUTS[name], required=ask.required, needed=None if ask.required else _needed(step, name))
            for ask in step.asks for name in _names(ask)
        )  # fmt: skip
        known = _ASKED[id(step.asks)] = step.asks, inputs
    return known[1]


def _needed(step: Step, name: str) -> Sentence | None:
    """When a guard of the step demands an answer that its row leaves optional; None where none does."""
    return next((NEEDED[guard][name] for guard in step.guards if name in NEEDED.get(guard, ())), None)


def _names(ask: Ask) -> Iterable[str]:
    """The inputs that an ask of a table stands for."""
    return SETTINGS if ask.name == EVERY_SETTING else (ask.name,)


_ASKED: dict[int, tuple[tuple[Ask, ...], tuple[Input, ...]]] = {}
