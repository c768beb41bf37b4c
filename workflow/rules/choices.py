"""Lists to choose from: reasons, grounds, checks, outcomes."""

from collections.abc import Mapping

from workflow.base.i18n import Sentence, _
from workflow.rules.bodies import BODIES, CAPACITIES, FUNCTIONS
from workflow.rules.conference_outputs import NAMES as OUTPUTS
from workflow.rules.later_decisions import AppealOutcome, Later
from workflow.rules.letter_batches import LISTS
from workflow.rules.letter_text import AUDIENCE_NAMES, LANGUAGES
from workflow.rules.plan import ChangeKind
from workflow.rules.session import Choice, MotionOutcome
from workflow.rules.sheet_sections import CATALOGUE
from workflow.rules.states import ExpenseKind, Light, PromiseState, RiskState
from workflow.rules.webhook_scopes import SCOPES

RETURN_REASONS = {
    "incomplete": _("A required part of the sheet is missing"),
    "unclear": _("A part of the sheet is unclear"),
    "budget": _("The budget does not add up or has no sources"),
    "partners": _("A partner's consent or promise is missing"),
    "timetable": _("The timetable is missing or impossible"),
    "other": _("Another reason"),
}
REFUSAL_GROUNDS = {
    "formal_late": _("Formal: handed in after the deadline"),
    "formal_incomplete": _("Formal: not completed"),
    "merit_unlawful": _("On merit: against the law"),
    "merit_powers": _("On merit: outside the county's or the partners' powers"),
    "merit_infeasible": _("On merit: cannot be carried out"),
    "merit_property": _("On merit: no right to the land or building"),
    "merit_cost": _("On merit: the cost exceeds what is available"),
}
CANCEL_GROUNDS = {
    "no_funds": _("No funds"),
    "no_permit": _("A permit was not granted"),
    "partner_left": _("A partner left"),
    "superseded": _("Superseded by other works"),
    "infeasible": _("Cannot be carried out"),
    "duplicate": _("Done within another project"),
}
FORMAL_CHECKS = {
    "complete": _("The sheet is complete"),
    "on_time": _("It was handed in on time"),
    "leader": _("The leader is named and has accepted"),
    "partners": _("The partners' promises are attached or described"),
    "area": _("It concerns this county"),
}
MERIT_CHECKS = {
    "lawful": _("It is lawful"),
    "powers": _("It lies within the powers of the county or the partners"),
    "feasible": _("It can be carried out"),
    "property": _("There is a right to the land or building"),
    "cost_realistic": _("The cost is realistic and has sources"),
    "accessible": _("It will be accessible to people with disabilities"),
}
CHECK_ANSWERS = {
    "yes": _("yes"),
    "no": _("no"),
    "not_applicable": _("not applicable"),
}
OUTCOMES = {
    "select": _("Select for implementation"),
    "place_on_reserve": _("Place on the reserve list"),
    "reject": _("Do not select"),
}
OUTCOMES_OF_APPEALS: dict[str, Sentence] = {
    AppealOutcome.UPHOLD: _("Uphold the appeal"),
    AppealOutcome.DISMISS: _("Dismiss the appeal"),
}
BASES = {
    "vote": _("Vote of the committee"),
    "as_published": _("As published"),
}
OPINIONS = {
    "positive": _("Positive"),
    "positive_with_remarks": _("Positive with remarks"),
    "negative": _("Negative"),
}
ARCHIVE_CATEGORIES = {
    "A": _("A - kept permanently"),
    "B25": _("B25 - 25 years"),
    "B10": _("B10 - 10 years"),
    "B5": _("B5 - 5 years"),
}
LIGHTS = {
    Light.GREEN.value: _("Green: as planned"),
    Light.AMBER.value: _("Amber: a difficulty that we cope with"),
    Light.RED.value: _("Red: it will not succeed without help or a change"),
}
EXPENSE_KINDS = {
    ExpenseKind.COMMITTED.value: _("Commitment: a contract or an order"),
    ExpenseKind.SPENT.value: _("Payment"),
}
FILE_KINDS = {
    "letter": _("Letter of a partner"),
    "invoice": _("Invoice or contract"),
    "picture": _("Picture"),
    "slides": _("Slides"),
    "scan": _("Scan"),
    "other": _("Another document"),
}
PRINCIPLES = {
    "plug_leaks": _("Plug the leaks"),
    "support_existing": _("Support what exists"),
    "encourage_new": _("Encourage new ones"),
    "attract": _("Attract from outside"),
}
PLACES = {
    "view": _("Read"),
    "comment": _("Read and comment"),
    "edit": _("Write in the project sheet"),
}
AGE_BANDS = {
    "under_13": _("under 13"),
    "13_15": _("13 to 15"),
    "16_17": _("16 or 17"),
}
CONSENTS = {
    "guardian": _("Consent of a guardian"),
    "school": _("Consent of the school"),
}
# The form of a meeting without a session: its motions are answered until a moment.
CIRCULATION = "circulation"
MEETING_FORMS = {
    "room": _("In a room"),
    "remote": _("Remotely"),
    "mixed": _("In a room and remotely"),
    CIRCULATION: _("By circulation, until the day and hour given"),
}
MOTION_KINDS = {
    "decide": _("Decision about projects"),
    "annul": _("Annulment of decisions"),
    "promote": _("Promotion from the reserve list"),
    "cancel": _("Cancellation of selected projects"),
    "appeal": _("Decision about appeals"),
    "procedural": _("Procedural motion"),
}
VOTES = {
    Choice.FOR: _("voted for"),
    Choice.AGAINST: _("voted against"),
    Choice.ABSTAIN: _("abstained"),
}
OUTCOMES_OF_MOTIONS = {
    MotionOutcome.OPEN: _("not voted on yet"),
    MotionOutcome.CARRIED: _("motion carried"),
    MotionOutcome.LOST: _("motion lost"),
    MotionOutcome.ADOPTED: _("resolution adopted"),
    MotionOutcome.WITHDRAWN: _("withdrawn"),
    MotionOutcome.SPLIT: _("split"),
}
TIES_BROKEN_BY = {
    "draw": _("broken by a draw"),
    "chair": _("broken by the chair"),
    "joint": _("all of them taken together"),
}
FREED = {
    "withdrawn": _("A selected project was withdrawn or cancelled"),
    "funds": _("Funds were freed or added"),
}

# What motions and resolutions say about a project, also after its decision was announced.
OUTCOMES_OF_DECISIONS = (
    OUTCOMES
    | OUTCOMES_OF_APPEALS
    | {
        Later.ANNUL: _("Annul the decision"),
        Later.CANCEL: _("Cancel"),
    }
)

CHANGE_KINDS: Mapping[str, Sentence] = {
    ChangeKind.DATE: _("The day of a milestone"),
    ChangeKind.SCOPE: _("What a milestone is"),
    ChangeKind.MONEY: _("Money of a line of the budget"),
}
LEVELS: Mapping[str, Sentence] = {"1": _("low"), "2": _("medium"), "3": _("high")}
RISK_ENDS: Mapping[str, Sentence] = {
    RiskState.CLOSED: _("It is over"),
    RiskState.OCCURRED: _("It has happened"),
}
PROMISE_ENDS: Mapping[str, Sentence] = {
    PromiseState.KEPT: _("kept"),
    PromiseState.PARTLY: _("kept in part"),
    PromiseState.NOT_KEPT: _("not kept"),
}
# What may be put on an agenda beside the projects.
SLOT_KINDS: Mapping[str, Sentence] = {"break": _("Break"), "other": _("Another item")}
PARTNER_PAPERS: Mapping[str, Sentence] = {"mandate": _("Mandate"), "scan": _("Scan of the signature")}
CATALOGUES: Mapping[str, Mapping[str, Sentence]] = {
    "partner_papers": PARTNER_PAPERS,
    "slot_kinds": SLOT_KINDS,
    "return_reasons": RETURN_REASONS,
    "audiences": {audience.value: name for audience, name in AUDIENCE_NAMES.items()},
    "languages": LANGUAGES,
    "recipient_lists": {chosen.value: name for chosen, name in LISTS.items()},
    "refusal_grounds": REFUSAL_GROUNDS,
    "cancel_grounds": CANCEL_GROUNDS,
    "formal_checks": FORMAL_CHECKS,
    "check_points": FORMAL_CHECKS | MERIT_CHECKS,
    "check_answers": CHECK_ANSWERS,
    "outcomes": OUTCOMES,
    "outcomes_of_appeals": OUTCOMES_OF_APPEALS,
    "outcomes_of_rows": OUTCOMES | OUTCOMES_OF_APPEALS,
    "bases": BASES,
    "opinions": OPINIONS,
    "archive_categories": ARCHIVE_CATEGORIES,
    "expense_kinds": EXPENSE_KINDS,
    "lights": LIGHTS,
    "file_kinds": FILE_KINDS,
    "principles": PRINCIPLES,
    "outputs": OUTPUTS,
    "freed": FREED,
    "age_bands": AGE_BANDS,
    "consents": CONSENTS,
    "places": PLACES,
    "change_kinds": CHANGE_KINDS,
    "levels": LEVELS,
    "risk_ends": RISK_ENDS,
    "promise_ends": PROMISE_ENDS,
    "bodies": BODIES,
    "webhook_scopes": SCOPES,
    "meeting_forms": MEETING_FORMS,
    "motion_kinds": MOTION_KINDS,
    "functions": FUNCTIONS,
    "capacities": CAPACITIES,
    "sections": {section.name: section.label for section in CATALOGUE},
}
