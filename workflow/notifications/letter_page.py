"""A letter as plain text, and as HTML made from that text: one order of parts, everything escaped, nothing loaded."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from markupsafe import Markup
from msgspec import Struct

from workflow.base.i18n import _, say
from workflow.notifications.messages import Letter

NOTE = _("Note")
# Marks the small print of a letter; mail programs know it.
SIGNATURE_MARK = "-- "


class PartKind(StrEnum):
    """What a part of a letter is, and so how it looks."""

    PARAGRAPH = "paragraph"
    DEADLINE = "deadline"
    LABELLED = "labelled"
    LINK = "link"
    SMALL = "small"


class Part(Struct, frozen=True):
    """One part of a letter; `label` is what stands before the text, or on the button of a link."""

    kind: PartKind
    text: str
    label: str = ""
    button: str = ""


STYLES = {
    PartKind.PARAGRAPH: "margin:0 0 14px;white-space:pre-line",
    PartKind.DEADLINE: "margin:0 0 14px;font-weight:700",
    PartKind.SMALL: "margin:0 0 4px;font-size:13px;color:#4d5751",
}
LABEL = "margin:0 0 2px;font-weight:700"
WORDS = "margin:0 0 14px;padding:8px 14px;border-left:4px solid #1f6f54;background:#f4f5f3;white-space:pre-line"
BUTTON = (
    "display:inline-block;padding:11px 20px;border-radius:6px;background:#1f6f54;color:#ffffff;font-weight:700;"
    "text-decoration:none"
)
ADDRESS = "margin:0 0 14px;font-size:13px;color:#4d5751;overflow-wrap:anywhere"
BODY = (
    "margin:0;padding:24px 12px;background:#f4f5f3;color:#1d2420;overflow-wrap:anywhere;"
    "font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif"
)
SHEET = (
    "max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #d5dad6;border-radius:8px;padding:28px 28px 20px"
)
FOOT = "max-width:600px;margin:14px auto 0"

# The frame around the parts; only what differs between letters is left blank.
PAGE = Markup(
    '<!doctype html>\n<html lang="{{language}}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{{subject}}</title>\n</head>\n'
    '<body style="{body}">\n<div style="{sheet}">\n'
    '<h1 style="margin:0 0 16px;font-size:21px;line-height:1.3">{{subject}}</h1>\n{{inside}}\n</div>\n'
    '<div style="{foot}"><p style="{small}">{{footer}}</p>{{proof}}<p style="{small}">{{links}}</p></div>\n'
    "</body>\n</html>\n"
).format(body=BODY, sheet=SHEET, foot=FOOT, small=STYLES[PartKind.SMALL])


class Around(Struct, frozen=True):
    """What comes with a letter: further parts after what happened, and links below the small print with their words."""

    parts: Sequence[Part] = ()
    links: Sequence[tuple[str, str]] = ()


NOTHING = Around()


def plain_of(letter: Letter, url: str, around: Around = NOTHING) -> str:
    """The letter as text; `url` is the whole address of its one link."""
    body = "\n\n".join(_plain(part) for part in parts_of(letter, url, around))
    links = "".join(f"{label}: {address}\n" for label, address in around.links)
    small = "\n".join(filter(None, (letter.footer, letter.proof)))
    return f"{body}\n\n{SIGNATURE_MARK}\n{small}\n{links}"


def html_of(letter: Letter, url: str, around: Around = NOTHING) -> str:
    """The letter as a page without a style sheet, since mail programs drop one."""
    inside = Markup("\n").join(_html(part) for part in parts_of(letter, url, around))
    links = Markup(" · ").join(
        Markup('<a href="{address}" style="color:#1f6f54">{label}</a>').format(address=address, label=label)
        for label, address in around.links
    )
    return str(PAGE.format(
        language=letter.language, subject=letter.subject, inside=inside, footer=letter.footer, links=links,
        proof=_proof(letter.proof),
    ))  # fmt: skip


def _proof(words: str) -> Markup:
    small = Markup('<p style="{small}">{words}</p>').format(small=STYLES[PartKind.SMALL], words=words)
    return small if words else Markup()


def parts_of(letter: Letter, url: str, around: Around = NOTHING) -> Iterator[Part]:
    """Every part of the letter above the small print, in its order."""
    yield Part(PartKind.PARAGRAPH, letter.greeting)
    for text in (letter.happened, *letter.expected):
        yield Part(PartKind.PARAGRAPH, text)
    yield from around.parts
    if letter.until:
        yield Part(PartKind.DEADLINE, letter.until)
    for label, value in letter.details:
        yield Part(PartKind.LABELLED, value, label)
    if letter.note:
        yield Part(PartKind.LABELLED, letter.note, say(NOTE, letter.language))
    if letter.signed:
        yield Part(PartKind.PARAGRAPH, letter.signed)
    yield Part(PartKind.LINK, url, letter.where, letter.link)
    yield Part(PartKind.PARAGRAPH, "\n".join(letter.signature))


def _plain(part: Part) -> str:
    return f"{part.label}:\n{part.text}" if part.label else part.text


def _html(part: Part) -> Markup:
    if part.kind is PartKind.LINK:
        return Markup(
            '<p style="margin:22px 0"><a href="{url}" style="{button}">{label}</a></p>\n'
            '<p style="{address}">{where}: {url}</p>'
        ).format(url=part.text, button=BUTTON, label=part.button, address=ADDRESS, where=part.label)
    if part.kind is PartKind.LABELLED:
        return Markup('<p style="{label_style}">{label}</p>\n<p style="{style}">{text}</p>').format(
            label_style=LABEL, label=part.label, style=WORDS, text=part.text
        )
    return Markup('<p style="{style}">{text}</p>').format(style=STYLES[part.kind], text=part.text)
