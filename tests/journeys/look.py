"""What is wrong with the page that a browser shows: access, width, language, weight."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page, Response

from workflow.base.i18n import catalogue_files
from workflow.rules.registry import tables

# Its language and what people read or hear of it, element by element; what says of itself that it is English is left out.
# (A locator would bring Playwright's own script into the page, at half of what a visit costs.)
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
  const words = found.map(words => words.replace(/\\s+/g, " ").trim()).filter(words => words);
  return [document.documentElement.lang, ...words];
}"""
# Whatever sticks out to the right; what scrolls inside a box of its own does not.
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Keeps the first visible element of each kind and of each drawing, and names them. A kind begins with the element and its
# classes inside of its parent with its classes. A kind adds all that decides whether it is named, nested and described as it
# should be. A drawing is the colours and letters of what has words, and the size of what can be pressed, where it is small.
# The outline is all that decides whether the page as a whole is built as it should be.
KEEP_FIRST = """() => {
  const kinds = new Map(), drawings = new Map(), grounds = new Map(), outline = [], counts = {};
  const keep = (map, key, one) => { if (!map.has(key)) map.set(key, one); };
  const refers = /^aria-(labelledby|describedby|controls|owns|activedescendant|details)$/;
  const means = /^(role|type|lang|scope|tabindex|autocomplete|aria-.*)$/, groups = "UL OL DL TABLE TR SELECT FIELDSET DETAILS";
  const pressed = "a, button, input, select, textarea, summary, [tabindex]";
  const named = one => one ? [one.localName, ...one.classList].join(".") : "";
  const value = (one, name) => {
    const text = one.getAttribute(name).trim();
    if (refers.test(name)) return text.split(/\\s+/).every(id => document.getElementById(id)) ? "=there" : "=missing";
    if (name === "aria-label" || name === "alt") return text ? "=some" : "=none";
    return means.test(name) ? "=" + text.replace(/\\d+/g, "0") : "";
  };
  const kind = one => [
    ...one.getAttributeNames().filter(name => name !== "class" && !name.startsWith("data-")).sort().map(name => name + value(one, name)),
    one.parentElement.getAttribute("role") ?? "", one.textContent.trim() ? "words" : "", "labels" in one ? one.labels?.length : "",
    one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight ? "over" : "",
    one.parentElement.closest("a, button, summary, label")?.localName ?? "", one.matches(pressed) && !!one.querySelector(pressed),
    groups.includes(one.tagName) ? [...new Set([...one.children].map(named))].sort() + !!one.querySelector("td, dd, li") : "",
  ].join(" ");
  const ground = one => {
    if (!one) return "";
    if (!grounds.has(one)) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(one);
      const isClear = backgroundImage === "none" && /, 0\\)$/.test(backgroundColor);
      // What is placed by itself may stand on anything.
      const own = (isClear ? ground(one.parentElement) : backgroundColor + backgroundImage) + (/static|relative/.test(position) ? "" : named(one));
      grounds.set(one, opacity === "1" ? own : own + opacity);
    }
    return grounds.get(one);
  };
  const letters = one => {
    const {color, fontSize, fontWeight} = getComputedStyle(one);
    // Small letters all need the same contrast; those of what cannot be used need none.
    const size = parseFloat(fontSize) < 18 ? "small" : fontSize + " " + fontWeight, label = one.closest("label");
    const isOff = one.closest("[aria-disabled=true], [aria-hidden=true], [inert], :disabled") || label?.control?.disabled;
    return [color, ground(one), size, isOff ? "off" : ""].join(" ");
  };
  const target = one => {
    const {width, height} = one.getBoundingClientRect();
    return [width, height].map(length => Math.min(24, Math.round(length))).join(",");
  };
  const speaks = one => one.matches(pressed) || [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const landmarks = "main, nav, aside, header, footer, section[aria-label], section[aria-labelledby], form[aria-label], form[aria-labelledby], [role]";
  const nameOf = one => one.getAttribute("aria-label") ?? document.getElementById(one.getAttribute("aria-labelledby"))?.textContent.trim() ?? "";
  const count = what => what + " " + Math.min(2, counts[what] = (counts[what] ?? 0) + 1);
  let before = "";
  // What of an element decides how the page is built: the heading after another one, a landmark in another one, what is in none.
  const placed = (one, style) => {
    const facts = [], around = one.parentElement.closest(landmarks);
    if (/^H[1-6]$/.test(one.tagName)) {
      facts.push("heading " + before + one.tagName + !!one.textContent.trim(), ...(one.tagName === "H1" ? [count("H1")] : []));
      before = one.tagName;
    }
    if (one.matches(landmarks)) {
      const mark = one.tagName + one.getAttribute("role");
      facts.push("landmark " + mark + " in " + around?.tagName + around?.getAttribute("role"), count(mark + nameOf(one)).replace(nameOf(one), ""));
      if (/^(none|presentation)$/.test(one.getAttribute("role"))) facts.push(style + one.getAttributeNames());
    } else if (!around) facts.push("outside " + style + !!one.textContent.trim());
    if (one.accessKey) facts.push(count("accesskey " + one.accessKey));
    if (one.matches("a[href^='#']")) facts.push("link to " + (document.getElementById(one.hash.slice(1)) ? "there" : "nowhere"));
    return facts;
  };
  const whole = () => {
    const root = document.documentElement, ids = [...document.querySelectorAll("[id]")].map(one => one.id);
    const metas = [...document.querySelectorAll("meta[name=viewport], meta[http-equiv]")].map(one => one.content);
    const said = root.getAttributeNames().map(name => name + "=" + root.getAttribute(name));
    return [...metas, ...said, "title " + !!document.title.trim(), "ids twice " + (new Set(ids).size < ids.length),
            ...["main", "h1", "html[lang]"].map(what => what + " " + !!document.querySelector(what))];
  };
  for (const one of document.body.querySelectorAll("*")) {
    if (!one.checkVisibility()) continue;
    const style = named(one.parentElement) + ">" + named(one);
    keep(kinds, style + " " + kind(one), one);
    if (speaks(one)) keep(drawings, letters(one), one);
    if (one.matches(pressed)) keep(drawings, style + " " + target(one), one);
    outline.push(...placed(one, style));
  }
  window.firstOf = {kinds, drawings};
  return {kinds: [...kinds.keys()], drawings: [...drawings.keys()], outline: [...new Set([...outline, ...whole()])],
          hasAxe: "axe" in window || "bringAxe" in window};
}"""
# Lets a page of a context bring axe itself once it is asked for: most of what axe costs a page is to begin.
AXE_AT_HAND = f"window.bringAxe = () => {{ {AXE_SCRIPT}\n}};"
# Runs axe once for each of these: with which rules, and on which of the elements that were kept; else on the whole page.
RUN_AXE = """async runs => {
  const found = [];
  if (!("axe" in window)) window.bringAxe();
  for (const {of, names, options} of runs) {
    const include = names && names.map(name => window.firstOf[of].get(name)), chosen = new Set(include);
    // What an element contains is chosen by itself.
    const exclude = include && include.flatMap(one => [...one.children].filter(child => !chosen.has(child)));
    const asked = {...options, resultTypes: ["violations"], preload: false};
    const {violations} = await axe.run(include ? {include, exclude} : document, asked);
    for (const {id, impact, nodes} of violations)
      found.push(`${id} (${impact}): ` + nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join("; "));
  }
  return found;
}"""
# Rules that compare what is drawn, element by element: four fifths of the time of a whole page.
DRAWN = ("color-contrast", "target-size")
# Rules about a page as a whole, which are asked where something of its outline is new.
WHOLE = (
    "accesskeys", "bypass", "document-title", "duplicate-id-aria", "empty-heading", "heading-order", "html-has-lang",
    "html-lang-valid", "html-xml-lang-mismatch", "landmark-banner-is-top-level", "landmark-complementary-is-top-level",
    "landmark-contentinfo-is-top-level", "landmark-main-is-top-level", "landmark-no-duplicate-banner",
    "landmark-no-duplicate-contentinfo", "landmark-no-duplicate-main", "landmark-one-main", "landmark-unique", "meta-refresh",
    "meta-viewport", "meta-viewport-large", "page-has-heading-one", "presentation-role-conflict", "region", "skip-link",
)  # fmt: skip
# Words that no Polish sentence has and hardly an English one lacks.
ENGLISH = re.compile(r"\b(the|of|is|and|this|your|with|are|was|cannot|yet)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\w*\}|%\(\w+\)s")


@dataclass
class AccessCheck:
    """axe-core on one page after another, where something is new.

    An element is new where no page before had one of its kind, and is drawn anew where none had its drawing; a page as a
    whole is new where something of its outline is.
    """

    outline: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    drawings: set[str] = field(default_factory=set)

    def violations(self, page: Page, *, narrowed: bool = False) -> Iterator[str]:
        """What axe-core finds on the page as it is now; one that was only narrowed is the same page as a whole."""
        # A page that is only beginning has nothing to be looked at yet.
        page.wait_for_load_state()
        here = page.evaluate(KEEP_FIRST)
        elsewhere = {rule: {"enabled": False} for rule in (*DRAWN, *WHOLE)}
        is_new = not narrowed and not self.outline.issuperset(here["outline"])
        runs = [{"of": "", "names": None, "options": {"runOnly": WHOLE}}] if is_new else []
        self.outline.update(here["outline"] if is_new else ())
        runs += self._run("kinds", here, {"rules": elsewhere})
        runs += self._run("drawings", here, {"runOnly": DRAWN})
        if runs and not here["hasAxe"]:
            page.evaluate(AXE_SCRIPT)
        yield from page.evaluate(RUN_AXE, runs) if runs else ()

    def _run(self, of: str, here: dict[str, list[str]], options: dict[str, Any]) -> list[dict[str, Any]]:
        """These rules for what no page had before, if there is anything; from now on it is known."""
        known: set[str] = getattr(self, of)
        fresh = [name for name in here[of] if name not in known]
        names = fresh if known else None
        known.update(fresh)
        return [{"of": of, "names": names, "options": options}] if fresh else []


def too_wide(page: Page, width: int) -> Iterator[str]:
    """Whether the page has to be pushed sideways at this width."""
    if (page.viewport_size or {}).get("width") != width:
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
def longest_parts() -> dict[str, list[str]]:
    """The longest run of words of each long source, to be found inside of a filled sentence; by a word within it.

    Four thousand of them would be looked for in each element otherwise.
    """
    found = defaultdict[str, list[str]](list)
    for part in {max(PLACEHOLDER.split(one), key=len).strip() for one in sources()}:
        # The first and the last may be a piece of a longer word.
        if within := part.split(" ")[1:-1]:
            found[max(within, key=len)].append(part)
    return found


def english(page: Page) -> Iterator[str]:
    """What speaks English on a page in Polish."""
    language, *words = page.evaluate(WORDS)
    if language != "pl":
        yield "the page does not say that it is Polish"
    yield from (f"English: {one[:120]}" for one in words if speaks_english(one))


@cache
def speaks_english(words: str) -> bool:
    """Whether the words of an element are a source, hold a part of one, or have a word that no Polish sentence has.

    Most words of a page stood on the page before too, so they are looked at once.
    """
    parts = longest_parts()
    has_part = any(part in words for word in words.split(" ") for part in parts.get(word, ()))
    return has_part or words.rstrip(" :.") in sources() or bool(ENGLISH.search(words))


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
