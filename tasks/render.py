"""Writes a finished letter from facts: text and HTML, links from BASE_URL only, headers safe against injection."""

from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import quote, urlencode, urlsplit

from tasks.headers import clean_header
from tasks.mail import LetterRefusedError, OutgoingMail
from workflow.accounts import open_secret
from workflow.base.i18n import DEFAULT
from workflow.base.settings import Settings
from workflow.notifications.calendar_file import FILENAME, calendar_file
from workflow.notifications.letter_page import html_of, plain_of
from workflow.notifications.message_data import Addressed
from workflow.notifications.messages import Event, Letter, compose
from workflow.notifications.topic_recipients import AUDIENCES
from workflow.rules.topics import Topic
from workflow.sheet.pdf import Print, pdf_of

# The page that a secret link of a letter opens, where it is not the one for signing in.
LINK_PATHS = {Topic.GROUP_INVITATION: "/zaproszenie"}


def link(settings: Settings, letter: Letter, addressed: Addressed) -> str:
    """Where the letter leads: by way of signing in, in the reader's language; only BASE_URL decides about the host."""
    sealed = addressed.payload.get("box")
    if not sealed:
        language = f"&lang={letter.language}" if letter.language != DEFAULT else ""
        return f"{settings.base_url}/login?next={quote(letter.path)}{language}"
    path = LINK_PATHS.get(addressed.facts.topic, "/login/link")
    next_path = addressed.payload.get("next")
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    return f"{settings.base_url}{path}/{open_secret(settings, sealed)}{query}"


def render(addressed: Addressed, settings: Settings, *, at: datetime, enclosed: Print | None = None) -> OutgoingMail:
    """The finished letter of one delivery; raises LetterRefusedError for an address that cannot be written to.

    A sheet that is enclosed is set as a PDF here, from its frozen version: it is kept in no queue.
    """
    facts = replace(addressed.facts, site=settings.base_url)
    letter = compose(facts, addressed.text, addressed.language, only=AUDIENCES.get(facts.topic, ()))
    url = link(settings, letter, addressed)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = clean_header(letter.subject)
    message["From"] = sender = _address(*parseaddr(settings.mail_from))
    message["To"] = recipient = _address(addressed.name, addressed.email)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = clean_header(addressed.message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<partnerstwo.{urlsplit(settings.base_url).hostname}>"
    message.set_content(plain_of(letter, url), cte="quoted-printable")
    message.add_alternative(html_of(letter, url), subtype="html", cte="quoted-printable")
    if facts.event:
        message.add_attachment(
            _calendar(facts.event, letter, url, settings, int(facts.at.timestamp()), at),
            maintype="text", subtype="calendar", filename=FILENAME,
        )  # fmt: skip
    if enclosed:
        pdf = pdf_of(enclosed, base_url=settings.base_url)
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=enclosed.filename)
    # Last, for an enclosure takes the headers about the content with it into its own part.
    message["Content-Language"] = letter.language
    return OutgoingMail(addressed.message_id, sender.addr_spec, recipient.addr_spec, message.as_bytes())


def _calendar(event: Event, letter: Letter, url: str, settings: Settings, number: int, at: datetime) -> bytes:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return calendar_file(event, summary=letter.subject, url=url, host=host, number=number, at=at)


def _address(name: str, email: str) -> Address:
    # An address with a blank, a bracket or a line break is not one that anybody typed for himself.
    if clean_header(email) != email or any(letter in email for letter in ' <>,;:"()[]\\') or email.count("@") != 1:
        raise LetterRefusedError("the address cannot be written to")
    local, _, domain = email.partition("@")
    if not local or not domain:
        raise LetterRefusedError("the address is not complete")
    return Address(display_name=clean_header(name), username=local, domain=domain)
