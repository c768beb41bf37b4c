"""Writes a finished letter from facts: text and HTML, links from BASE_URL only, headers safe against injection.

What is the same for many readers of a message is written once (`tasks.letter_parts`); here it becomes a letter to one.
"""

from collections import OrderedDict
from datetime import datetime
from email.charset import Charset
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import cache
from itertools import repeat
from typing import Any

from tasks.headers import LETTER, clean_header
from tasks.letter_parts import Shared, unsubscribe_url, written
from tasks.mail import LetterRefusedError, OutgoingMail
from workflow.base.addresses import domain_for_mail
from workflow.base.settings import Settings
from workflow.notifications.bounces import return_tag
from workflow.notifications.message_data import Addressed
from workflow.sheet.pdf import Print

# So many written parts are kept; a message has one for each language and for each thing that a reader can be to it.
KEPT = 32
# Longer headers are folded; an encoded word has at most 75 letters, and fewer where a header's name stands before it.
SHORT, ENCODED = 76, 60
UTF8 = Charset("utf-8")


class Renderer:
    """Writes letters; what is the same for many recipients of one message is written once and kept for a while.

    Safe to share between threads: at worst two of them write the same part.
    """

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[Any, ...], tuple[Any, Shared]] = OrderedDict()

    def mail(
        self, addressed: Addressed, settings: Settings, *, at: datetime, enclosed: Print | None = None
    ) -> OutgoingMail:
        """The finished letter of one delivery; raises LetterRefusedError for an address that cannot be written to.

        A sheet that is enclosed is set as a PDF here, from its frozen version: it is kept in no queue.
        """
        recipient = _address(addressed.name, addressed.email)
        unsubscribe = unsubscribe_url(addressed, settings)
        own = [_header("To", recipient), _header("Date", format_datetime(at))]
        own.append(_header("Message-ID", clean_header(addressed.message_id)))
        if unsubscribe:
            # One web address, which is never folded: no program that follows it would undo that.
            own.append(f"List-Unsubscribe: <{unsubscribe}>\r\n".encode())
        shared = self._shared(addressed, settings, enclosed, has_unsubscribe=bool(unsubscribe))
        content = b"".join(own) + shared.for_reader(unsubscribe)
        return OutgoingMail(addressed.message_id, envelope_sender(addressed, settings), recipient.addr_spec, content)

    def _shared(
        self, addressed: Addressed, settings: Settings, enclosed: Print | None, *, has_unsubscribe: bool
    ) -> Shared:
        """Headers and content that do not depend on the recipient, but on what he is to the subject."""
        sender = _sender(settings.mail_from)
        if "box" in addressed.payload:
            # It holds a secret, for one reader.
            return written(addressed, settings, sender, enclosed=enclosed)
        facts = addressed.facts
        key = (facts.number, addressed.language, facts.audiences, has_unsubscribe, addressed.recipient_id is None)
        # Facts and texts may have changed since; only equal ones make the same letter.
        made_from = (facts, addressed.text, addressed.items, addressed.for_name, enclosed)
        known = self._parts.get(key)
        if known and known[0] == made_from:
            return known[1]
        part = written(addressed, settings, sender, enclosed=enclosed)
        self._parts[key] = (made_from, part)
        while len(self._parts) > KEPT:
            self._parts.popitem(last=False)
        return part


def render(addressed: Addressed, settings: Settings, *, at: datetime, enclosed: Print | None = None) -> OutgoingMail:
    """One finished letter, with nothing kept."""
    return Renderer().mail(addressed, settings, at=at, enclosed=enclosed)


def envelope_sender(addressed: Addressed, settings: Settings) -> str:
    """The address to which the letter comes back; one of its own where the installation has such addresses."""
    if not settings.bounce_address:
        return _sender(settings.mail_from).addr_spec
    name, _, domain = settings.bounce_address.partition("@")
    return f"{name}+{return_tag(addressed.delivery_id, key=settings.secret_key)}@{domain}"


@cache
def _sender(mail_from: str) -> Address:
    return _address(*parseaddr(mail_from))


def _header(name: str, value: str | Address) -> bytes:
    """One header as it travels: short plain ones as they are, others folded and encoded by the standard library."""
    text = str(value)
    if isinstance(value, Address) and not value.display_name.isascii() and value.addr_spec.isascii():
        return _encoded(name, value)
    if text.isascii() and len(name) + len(text) < SHORT:
        return f"{name}: {text}\r\n".encode("ascii")
    return LETTER.fold_binary(*LETTER.header_store_parse(name, value))


def _encoded(name: str, address: Address) -> bytes:
    """An address whose display name goes in encoded words (RFC 2047); EmailMessage takes ten times as long for it."""
    words = UTF8.header_encode_lines(address.display_name, repeat(ENCODED))
    lines = [word for word in words if word]
    return "\r\n ".join([f"{name}: {lines[0]}", *lines[1:], f"<{address.addr_spec}>\r\n"]).encode()


def _address(name: str, email: str) -> Address:
    # An address with a blank, a bracket or a line break is not one that anybody typed for himself.
    if clean_header(email) != email or any(letter in email for letter in ' <>,;:"()[]\\') or email.count("@") != 1:
        raise LetterRefusedError("the address cannot be written to")
    local, _, domain = email.partition("@")
    if not local or not domain:
        raise LetterRefusedError("the address is not complete")
    return Address(display_name=clean_header(name), username=local, domain=domain_for_mail(domain))
