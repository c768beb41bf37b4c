"""Only if: the steps of a partnership agreement and of its partners."""

from datetime import timedelta

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.agreement import INVITING, SIGNING, AgreementFacts
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.guards.documents import unread
from workflow.rules.roles import Role

NOTHING = AgreementFacts()
READ_FIRST = _("Open the text of the agreement and read it first.")
# A paper that was signed earlier than this before the partner was invited is of another agreement, or mistyped.
EARLIEST_SIGNATURE = timedelta(days=366)


def agreement_of(facts: Facts) -> AgreementFacts:
    """The agreement of an edition with its partners; empty where it has none."""
    return facts.agreement or NOTHING


@guard
def enough_partners_signed(facts: Facts, _attempt: Attempt) -> Missing | None:
    """As many partners have signed as the agreement demands, and at least one."""
    agreement = agreement_of(facts)
    return signatures_below(len(agreement.signed), agreement.minimum)


def signatures_below(there: int, needed: int) -> Missing | None:
    """How many signatures the agreement has, where that is fewer than it needs."""
    if there >= needed:
        return None
    text = _("The agreement has {there} of at least {needed} signatures.", there=there, needed=needed)
    return missing("too_few_signatures", text, Role.STAFF, Role.PARTNER)


@guard
def conclusion_day_sensible(facts: Facts, attempt: Attempt) -> Missing | None:
    """The day of conclusion is not ahead, and not before the last signature."""
    day = answers(attempt).get("day")
    if day is None:
        return None
    if day > warsaw_date(attempt.at):
        return missing("day_ahead", _("This day has not come yet."), field="day")
    last = max((warsaw_date(partner.signed_on) for partner in agreement_of(facts).signed if partner.signed_on),
               default=day)  # fmt: skip
    if day < last:
        return missing("before_signatures", _("The last partner signed on {day}.", day=last), field="day")
    return None


@demands("ends_in_the_past", _("This day has passed already."), field="valid_until_day")
def agreement_end_sensible(_facts: Facts, attempt: Attempt) -> bool:
    """The agreement does not end before it begins."""
    until = answers(attempt).get("valid_until_day")
    return until is None or until >= warsaw_date(attempt.at)


@guard
def agreement_text_written(facts: Facts, _attempt: Attempt) -> Missing | None:
    """A version of the text waits to be approved, with the title, purpose and end that the agreement has now."""
    agreement = agreement_of(facts)
    if agreement.draft is not None and agreement.is_current:
        return None
    if agreement.draft is not None:
        text = _("Title, purpose or end have changed since the text was written. Write it again.")
        return missing("text_outdated", text, Role.STAFF)
    return missing("no_text", _("Write the text of the agreement first."), Role.STAFF)


@guard
def agreement_text_read(facts: Facts, attempt: Attempt) -> Missing | None:
    """Whoever approves the text has opened this version, and names its control code."""
    return unread(facts, attempt, agreement_of(facts).draft, READ_FIRST)


@guard
def text_read_by_signatory(facts: Facts, attempt: Attempt) -> Missing | None:
    """Whoever signs has opened the approved text, and names the control code of the version that was shown."""
    return unread(facts, attempt, agreement_of(facts).text, READ_FIRST)


@demands("annex_twice", _("Two annexes have the same title."), field="annexes")
def agreement_text_changed(_facts: Facts, attempt: Attempt) -> bool:
    """Each annex has a title of its own."""
    titles = [row["annex"].casefold() for row in answers(attempt).get("annexes") or ()]
    return len(set(titles)) == len(titles)


@demands("signed_already", _("A partner has signed this text already. Conclude the agreement and amend it."))
def no_partner_signed(facts: Facts, _attempt: Attempt) -> bool:
    """Nobody has signed this text yet."""
    return not agreement_of(facts).signed


@demands("no_agreement_open", _("There is no agreement that partners could join."), Role.STAFF)
def agreement_takes_partners(facts: Facts, _attempt: Attempt) -> bool:
    """There is an agreement that is not over."""
    return agreement_of(facts).state in INVITING


@demands("not_open", _("The agreement has not been opened for signature yet."), Role.STAFF)
def agreement_open_for_signing(facts: Facts, _attempt: Attempt) -> bool:
    """The agreement is open for signature, or concluded and open for accession."""
    agreement = agreement_of(facts)
    return agreement.state in SIGNING and agreement.text is not None


@guard
def organisation_may_be_invited(facts: Facts, attempt: Attempt) -> Missing | None:
    """The organisation exists and is not invited yet."""
    if attempt.data is None:
        return None
    organisation = agreement_of(facts).organisation
    if organisation is None:
        return missing("unknown_organisation", _("There is no such organisation."), field="organisation")
    if organisation.is_partner:
        text = _("“{name}” is invited already.", name=organisation.name)
        return missing("invited_already", text, field="organisation")
    return None


@demands("day_over", _("This day has passed already."), field="answer_day")
def answer_day_ahead(_facts: Facts, attempt: Attempt) -> bool:
    """The day until which an answer is awaited is not over."""
    day = answers(attempt).get("answer_day")
    return day is None or end_of_day(day) >= attempt.at


@demands("not_of_edition", _("Choose an adult who has a role in this edition."), field="person")
def signatory_is_adult(facts: Facts, _attempt: Attempt) -> bool:
    """Whoever signs with an own account exists and is of age."""
    person = facts.referenced_person
    return bool(person is None or (person.id and not person.is_minor and (person.of_edition or person.in_group)))


@guard
def signature_day_sensible(facts: Facts, attempt: Attempt) -> Missing | None:
    """Nobody signs on a day that has not come, or long before the partner was invited."""
    day, invited_at = answers(attempt).get("day"), facts.own.get("created_at")
    if day is not None and day > warsaw_date(attempt.at):
        return missing("day_ahead", _("This day has not come yet."), field="day")
    if day is not None and invited_at is not None and day < warsaw_date(invited_at) - EARLIEST_SIGNATURE:
        return missing("signed_long_ago", _("This day is too long ago."), field="day")
    return None


@demands(
    "signature_not_shown",
    _("Attach the scan of the signed paper first, or state that the paper itself is in the office."),
    Role.STAFF,
    field="paper_in_office",
)
def paper_signature_shown(facts: Facts, attempt: Attempt) -> bool:
    """The scan of the signed paper is attached, or the office states that it has the paper itself."""
    return bool(attempt.data is None or agreement_of(facts).has_scan or answers(attempt).get("paper_in_office"))
