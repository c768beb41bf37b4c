"""Draw every shipped letter in both languages as it looks on a phone, eight on a picture; somebody has to read them.

`.venv/bin/python -m bench.letters_as_pictures FOLDER` writes HTML and pictures by phase and language, and says of each
page whether it fits into a phone and into the window of a mail program.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from workflow.base.i18n import LANGUAGES, say
from workflow.notifications.letter_page import html_of
from workflow.notifications.letter_texts import shipped
from workflow.notifications.messages import Correction, Event, LetterFacts, compose
from workflow.notifications.shipped_texts import PHASES
from workflow.notifications.topic_audiences import AUDIENCES
from workflow.rules.facts import Ref
from workflow.rules.topics import RECEIPTS, Audience, Topic

WIDTHS = (390, 800)
# A picture has two rows of four letters: a longer one is scaled down by whatever shows it.
ON_PICTURE, ACROSS = 8, 4
SITE = "https://partnerstwo.example.org"
AT, UNTIL = datetime(2026, 3, 9, 12, 5, tzinfo=UTC), datetime(2026, 3, 27, 22, 59, tzinfo=UTC)
BODY = re.compile(r"<body style=\"[^\"]*\">(.*)</body>", re.DOTALL)
# Kind of subject, where it is not the first word of the topic.
KINDS: Mapping[str, str] = {"correction": "proposal", "account": "person", "scores": "edition", "installation": "job"}
WRITTEN = {"justification": "Świetlica służy trzem wsiom, a wkład własny jest pewny."}


def facts_of(topic: Topic, audience: Audience) -> LetterFacts:
    """A letter of a topic to somebody, with everything filled in that it may say."""
    first = topic.partition(".")[0]
    kind = KINDS.get(first, first)
    has_event = first in ("conference", "meeting", "proposal")
    return LetterFacts(
        1, topic, Ref(kind, 7), AT, title="Świetlica „Razem” w Łosicach Górnych", subject_number=12,
        edition="Partnerstwo powiatu łosickiego 2026", edition_key="losice-2026", actor="Joanna Wiśniewska",
        audiences=frozenset({audience}), data=WRITTEN if shipped("pl")[topic].below else {}, until=UNTIL,
        receipt=("2026/12/1", "9f2b" * 16) if topic in RECEIPTS else None, edition_id=1,
        office="Starostwo Powiatowe w Łosicach", contact="partnerstwo@losice.example.org, tel. 83 000 00 00",
        event=Event(Ref(kind, 7), AT, "Łosicki Dom Kultury, Łosice") if has_event else None,
        corrects=_corrected(topic), site=SITE,
    )  # fmt: skip


def _corrected(topic: Topic) -> Correction | None:
    """The letter that a correction takes back."""
    if topic is not Topic.CORRECTED:
        return None
    return Correction({language: shipped(language)[Topic.ADMITTED].subject.format(title="Świetlica »Razem«")
                       for language in LANGUAGES}, AT)  # fmt: skip


def letters_of(topic: Topic, language: str) -> Iterator[str]:
    """The letters of a topic, one for each reader who is asked for something else."""
    seen = set()
    for audience in AUDIENCES.get(topic, ()):
        if audience is Audience.PUBLIC:
            continue
        letter = compose(facts_of(topic, audience), shipped(language)[topic], language)
        words = (letter.happened, letter.expected, letter.details)
        if words not in seen:
            seen.add(words)
            found = BODY.search(html_of(letter, f"{SITE}{letter.path}"))
            yield f"<h6>{topic} · {audience}</h6>{found[1] if found else ''}"


def page_of(letters: Sequence[str], title: str, language: str, *, columns: int = 1) -> str:
    """One page with these letters, each as wide as the page or as a phone."""
    style = "font:16px/1.55 system-ui,sans-serif;background:#f4f5f3;margin:0;overflow-wrap:anywhere"
    beside = f"display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:12px;padding:12px"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    inside = "".join(f"<section>{letter}</section>" for letter in letters)
    body = f'<body style="{style}"><div style="{beside}">{inside}</div></body>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head>{body}</html>'


def main(folder: Path) -> None:
    """Write all pages and their pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        for language in LANGUAGES:
            for number, (title, topics) in enumerate(PHASES, 1):
                letters = [letter for topic in topics for letter in letters_of(topic, language)]
                draw(browser, folder, f"{number:02}-{language}", say(title, language), letters, language)
        browser.close()


def draw(browser: Browser, folder: Path, name: str, title: str, letters: Sequence[str], language: str) -> None:
    """The page of a phase, whether it fits, and its letters on pictures."""
    page_file = folder / f"{name}.html"
    page_file.write_text(page_of(letters, title, language), encoding="utf-8")
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(page_file.as_uri())
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        print(f"{name} at {width}: {'too wide by ' + str(wider) if wider else 'fits'}")
        page.close()
    page = browser.new_page(viewport={"width": WIDTHS[0] * ACROSS, "height": 900})
    for number, first in enumerate(range(0, len(letters), ON_PICTURE), 1):
        page.set_content(page_of(letters[first : first + ON_PICTURE], title, language, columns=ACROSS))
        page.screenshot(path=folder / f"{name}-{number:02}.png", full_page=True)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
