"""What is wrong with the page that a browser shows: access, width, language, weight."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, Response

from workflow.base.i18n import catalogue_files
from workflow.rules.registry import tables

# What people read or hear of a page, element by element; what says of itself that it is English is left out.
WORDS = """() => {
  const found = [document.title], said = ["aria-label", "title", "placeholder", "alt", "data-label"];
  const walk = (one) => {
    if (one.nodeType === Node.TEXT_NODE) { found.push(one.data); return; }
    if (one.nodeType !== Node.ELEMENT_NODE || one.matches("script, style, [lang]:not(html)")) return;
    for (const name of said) if (one.hasAttribute(name)) found.push(one.getAttribute(name));
    for (const [name, words] of Object.entries(one.dataset)) if (name.startsWith("say")) found.push(words);
    one.childNodes.forEach(walk);
  };
  walk(document.documentElement);
  return found.map(words => words.replace(/\\s+/g, " ").trim()).filter(words => words);
}"""
# Whatever sticks out to the right; what scrolls inside a box of its own does not.
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Marks the first element of each style that was not known, and names those styles. A style is an element with its classes
# inside an element with its classes: what decides about colours and sizes, but for what stands further up.
MARK_NEW = """known => {
  const named = one => one ? [one.localName, ...one.classList].join(".") : "", seen = new Set(known), fresh = [];
  for (const one of document.body.querySelectorAll("*")) {
    one.removeAttribute("data-new-style");
    const style = named(one.parentElement) + ">" + named(one);
    if (seen.has(style) || !one.checkVisibility()) continue;
    seen.add(style);
    fresh.push(style);
    one.setAttribute("data-new-style", "");
  }
  return fresh;
}"""
NEW = {"include": [["[data-new-style]"]]}
# Rules that compare what is drawn, element by element: four fifths of the time of a whole page.
DRAWN = ["color-contrast", "target-size"]
# Words that no Polish sentence has and hardly an English one lacks.
ENGLISH = re.compile(r"\b(the|of|is|and|this|your|with|are|was|cannot|yet)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")


@dataclass
class AccessCheck:
    """axe-core on one page after another; what is drawn is looked at where a page brings new styles, the rest everywhere.

    One on a narrow screen beside one on a wide screen looks at new styles alone: all else is the same page.
    """

    is_second: bool = False
    styles: set[str] = field(default_factory=set)

    def violations(self, page: Page) -> Iterator[str]:
        """What axe-core finds on the page as it is now."""
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE_SCRIPT)
        fresh = page.evaluate(MARK_NEW, sorted(self.styles))
        self.styles.update(fresh)
        if not self.is_second:
            yield from self._found(page, None, {"rules": {rule: {"enabled": False} for rule in DRAWN}})
        if fresh:
            yield from self._found(page, NEW, {} if self.is_second else {"runOnly": DRAWN})

    def _found(self, page: Page, where: Any, options: dict[str, Any]) -> Iterator[str]:
        ran = "([where, options]) => axe.run(where ?? document, {...options, resultTypes: ['violations']})"
        for rule in page.evaluate(ran, [where, options])["violations"]:
            places = "; ".join(node["html"][:160] for node in rule["nodes"][:3])
            yield f"{rule['id']} ({rule['impact']}): {places}"


def too_wide(page: Page, width: int) -> Iterator[str]:
    """Whether the page has to be pushed sideways at this width."""
    page.set_viewport_size({"width": width, "height": 800})
    if (pixels := page.evaluate(WIDER)) > 0:
        yield f"{pixels} pixels too wide at {width}"


@cache
def sources() -> frozenset[str]:
    """English sentences and labels whose Polish is another one; without those that mean something else in Polish."""
    found, polish = set(), set()
    for path in catalogue_files("pl"):
        with path.open("rb") as file:
            for message in read_po(file, locale="pl"):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                said = message.string if isinstance(message.string, tuple) else (message.string,)
                found |= set(ids)
                polish |= set(said)
    labels = [row.label for one in tables().values() for row in (*one.states.values(), *one.steps, *one.records)]
    return frozenset((found | {label.en for label in labels}) - polish - {label.pl for label in labels} - {""})


@cache
def longest_parts() -> frozenset[str]:
    """The longest run of words of each long source, to be found inside of a filled sentence."""
    parts = {max(PLACEHOLDER.split(one), key=len).strip() for one in sources()}
    return frozenset(one for one in parts if one.count(" ") >= 2)


def english(page: Page) -> Iterator[str]:
    """What speaks English on a page in Polish."""
    if page.locator("html").get_attribute("lang") != "pl":
        yield "the page does not say that it is Polish"
    words: list[str] = page.evaluate(WORDS)
    # Hardly a page holds one of the thousand parts, so all its words are searched for them at once.
    text = "\n".join(words)
    parts = [part for part in longest_parts() if part in text]
    for one in words:
        if one.rstrip(" :.") in sources() or any(part in one for part in parts) or ENGLISH.search(one):
            yield f"English: {one[:120]}"


def bytes_of(answer: Response) -> int:
    """How many bytes of an answer came over the wire."""
    sizes: dict[str, Any] = dict(answer.request.sizes())
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


def weigh(browser: Browser, address: str) -> dict[str, int]:
    """What a first visit loads, by the kind of thing."""
    context = browser.new_context()
    page, answers = context.new_page(), list[Response]()
    # Playwright marks what it is given, and a method of a list cannot be marked.
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    found: dict[str, int] = {}
    for answer in answers:
        kind = answer.request.resource_type
        found[kind] = found.get(kind, 0) + bytes_of(answer)
    context.close()
    return found
