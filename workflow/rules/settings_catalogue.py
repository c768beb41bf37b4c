"""The settings of an edition: each number, limit, duration and choice as one row, and `value`, the only way to read.

To add a setting: a row here that names its reader, its Polish in `translations/pl/settings.po`, and a call of
`value(edition, key)` in the function that `read_by` names. The column `settings` of the edition stores only what
differs from the default, so that no migration is needed. The editor page, the record `change_settings` and the API
follow from the row; tests fail for a row without a reader.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from workflow.base.i18n import Sentence, _
from workflow.rules.appeal_settings import APPEAL_SETTINGS
from workflow.rules.ladder import USUAL
from workflow.rules.plan_settings import PLAN_SETTINGS
from workflow.rules.selection_rules import INCREASES, RULES, UTILITIES, SelectionRule
from workflow.rules.setting_options import LISTS_WITH_CONFLICT, MAJORITIES, RECUSALS, SCORES_OPEN, SECRET_VOTES
from workflow.rules.setting_types import DAYS, PERCENT, Setting, SettingType, Theme
from workflow.rules.states import EditionState
from workflow.rules.vote import ListWithConflict, MajorityKind, Recusal, SecretVotes

THEMES: Mapping[Theme, Sentence] = {
    Theme.SELECTION: _("How the list is drawn up"),
    Theme.VOTES: _("Meetings and votes of the committee"),
    Theme.APPEALS: _("Appeals and the reserve list"),
    Theme.TERMS: _("Terms of groups"),
    Theme.CONFERENCES: _("Conferences"),
    Theme.REMINDERS: _("Reminders"),
    Theme.IMPLEMENTATION: _("Implementation and settlement"),
    Theme.LETTERS: _("The programme office and its letters"),
}  # fmt: skip
_POLLS, _LIST = ("rules.vote_settings:settings_of_votes",), ("selection.edition_rule:rule_of",)
_LETTERS = ("notifications.letter_subjects:office_of",)

CATALOGUE: tuple[Setting, ...] = (
    Setting(
        "selection_rule", Theme.SELECTION, SettingType.CHOICE, _("Rule of selection"),
        _("It proposes the list. The committee decides and may depart from it with a written reason."), _LIST,
        EditionState.SELECTION, default=SelectionRule.AVERAGE.value, options=RULES,
    ),
    Setting(
        "selection_threshold", Theme.SELECTION, SettingType.NUMBER, _("Least score"),
        _("Projects with fewer votes or points, or a lower mean, are not on the list. Zero: no such limit."), _LIST,
        EditionState.SELECTION, default=0, maximum=1_000_000,
    ),
    Setting(
        "selection_needs_vote", Theme.SELECTION, SettingType.FLAG, _("At least one vote is needed"),
        _("Yes: a project without any vote of the hall is not on the list, also where money is left."), _LIST,
        EditionState.SELECTION, default=False,
    ),
    Setting(
        "equal_shares_utility", Theme.SELECTION, SettingType.CHOICE, _("Equal Shares: what a voter gains"),
        _("Counts only for the Method of Equal Shares."), _LIST, EditionState.SELECTION, default="cost",
        options=UTILITIES,
    ),
    Setting(
        "equal_shares_increase", Theme.SELECTION, SettingType.CHOICE, _("Equal Shares: increase of the budget"),
        _("Whether shares grow, in the count alone, so that more of the money is used."), _LIST,
        EditionState.SELECTION, default="none", options=INCREASES,
    ),
    Setting(
        "equal_shares_utilitarian", Theme.SELECTION, SettingType.FLAG, _("Equal Shares: spend what is left by votes"),
        _("Yes: the money that Equal Shares leaves goes to the projects with the most votes that fit."), _LIST,
        EditionState.SELECTION, default=True,
    ),
    Setting(
        "two_people_announce", Theme.SELECTION, SettingType.FLAG, _("Two people announce the results"),
        _("Yes: one person asks for the announcement and another one confirms it, on the same preview."),
        ("selection.announcement:two_people",), EditionState.APPEALS, default=False,
    ),
    Setting(
        "minutes_before_announcing", Theme.SELECTION, SettingType.FLAG, _("Minutes before the results are announced"),
        _("Yes: results are announced once the minutes of every meeting that decided about a project are approved."),
        ("rules.guards.minutes:minutes_of_decisions_approved",), EditionState.APPEALS, default=True,
    ),
    Setting(
        "quorum_share", Theme.VOTES, SettingType.SHARE, _("Quorum"),
        _("The share of seats that has to be present at a vote."), _POLLS, EditionState.SELECTION,
        default="1/2", minimum=Fraction(1, 3), maximum=1, unit=_("of the seats"),
    ),
    Setting(
        "quorum_strict", Theme.VOTES, SettingType.FLAG, _("More than this share has to be present"),
        _("Yes: more than half, for example. No: at least half."), _POLLS, EditionState.SELECTION, default=False,
    ),
    Setting(
        "quorum_floor", Theme.VOTES, SettingType.NUMBER, _("Least number of people who vote"),
        _("With fewer present who have no conflict of interest nothing is decided, whatever the share says."),
        _POLLS, EditionState.SELECTION, default=3, minimum=3, maximum=30,
    ),
    Setting(
        "recusal", Theme.VOTES, SettingType.CHOICE, _("Members with a conflict of interest"),
        _("What they mean for the quorum. They never vote."), _POLLS, EditionState.SELECTION,
        default=Recusal.LEAVE.value, options=RECUSALS,
    ),
    Setting(
        "majority", Theme.VOTES, SettingType.CHOICE, _("Majority"),
        _("What carries a motion. An equal number of votes is always lost."), _POLLS, EditionState.SELECTION,
        default=MajorityKind.SIMPLE.value, options=MAJORITIES,
    ),
    Setting(
        "majority_share", Theme.VOTES, SettingType.SHARE, _("Share for a qualified majority"),
        _("Counts only where the majority is a qualified one."), _POLLS, EditionState.SELECTION,
        default="2/3", minimum=Fraction(51, 100), maximum=1, unit=_("of the votes for and against"),
    ),
    Setting(
        "casting_vote", Theme.VOTES, SettingType.FLAG, _("The chair's vote decides a tie"),
        _("Only with a simple majority. A ruling of 2009 held this unlawful in committees of a county council."),
        _POLLS, EditionState.SELECTION, default=False,
    ),
    Setting(
        "parity", Theme.VOTES, SettingType.PERCENT_OR_NONE, _("Parity of sectors"),
        _("No sector may cast a larger share of the votes, nor hold a larger share of the seats."),
        (*_POLLS, "rules.guards.editions:committee_balanced"), EditionState.SELECTION,
        default=49, minimum=34, maximum=100, unit=PERCENT,
    ),
    Setting(
        "declarations_before_vote", Theme.VOTES, SettingType.FLAG, _("A vote waits for declarations of impartiality"),
        _("Yes: the selection opens when every member has declared about each presented project, and a vote when "
          "everybody present has declared about the projects of the motion."),
        ("rules.guards.motion_items:members_present_declared", "rules.guards.editions:members_declared"),
        EditionState.APPEALS, default=True,
    ),
    Setting(
        "proxies_each", Theme.VOTES, SettingType.NUMBER, _("Proxies that a member may hold"),
        _("So many absent members one who is present may vote for. Zero: nobody votes by proxy."),
        ("rules.guards.proxies:proxies_allowed", "rules.guards.proxies:proxy_may_be_given"), EditionState.SELECTION,
        default=0, maximum=3, unit=_("proxies"),
    ),
    Setting(
        "list_with_conflict", Theme.VOTES, SettingType.CHOICE, _("A list with a conflict of interest"),
        _("What becomes of a motion about several projects if somebody present has a conflict about one of them."),
        ("rules.guards.meetings:splits_lists",), EditionState.SELECTION,
        default=ListWithConflict.SPLIT.value, options=LISTS_WITH_CONFLICT,
    ),
    Setting(
        "notice_hours", Theme.VOTES, SettingType.NUMBER, _("Notice of a meeting"),
        _("So many hours before it begins a meeting has to be convened, and its time to be moved. Zero: no such term."),
        ("rules.guards.convening:earliest_begin",), EditionState.SELECTION, default=0, maximum=720, unit=_("hours"),
    ),
    Setting(
        "circulation_stops", Theme.VOTES, SettingType.FLAG, _("A member may stop a vote by circulation"),
        _("Yes: a written demand for a meeting ends it, and open votes are annulled."),
        ("rules.guards.circulation:may_be_stopped",), EditionState.SELECTION, default=True,
    ),
    Setting(
        "secret_votes", Theme.VOTES, SettingType.CHOICE, _("Secret votes"),
        _("Where few people vote, secrecy is limited: a unanimous vote tells how everybody voted."),
        ("rules.secret_votes:is_secret", "rules.secret_votes:why_not_secret"), EditionState.SELECTION,
        default=SecretVotes.CHOSEN.value, options=SECRET_VOTES,
    ),
    Setting(
        "secret_circulation", Theme.VOTES, SettingType.FLAG, _("Votes by circulation may be secret"),
        _("Yes: the answer above counts for them too. No: they are always by name."),
        ("rules.secret_votes:is_secret", "rules.secret_votes:why_not_secret"), EditionState.SELECTION, default=False,
    ),
    Setting(
        "secret_linked_from", Theme.VOTES, SettingType.NUMBER, _("A receipt shows its choice"),
        _("From so many ballots of a secret vote on. With fewer, receipts and choices are two separate lists."),
        ("rules.effects.meetings:freeze_electorate",), EditionState.SELECTION, default=20, minimum=20, maximum=1000,
        unit=_("ballots"),
    ),
    Setting(
        "scores_open", Theme.VOTES, SettingType.CHOICE, _("Scores are open to the committee"),
        _("Until then members see their own cards alone. From then on no card of the project is changed."),
        ("selection.score_queries:scoring_of",), EditionState.SELECTION, default="all_in", options=SCORES_OPEN,
    ),
    Setting(
        "min_cards", Theme.VOTES, SettingType.NUMBER, _("Least number of cards for a place in the ranking"),
        _("A project with fewer score cards has no place."),
        ("selection.score_queries:scoring_of",), EditionState.SELECTION, default=3, minimum=1, maximum=30,
        unit=_("cards"),
    ),
    *APPEAL_SETTINGS,
    Setting(
        "completion_days", Theme.TERMS, SettingType.DAYS, _("Time to complete a returned project"),
        _("Counted from the call for completion. The office may extend it for a project."),
        ("rules.effects.proposals:_completion_due",), EditionState.SUMMARY,
        default=7, minimum=3, maximum=60, unit=DAYS,
    ),
    Setting(
        "freeze_days", Theme.TERMS, SettingType.DAYS, _("No changes before the summary conference"),
        _("So many days before the conference an admitted project is not reopened for changes."),
        ("rules.effects.proposals:reopen_sheet", "rules.guards.ideas:before_presentation_freeze"),
        EditionState.SUMMARY, default=7, maximum=60, unit=DAYS,
    ),
    Setting(
        "withdrawal_days", Theme.TERMS, SettingType.DAYS, _("Time to answer a withdrawal"),
        _("So long the office may take to answer when a selected project is withdrawn."),
        ("rules.effects.proposals:note_withdrawal",), EditionState.CLOSING, default=7, minimum=1, maximum=60, unit=DAYS,
    ),
    Setting(
        "presentation_minutes", Theme.CONFERENCES, SettingType.NUMBER, _("Time to present a project"),
        _("So long a project has at the conference, with the questions; the agenda is drawn up by it."),
        ("presentations.actions:generate",), EditionState.SELECTION, default=6, minimum=1, maximum=60,
        unit=_("minutes"),
    ),
    Setting(
        "reminder_days", Theme.REMINDERS, SettingType.LADDER, _("Days of reminders"),
        _("Working days before (-) and after (+) every deadline. Whoever has to act is reminded on each of them, those "
          "who work beside on the last one before, the office on the first one after, the chair on the second, and on "
          "later ones, of reports and appeals, whoever began the programme."),
        ("rules.deadlines:ladder_of_edition",), EditionState.CLOSED, default=USUAL, unit=_("working days"),
    ),
    Setting(
        "start_days", Theme.IMPLEMENTATION, SettingType.DAYS, _("Time to start the implementation"),
        _("The coordinator is reminded when a selected project has not begun by then."),
        ("rules.deadlines:_start_due",), EditionState.CLOSING, default=30, minimum=7, maximum=365, unit=DAYS,
    ),
    Setting(
        "report_days", Theme.IMPLEMENTATION, SettingType.DAYS, _("Time between progress reports"),
        _("The coordinator is reminded when the next report is due. "
          "A change holds from the next report of a project on."),
        ("rules.progress_reports:interval",), EditionState.CLOSING, default=90, minimum=7, maximum=365, unit=DAYS,
    ),
    Setting(
        "settlement_days", Theme.IMPLEMENTATION, SettingType.DAYS, _("Time to settle a project"),
        _("Counted from its completion."), ("rules.effects.implementation:note_completion",),
        EditionState.CLOSING, default=60, minimum=7, maximum=365, unit=DAYS,
    ),
    *PLAN_SETTINGS,
    Setting(
        "agreement_answer_days", Theme.IMPLEMENTATION, SettingType.DAYS,
        _("Time to answer an invitation to the agreement"),
        _("Partners who have not answered by then are reminded, and the office is told."),
        ("rules.effects.agreements:await_answer",), EditionState.CLOSING, default=21, minimum=3, maximum=120, unit=DAYS,
    ),
    Setting(
        "office_name", Theme.LETTERS, SettingType.TEXT, _("Name of the programme office"),
        _("It stands under every letter, such as: Starostwo Powiatowe w Płocku."), _LETTERS, EditionState.CLOSED,
        default="", maximum=120,
    ),
    Setting(
        "office_contact", Theme.LETTERS, SettingType.TEXT, _("Contact of the programme office"),
        _("An address or a telephone number for questions. It stands at the end of every letter."), _LETTERS,
        EditionState.CLOSED, default="", maximum=120,
    ),
    Setting(
        "announcement_letters_wait", Theme.LETTERS, SettingType.FLAG, _("Letters of an announcement wait for approval"),
        _("Yes: after the results are announced a person looks through the letters once more before they go out."),
        ("selection.announcement:keep_letters",), EditionState.APPEALS, default=False,
    ),
    Setting(
        "two_people_letters", Theme.LETTERS, SettingType.FLAG, _("Two people for letters that wait"),
        _("Yes: letters to a list and edited letters are approved by another person than the one who wrote them."),
        ("letters.actions:second_person",), EditionState.CLOSED, default=False,
    ),
)  # fmt: skip
SETTINGS: Mapping[str, Setting] = {setting.key: setting for setting in CATALOGUE}
# What editions that began before there was a catalogue keep beside their own values: more than half of the seats.
BEFORE_CATALOGUE: Mapping[str, Any] = {"quorum_strict": True}


def value(edition: Mapping[str, Any], key: str) -> Any:
    """The value of a setting in an edition: a number, a bool, a choice, a share as text, or None for no limit.

    An edition of which nothing was read has the defaults; LookupError for a row that was read without its settings.
    """
    differing = edition["settings"] if edition else {}
    return differing[key] if key in differing else SETTINGS[key].default


def values(edition: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of an edition with its value."""
    return {key: value(edition, key) for key in SETTINGS}


def differing(settings: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The column `settings` after a change: what differs from the default, and nothing else."""
    changed = {key: SETTINGS[key].stored(given) for key, given in answers.items()}
    defaults = {key: setting.default for key, setting in SETTINGS.items()}
    return {key: given for key, given in {**settings, **changed}.items() if given != defaults.get(key)}
