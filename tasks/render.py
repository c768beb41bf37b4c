"""Writes a finished letter from facts: text and HTML, links from BASE_URL only, headers safe against injection."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tasks.headers import clean_header
from tasks.mail import LetterRefusedError, OutgoingMail
from workflow.accounts import open_secret
from workflow.base.i18n import translator
from workflow.base.settings import Settings
from workflow.notifications.message_data import Addressed
from workflow.notifications.messages import Letter, compose
from workflow.notifications.topic_recipients import AUDIENCES
from workflow.rules.topics import Topic
from workflow.sheet.pdf import Print, pdf_of

# The page that a secret link of a letter opens, where it is not the one for signing in.
LINK_PATHS = {Topic.GROUP_INVITATION: "/zaproszenie"}
TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates(language: str) -> Environment:
    """The templates of one language; what people wrote is escaped in HTML."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


@cache
def inliner() -> css_inline.CSSInliner:
    """Puts the style sheet of the layout into its elements; nothing is ever loaded from elsewhere."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def link(settings: Settings, letter: Letter, addressed: Addressed) -> str:
    """Where the letter leads; only BASE_URL decides about the host."""
    sealed = addressed.payload.get("box")
    if not sealed:
        return f"{settings.base_url}{letter.path}"
    path = LINK_PATHS.get(addressed.facts.topic, "/login/link")
    next_path = addressed.payload.get("next")
    query = f"?{urlencode({'next': next_path})}" if next_path else ""
    return f"{settings.base_url}{path}/{open_secret(settings, sealed)}{query}"


def render(addressed: Addressed, settings: Settings, *, at: datetime, enclosed: Print | None = None) -> OutgoingMail:
    """The finished letter of one delivery; raises LetterRefusedError for an address that cannot be written to.

    A sheet that is enclosed is set as a PDF here, from its frozen version: it is kept in no queue.
    """
    letter = compose(addressed.facts, addressed.language, only=AUDIENCES.get(addressed.facts.topic, ()))
    values: dict[str, Any] = {
        "letter": letter,
        "name": addressed.name,
        "url": link(settings, letter, addressed),
        "base_url": settings.base_url,
        "edition": addressed.facts.edition,
    }
    environment = templates(addressed.language)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = clean_header(letter.subject)
    message["From"] = sender = _address(*parseaddr(settings.mail_from))
    message["To"] = recipient = _address(addressed.name, addressed.email)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = clean_header(addressed.message_id)
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = f"<partnerstwo.{urlsplit(settings.base_url).hostname}>"
    message.set_content(environment.get_template("letter.txt").render(values), cte="quoted-printable")
    html = inliner().inline(environment.get_template("letter.html").render(values))
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    if enclosed:
        pdf = pdf_of(enclosed, base_url=settings.base_url)
        message.add_attachment(pdf, maintype="application", subtype="pdf", filename=enclosed.filename)
    # Last, for an enclosure takes the headers about the content with it into its own part.
    message["Content-Language"] = letter.language
    return OutgoingMail(addressed.message_id, sender.addr_spec, recipient.addr_spec, message.as_bytes())


def _address(name: str, email: str) -> Address:
    # An address with a blank, a bracket or a line break is not one that anybody typed for himself.
    if clean_header(email) != email or any(letter in email for letter in ' <>,;:"()[]\\') or email.count("@") != 1:
        raise LetterRefusedError("the address cannot be written to")
    local, _, domain = email.partition("@")
    if not local or not domain:
        raise LetterRefusedError("the address is not complete")
    return Address(display_name=clean_header(name), username=local, domain=domain)
