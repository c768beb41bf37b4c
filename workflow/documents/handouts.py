"""What is handed out at a conference or a meeting, as tagged PDF: badges, certificates, a poster, ballot cards."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from workflow.base.calendar import WARSAW
from workflow.base.typesetting import typeset

TEMPLATE = Path(__file__).with_name("handouts.typ")


class HandoutKind(StrEnum):
    """How the items are laid out."""

    BADGES = "badges"
    CERTIFICATES = "certificates"
    POSTER = "poster"
    BALLOTS = "ballots"


class Handout(Struct, frozen=True):
    """One badge, certificate, poster or ballot card in words; a drawing is SVG, `alt` says what it shows."""

    name: str
    organisation: str = ""
    over: str = ""
    heading: str = ""
    before: str = ""
    after: str = ""
    place: str = ""
    signature: str = ""
    code: str = ""
    drawing: str = ""
    alt: str = ""
    # What can be chosen on a ballot card.
    options: tuple[str, ...] = ()


def handouts_pdf(
    kind: HandoutKind, items: Sequence[Handout], *, title: str, issuer: str, at: datetime, language: str = "pl"
) -> bytes:
    """The PDF; the same items and moment give the same bytes. `items` must not be empty."""
    day = at.astimezone(WARSAW)
    value = {
        "kind": kind.value, "title": title, "issuer": issuer, "language": language,
        "date": [day.year, day.month, day.day],
        "items": [{name: getattr(item, name) for name in Handout.__struct_fields__} for item in items],
    }  # fmt: skip
    return typeset(TEMPLATE, "document", value, at=at)
