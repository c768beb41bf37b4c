"""Badges, certificates, the attendance sheet and the poster of a conference, from its rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO

from workflow.base.errors import NotFound
from workflow.base.i18n import _, format_date, format_datetime, say
from workflow.documents.blocks import Block, Grid, Paragraph, Text
from workflow.documents.handouts import Handout, HandoutKind, handouts_pdf
from workflow.documents.pdf import pdf_of
from workflow.participation.conference_card import ConferenceCard
from workflow.participation.registration_queries import RegistrationLine, surname_first
from workflow.rules.documents import LANGUAGE

# Empty rows at the end of the sheet, for whoever is not on the list.
SPARE = 10


def badges(card: ConferenceCard, lines: Sequence[RegistrationLine], *, at: datetime) -> bytes:
    """A badge for everybody who has a place; raises NotFound where nobody has."""
    over = _in_short(card)
    items = [
        Handout(line.name, line.organisation, over, code=f"{line.code[:4]} {line.code[4:]}", drawing=_drawn(line.code),
                alt=say(_("Code {code}", code=line.code), LANGUAGE))
        for line in lines if not line.waits
    ]  # fmt: skip
    return _pdf(HandoutKind.BADGES, items, card, say(_("Badges"), LANGUAGE), at=at)


def certificates(card: ConferenceCard, lines: Sequence[RegistrationLine], *, at: datetime) -> bytes:
    """A certificate of attendance for everybody of the lines who was there; raises NotFound where nobody was."""
    heading = say(_("Certificate of attendance"), LANGUAGE)
    after = say(_("Conference no. {number} of the programme “{edition}”: {purpose}. It took place on {day}.",
                  number=card.number, edition=card.edition_title, purpose=card.purpose or card.theme or "–",
                  day=format_date(card.starts_at, LANGUAGE) if card.starts_at else "–"), LANGUAGE)  # fmt: skip
    place = ", ".join(filter(None, (card.venue, card.host_commune, format_date(at, LANGUAGE))))
    items = [
        Handout(line.name, line.organisation, heading=heading, before=say(_("We confirm attendance of:"), LANGUAGE),
                after=after, place=place, signature=say(_("for the programme office"), LANGUAGE))
        for line in lines if line.arrived_at
    ]  # fmt: skip
    return _pdf(HandoutKind.CERTIFICATES, items, card, heading, at=at)


def poster(card: ConferenceCard, address: str, *, at: datetime) -> bytes:
    """A page with a code, to be hung up: asks to register as long as somebody can, now or once it is opened."""
    asked = (
        _("Register: point your phone's camera at the code, or type the address:") if card.awaits_registrations(at)
        else _("About the conference: point your phone's camera at the code, or type the address:")
    )  # fmt: skip
    when = format_datetime(card.starts_at, LANGUAGE) if card.starts_at else ""
    item = Handout(
        card.purpose or say(_("Conference no. {number}", number=card.number), LANGUAGE),
        ", ".join(filter(None, (when, card.venue, card.host_commune))), _in_short(card),
        before=say(asked, LANGUAGE),
        code=address.removeprefix("https://").removeprefix("http://"), drawing=_drawn(address),
        alt=say(_("Code that leads to {address}", address=address), LANGUAGE),
    )  # fmt: skip
    return _pdf(HandoutKind.POSTER, [item], card, say(_("Poster"), LANGUAGE), at=at)


def attendance_sheet(card: ConferenceCard, lines: Sequence[RegistrationLine], *, at: datetime) -> bytes:
    """The list to be signed at the entrance, with empty rows at its end."""
    title = say(_("Attendance sheet: conference no. {number}", number=card.number), LANGUAGE)
    return pdf_of(Text(title, card.edition_title, list(_sheet(card, lines, title)), at, LANGUAGE))


def _sheet(card: ConferenceCard, lines: Sequence[RegistrationLine], title: str) -> Iterator[Block]:
    when = format_datetime(card.starts_at, LANGUAGE) if card.starts_at else ""
    yield Paragraph(", ".join(filter(None, (when, card.venue, card.host_commune))))
    names = [(surname_first(line.name), line.organisation) for line in lines if not line.waits]
    rows = [(str(place), *pair, " ") for place, pair in enumerate([*names, *[(" ", " ")] * SPARE], 1)]
    columns = [say(label, LANGUAGE) for label in (_("No."), _("Name"), _("Organisation"), _("Signature"))]
    yield Grid(title, columns, rows, widths=(1, 4, 5, 4), numbers=frozenset({0}))


def _pdf(kind: HandoutKind, items: Sequence[Handout], card: ConferenceCard, title: str, *, at: datetime) -> bytes:
    if not items:
        raise NotFound(_("Nobody is on this list yet."))
    whole = f"{title}: {_in_short(card)}"
    return handouts_pdf(kind, items, title=whole, issuer=card.edition_title, at=at, language=LANGUAGE)


def _in_short(card: ConferenceCard) -> str:
    number = say(_("Conference no. {number}", number=card.number), LANGUAGE)
    return f"{number}, {card.edition_title}"


def _drawn(content: str) -> str:
    import segno

    drawing = BytesIO()
    code = segno.make(content, error="q", micro=False)
    code.save(drawing, kind="svg", border=2, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return drawing.getvalue().decode()
