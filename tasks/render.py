"""Writes a finished letter from facts: text and HTML, links from BASE_URL only, headers safe against injection."""

from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import quote, urlencode, urlsplit

from tasks.headers import LETTER, clean_header
from tasks.mail import LetterRefusedError, OutgoingMail
from workflow.accounts import open_secret
from workflow.accounts.signed_links import UNSUBSCRIBE, sign
from workflow.base.i18n import DEFAULT, _, say
from workflow.base.settings import Settings
from workflow.notifications.calendar_file import FILENAME, calendar_file
from workflow.notifications.digest_text import can_end, digest_parts, topic_group
from workflow.notifications.letter_page import NOTHING, Around, html_of, plain_of
from workflow.notifications.message_data import Addressed
from workflow.notifications.messages import Event, Letter, compose
from workflow.notifications.preferences import may_be_switched_off
from workflow.notifications.topic_recipients import AUDIENCES
from workflow.notifications.unsubscribing import DIGESTS, Unsubscription
from workflow.rules.topics import Topic
from workflow.sheet.pdf import Print, pdf_of

# The page that a secret link of a letter opens, where it is not the one for signing in.
NO_MORE, HOW_OFTEN = _("No more letters of this kind"), _("How often you get letters")
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


def unsubscribe_url(addressed: Addressed, settings: Settings) -> str:
    """The page that switches off letters of this kind; empty where nobody can switch them off."""
    if addressed.facts.topic is Topic.DIGEST:
        what = DIGESTS if can_end(addressed.items) else ""
    else:
        group = topic_group(addressed.facts)
        what = group.value if may_be_switched_off(group) else ""
    if not what or addressed.recipient_id is None:
        return ""
    text = Unsubscription(addressed.recipient_id, what).text
    return f"{settings.base_url}/wypisz/{text}-{sign(settings, text, purpose=UNSUBSCRIBE)}"


def _around(addressed: Addressed, settings: Settings, unsubscribe: str) -> Around:
    """The items of a digest, and where letters are switched off or chosen; invited strangers have nothing to choose."""
    if addressed.recipient_id is None:
        return NOTHING
    links = [(say(NO_MORE, addressed.language), unsubscribe)] if unsubscribe else []
    links.append((say(HOW_OFTEN, addressed.language), f"{settings.base_url}/konto/powiadomienia"))
    return Around(digest_parts(addressed.items, addressed.language, base_url=settings.base_url), links)


def render(addressed: Addressed, settings: Settings, *, at: datetime, enclosed: Print | None = None) -> OutgoingMail:
    """The finished letter of one delivery; raises LetterRefusedError for an address that cannot be written to.

    A sheet that is enclosed is set as a PDF here, from its frozen version: it is kept in no queue.
    """
    facts = replace(addressed.facts, site=settings.base_url)
    letter = compose(facts, addressed.text, addressed.language, only=AUDIENCES.get(facts.topic, ()))
    url = link(settings, letter, addressed)
    unsubscribe = unsubscribe_url(addressed, settings)
    around = _around(addressed, settings, unsubscribe)
    message = EmailMessage(policy=LETTER)
    message["Subject"] = clean_header(letter.subject)
    message["From"] = sender = _address(*parseaddr(settings.mail_from))
    message["To"] = recipient = _address(addressed.name, addressed.email)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = clean_header(addressed.message_id)
    message["Auto-Submitted"] = "auto-generated"
    if unsubscribe:
        message["List-Id"] = f"<partnerstwo.{urlsplit(settings.base_url).hostname}>"
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(plain_of(letter, url, around), cte="quoted-printable")
    message.add_alternative(html_of(letter, url, around), subtype="html", cte="quoted-printable")
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
