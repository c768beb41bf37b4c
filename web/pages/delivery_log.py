"""The post: how the way out of letters does, which failed or came back, and the journey of each letter."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks
from web.http.template_context import say
from workflow.base.errors import NotFound
from workflow.base.i18n import Sentence, _
from workflow.letters.batches import waiting_in
from workflow.notifications import bounces, deliveries, letter_journey, mail_health
from workflow.notifications import delivery_log as queries
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState, TryOutcome
from workflow.notifications.letter_journey import JourneyLine
from workflow.notifications.letter_texts import title_of
from workflow.notifications.mail_pause import server_down
from workflow.people.queries import find_person
from workflow.rules.facts import Ref
from workflow.rules.page_permissions import Reader
from workflow.rules.roles import READS_PRIVATE, Role

pages = Blueprint("delivery_log", __name__)
ADDRESSES = {
    "proposal": "public.proposal_address",
    "conference": "conferences.show",
    "agreement": "agreements.show",
    "agreement_partner": "agreement_partners.show",
    "milestone": "plan_parts.milestone",
    "change_request": "plan_parts.change",
}
SHOWN_ADDRESSES = 50
STATES = {
    DeliveryState.CREATED: _("waiting"),
    DeliveryState.SENDING: _("on its way"),
    DeliveryState.SENT: _("accepted"),
    DeliveryState.FAILED: _("failed"),
    DeliveryState.BOUNCED: _("came back"),
    DeliveryState.GATHERED: _("waits for the summary of its day"),
    DeliveryState.WITHDRAWN: _("taken back"),
}
OUTCOMES = {
    TryOutcome.ACCEPTED: _("accepted"),
    TryOutcome.DEFERRED: _("put off"),
    TryOutcome.REFUSED: _("refused"),
    TryOutcome.BOUNCED: _("came back"),
    TryOutcome.DELAYED: _("delayed"),
}
CHANNELS = {
    Channel.EMAIL: _("e-mail"), Channel.INBOX: _("message in the application"), Channel.PAPER: _("on paper"),
}  # fmt: skip


def reads_private() -> bool:
    """An administrator without a role of the office looks after the mail, and learns nothing of the committee."""
    return not READS_PRIVATE.isdisjoint(identity.reader().roles(None))


def before() -> int | None:
    """Where the page of a list begins that was asked for."""
    given = request.args.get("before", "")
    return int(given) if given.isdecimal() and len(given) < 18 else None


def in_words(words: dict[Any, Sentence], value: str) -> str:
    """A state, outcome or channel in the reader's words; one that this page does not know stays as it is."""
    return say(words[value]) if value in words else value


@pages.get("/poczta")
@asks("staff_or_admin")
def show() -> ResponseReturnValue:
    at, private = identity.at(), reads_private()
    with reading() as tx:
        status = queries.status(tx, at=at, private=private)
        failed = queries.dead_letters(tx, before=before(), private=private)
        down, oldest = server_down(tx), mail_health.oldest_letter(tx, at=at)
        letters = letters_to_approve(tx, identity.reader())
        faults, hours = bounces.newest_faults(tx, limit=SHOWN_ADDRESSES), mail_health.hours(tx, at=at)
    next_url = url_for(".show", before=failed[-1].id) if len(failed) == queries.PAGE else None
    return render_template(
        "delivery_log/show.html", status=status, failed=failed, next_url=next_url, address=address, letters=letters,
        down=down, oldest=oldest, faults=faults, hours=[hour for hour in hours if any(hour.counts.values())],
        outcomes={outcome: say(label) for outcome, label in OUTCOMES.items()},
    )  # fmt: skip


def letters_to_approve(tx: Connection, reader: Reader) -> list[tuple[str, str, int]]:
    """The editions of the reader's office in which letters wait for approval: key, title, how many messages."""
    offices = [edition_id for edition_id, roles in reader.grants.items() if Role.STAFF in roles]
    return waiting_in(tx, offices) if offices else []


@pages.post("/poczta/wyslij")
@asks("staff_or_admin")
def send_again() -> ResponseReturnValue:
    chosen = [int(text) for text in request.form.getlist("letter") if text.isdecimal() and len(text) < 18]
    with writing() as tx:
        count = deliveries.retry(tx, at=identity.at(), ids=chosen)
    flash(say(_("Letters put back into the queue: {count}.", count=count)), "success")
    return redirect(url_for(".show"), 303)


@pages.post("/poczta/adres")
@asks("staff_or_admin")
def clear_address() -> ResponseReturnValue:
    email = request.form.get("email", "")[:254]
    with writing() as tx:
        is_cleared = bounces.clear_address(tx, email)
    if is_cleared:
        flash(say(_("The mark is taken off {email}.", email=email)), "success")
    else:
        flash(say(_("{email} has no mark.", email=email)), "warning")
    return redirect(url_for(".show"), 303)


@pages.get("/poczta/osoba/<int:person_id>")
@asks("staff_or_admin")
def person(person_id: int) -> ResponseReturnValue:
    with reading() as tx:
        found = find_person(tx, person_id)
        if found is None:
            raise NotFound
        lines = letter_journey.journey_of_person(tx, person_id, before=before(), private=reads_private())
        faults = bounces.faults_of(tx, [found.email])
    next_url = url_for(".person", person_id=person_id, before=more(lines)) if more(lines) else None
    return journey(lines, title=found.name, fault=next(iter(faults.values()), None), next_url=next_url)


@pages.get("/poczta/projekt/<int:proposal_id>")
@asks("staff_or_admin")
def project(proposal_id: int) -> ResponseReturnValue:
    with reading() as tx:
        title = queries.title_of_project(tx, proposal_id)
        if title is None:
            raise NotFound
        about = Ref("proposal", proposal_id)
        to_approve = queries.to_approve_about(tx, about, private=reads_private())
        lines = letter_journey.journey_of_subject(tx, about, before=before(), private=reads_private())
    next_url = url_for(".project", proposal_id=proposal_id, before=more(lines)) if more(lines) else None
    return journey(lines, title=title, fault=None, next_url=next_url, to_approve=to_approve)


def state_of(line: JourneyLine) -> str:
    """What has become of a letter, or of a message in the application; one that was taken back was never opened."""
    if line.channel == Channel.INBOX and line.state != DeliveryState.WITHDRAWN:
        return say(_("opened") if line.read_at else _("not opened yet"))
    return in_words(STATES, line.state)


def about(line: JourneyLine) -> str:
    """What a letter is about; a correction names the letter that it takes back."""
    language = identity.language()
    return title_of(line.topic, language, message=line.corrects.get(language, ""))


def more(lines: Sequence[JourneyLine]) -> int | None:
    """Where the next page begins; None at the end."""
    return lines[-1].id if len(lines) == letter_journey.PAGE else None


def journey(
    lines: Sequence[JourneyLine], *, title: str, fault: bounces.Fault | None, next_url: str | None, to_approve: int = 0
) -> str:
    """A page of letters with all that is known of each."""
    return render_template(
        "delivery_log/journey.html", lines=lines, title=title, fault=fault, next_url=next_url, address=address,
        about=about, to_approve=to_approve, state=state_of,
        # What is printed is not tried by the clock.
        waits=lambda line: line.state == DeliveryState.CREATED and line.channel != Channel.PAPER,
        outcome=lambda tried: in_words(OUTCOMES, tried.outcome),
        channel=lambda line: in_words(CHANNELS, line.channel),
    )  # fmt: skip


def address(letter: queries.DeadLetter | JourneyLine) -> str | None:
    """The page of what the letter is about, where it has one."""
    place: dict[str, Any] = {f"{letter.subject_kind}_id": letter.subject_id}
    endpoint = ADDRESSES.get(letter.subject_kind)
    return url_for(endpoint, **place) if endpoint else None
