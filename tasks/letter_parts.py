"""The part of a letter that is the same for every reader of a message who is the same to its subject."""

import binascii
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import urlencode, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tasks.headers import LETTER, clean_header
from workflow.accounts import open_secret
from workflow.accounts.signed_links import UNSUBSCRIBE, signed
from workflow.base.i18n import DEFAULT, _, say
from workflow.base.settings import Settings
from workflow.editions import followers
from workflow.notifications.calendar_file import FILENAME, Event, calendar, entry_of
from workflow.notifications.digest_text import can_end, digest_parts, topic_group
from workflow.notifications.letter_links import REGISTRATION, page_address
from workflow.notifications.letter_page import NOTHING, Around, Part, PartKind, html_of, plain_of
from workflow.notifications.message_data import Addressed
from workflow.notifications.messages import Letter, compose
from workflow.notifications.preferences import may_be_switched_off
from workflow.notifications.unsubscribing import DIGESTS, Unsubscription
from workflow.rules.topics import Audience, Topic
from workflow.sheet.pdf import Print, pdf_of

FOR_MINOR = _("For a person under 18")
NO_MORE, HOW_OFTEN = _("No more letters of this kind"), _("How often you get letters")
# The page that a secret link of a letter opens, where it is not the one for signing in.
LINK_PATHS = {
    Topic.GROUP_INVITATION: "/zaproszenie", Topic.REGISTERED: "/zapis", Topic.MOVED_UP: "/zapis",
    Topic.PLACE_TAKEN_BACK: "/zapis", Topic.FOLLOWING_ASKED: "/obserwowanie",
}  # fmt: skip
# Where each part's text goes, and what stands in it for the reader's own address of the page to switch letters off.
TEXT, HTML = "plain-text-of-the-letter", "html-of-the-letter"
OWN_ADDRESS = "https://switch-off.invalid/address-of-the-reader"


class Shared(Struct, frozen=True):
    """Headers, text and HTML with a blank for the reader's own address, and the bytes around both."""

    before: bytes
    text: str
    between: bytes
    html: str
    after: bytes

    def for_reader(self, unsubscribe: str) -> bytes:
        """The headers and the content for one reader."""
        parts = (_quoted(part.replace(OWN_ADDRESS, unsubscribe)) for part in (self.text, self.html))
        return b"".join([self.before, next(parts), self.between, next(parts), self.after])


def _quoted(text: str) -> bytes:
    """The text as quoted-printable (RFC 2045), by the C code of the standard library."""
    lines = text.rstrip("\n").replace("\r\n", "\n").replace("\n", "\r\n")
    return binascii.b2a_qp(lines.encode(), istext=True)


def link(settings: Settings, letter: Letter, addressed: Addressed) -> str:
    """The page itself that the letter is about, in its language; only BASE_URL decides about the host.

    Whoever is not signed in is led to sign in by the page, and back to it.
    """
    sealed = addressed.payload.get("box")
    if not sealed:
        return page_address(settings.base_url, letter.path, letter.language)
    path = f"{LINK_PATHS.get(addressed.facts.topic, '/login/link')}/{open_secret(settings, sealed)}"
    query = {"next": addressed.payload.get("next"), "lang": letter.language if letter.language != DEFAULT else ""}
    given = urlencode({name: value for name, value in query.items() if value})
    return f"{settings.base_url}{path}?{given}" if given else f"{settings.base_url}{path}"


def may_have_no_account(addressed: Addressed) -> bool:
    """Whether the letter goes to somebody because of a registration for a conference, which needs no account."""
    facts = addressed.facts
    return facts.topic in REGISTRATION or facts.audiences == {Audience.REGISTERED}


def unsubscribe_url(addressed: Addressed, settings: Settings) -> str:
    """The page that switches off letters of this kind; empty where nobody can switch them off."""
    if addressed.facts.topic is Topic.FOLLOWED:
        own = followers.token(settings, addressed.facts.ref.id, followers.END)
        return f"{settings.base_url}/obserwowanie/koniec/{own}"
    if addressed.facts.topic is Topic.DIGEST:
        what = DIGESTS if can_end(addressed.items) else ""
    else:
        group = topic_group(addressed.facts)
        what = group.value if may_be_switched_off(group) else ""
    if not what or addressed.recipient_id is None or not addressed.is_own:
        return ""
    own = signed(settings, Unsubscription(addressed.recipient_id, what).text, purpose=UNSUBSCRIBE)
    return f"{settings.base_url}/wypisz/{own}"


def _around(addressed: Addressed, settings: Settings, *, has_unsubscribe: bool) -> Around:
    """The items of a digest, and where letters are switched off or chosen; invited strangers have nothing to choose."""
    if addressed.recipient_id is None and not has_unsubscribe:
        return NOTHING
    links = [(say(NO_MORE, addressed.language), OWN_ADDRESS)] if has_unsubscribe else []
    if addressed.recipient_id is None:
        return Around([], links)
    if not may_have_no_account(addressed):
        links.append((say(HOW_OFTEN, addressed.language), f"{settings.base_url}/konto/powiadomienia"))
    parts = digest_parts(addressed.items, addressed.language, base_url=settings.base_url)
    if addressed.for_name:
        parts.insert(0, _for_minor(addressed))
    return Around(parts, links)


def _for_minor(addressed: Addressed) -> Part:
    """Whom a letter is for that an adult gets, and why it comes to the adult."""
    words = _("{name}. We do not write to minors, so you get this letter for them.", name=addressed.for_name)
    return Part(PartKind.LABELLED, say(words, addressed.language), say(FOR_MINOR, addressed.language))


def written(addressed: Addressed, settings: Settings, sender: Address, *, enclosed: Print | None) -> Shared:
    """Write it. It must not look at the reader's name, address or number but to see whether there are any."""
    facts = replace(addressed.facts, site=settings.base_url)
    letter = compose(facts, addressed.text, addressed.language)
    url = link(settings, letter, addressed)
    has_unsubscribe = bool(unsubscribe_url(addressed, settings))
    around = _around(addressed, settings, has_unsubscribe=has_unsubscribe)
    message = EmailMessage(policy=LETTER)
    message["Subject"] = clean_header(letter.subject)
    message["From"] = sender
    message["Auto-Submitted"] = "auto-generated"
    if has_unsubscribe:
        message["List-Id"] = f"<partnerstwo.{urlsplit(settings.base_url).hostname}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(TEXT, cte="quoted-printable")
    message.add_alternative(HTML, subtype="html", cte="quoted-printable")
    if facts.event:
        message.add_attachment(
            _calendar(facts.event, letter, url, settings, facts.at),
            maintype="text", subtype="calendar", filename=FILENAME,
        )  # fmt: skip
    if enclosed:
        pdf = pdf_of(enclosed, base_url=settings.base_url)
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=enclosed.filename)
    # Last, for an enclosure takes the headers about the content with it into its own part.
    message["Content-Language"] = letter.language
    before, _text, rest = message.as_bytes().partition(TEXT.encode())
    between, _html, after = rest.partition(HTML.encode())
    return Shared(before, plain_of(letter, url, around), between, html_of(letter, url, around), after)


def _calendar(event: Event, letter: Letter, url: str, settings: Settings, changed_at: datetime) -> bytes:
    host = urlsplit(settings.base_url).hostname or "localhost"
    return calendar([entry_of(event, summary=letter.subject, url=url, host=host, changed_at=changed_at)])
