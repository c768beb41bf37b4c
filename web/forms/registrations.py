"""What somebody is asked who registers for a conference: for himself, for several people of an organisation."""

from web.forms import Form
from web.forms.people import EMAIL, IS_MINOR, NAME, ORGANISATION
from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.participation.registrations import Attendee, Entry
from workflow.rules.field_types import Input
from workflow.rules.states import RegistrationSource

LONGEST_NAME, MOST_PEOPLE = 200, 50
# Who consents is asked of minors alone.
GUARDIAN = Input(
    "guardian", "line", _("Name of whoever consents"), _("Only under 18: a parent, a guardian or a teacher."),
    required=False, maximum=200,
)  # fmt: skip
GUARDIAN_KIND = Input("guardian_kind", "choice", _("Whose consent it is"), choices="consents", required=False)
OF_ONE_PERSON = (NAME, EMAIL, ORGANISATION, IS_MINOR, GUARDIAN, GUARDIAN_KIND)
OF_ORGANISATION = (
    Input("organisation", "line", _("Organisation"), maximum=200),
    Input("contact_name", "line", _("Name of the contact person"), maximum=200),
    Input("email", "email", _("E-mail address"), _("The confirmation for everybody goes here."), maximum=254),
    Input("people", "text", _("Who comes"), _("One name a line, with a surname."), maximum=LONGEST_NAME * MOST_PEOPLE),
)  # fmt: skip
UNDER_18 = Input("is_minor", "flag", _("Under 18"), required=False)
BY_OFFICE = (
    NAME,
    Input("email", "email", _("E-mail address"), _("Without one there is no letter."), required=False, maximum=254),
    ORGANISATION,
    UNDER_18,
    GUARDIAN,
    GUARDIAN_KIND,
)  # fmt: skip

WALK_IN = (NAME, ORGANISATION, UNDER_18)


def entry_of_person(form: Form, language: str) -> Entry:
    """One person, who gets the confirmation; of a minor somebody has to consent. Raises BadInput."""
    _ask_consent(form)
    return _one(form, RegistrationSource.PAGE, language)


def _ask_consent(form: Form) -> None:
    given = form.read()
    if given.get("is_minor"):
        sentence = _("Under 18 somebody has to consent: write who, and choose as what.")
        missing = {name: sentence for name in ("guardian", "guardian_kind") if not given.get(name)}
        if missing:
            refusal = BadInput(missing)
            form.refuse(refusal)
            raise refusal


def entry_by_office(form: Form) -> Entry:
    """Somebody whom the office registers, of a minor with whoever consents. Raises BadInput."""
    _ask_consent(form)
    return _one(form, RegistrationSource.OFFICE, "pl")


def entry_of_organisation(form: Form, language: str) -> Entry:
    """Several people under one address. Raises BadInput."""
    given = form.read()
    names = list(dict.fromkeys(filter(None, (" ".join(line.split()) for line in given["people"].splitlines()))))
    if len(names) > MOST_PEOPLE or any(len(name) > LONGEST_NAME for name in names):
        sentence = _("Write at most {people} names, each of at most {letters} characters.",
                     people=MOST_PEOPLE, letters=LONGEST_NAME)  # fmt: skip
        refusal = BadInput({"people": sentence})
        form.refuse(refusal)
        raise refusal
    return Entry(
        tuple(Attendee(name) for name in names), RegistrationSource.ORGANISATION, given["contact_name"],
        given["email"], given["organisation"], language,
    )  # fmt: skip


def _one(form: Form, source: RegistrationSource, language: str) -> Entry:
    given = form.read()
    is_minor = bool(given.get("is_minor"))
    guardian, kind = (given.get(name) or "" if is_minor else "" for name in ("guardian", "guardian_kind"))
    attendee = Attendee(given["name"], is_minor, guardian, kind)
    return Entry(
        (attendee,), source, attendee.name, given.get("email") or "", given.get("organisation") or "", language
    )
