"""What is wrong with the HTML of a page: elements where HTML forbids them, ids used twice, empty links.

The content models are those of the HTML standard, for the elements that this product writes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _names("area base br col embed hr img input link meta source track wbr")
# Elements inside of which a text may stand in a line, and whatever flows around such lines.
PHRASING = _names(
    "a abbr audio b bdi bdo br button canvas cite code data datalist del dfn em i img input ins kbd label link map mark "
    "meta meter noscript object output picture progress q ruby s samp script select slot small span strong sub sup svg "
    "template textarea time u var video wbr"
)
LINES_ONLY = _names(
    "p h1 h2 h3 h4 h5 h6 span b i em strong small s cite q dfn abbr data time code var samp kbd sub sup mark bdi bdo pre "
    "label button output summary legend"
)
HEADINGS = _names("h1 h2 h3 h4 h5 h6")
# What may stand directly inside of these, and nothing else but scripts and templates.
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "menu": {"li"}, "dl": {"dt", "dd", "div"}, "select": {"option", "optgroup", "hr"},
    "optgroup": {"option"}, "tr": {"td", "th"}, "tbody": {"tr"}, "thead": {"tr"}, "tfoot": {"tr"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}, "colgroup": {"col"}, "datalist": {"option"},
}  # fmt: skip
ANYWHERE = frozenset({"script", "template"})
INTERACTIVE = _names("a button details embed iframe input label select textarea")
# Elements that must not stand anywhere inside of these.
NEVER_INSIDE = {"a": INTERACTIVE - {"label"}, "button": INTERACTIVE, "form": frozenset({"form"}),
                "label": frozenset({"label"})}  # fmt: skip
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "list", "form", "headers")
NAMES = ("aria-label", "alt", "title")


@dataclass
class Element:
    """An element that is open, and the words seen in it so far."""

    name: str
    attributes: dict[str, str]
    line: int
    words: str = ""
    children: int = 0


@dataclass
class Faults(HTMLParser):
    """Reads one page; drawings are read as one thing."""

    faults: list[str] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    referred: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def fault(self, text: str) -> None:
        inside = " > ".join(element.name for element in self.stack[-3:])
        self.faults.append(f"{text} (line {self.getpos()[0]}, in {inside})")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(element.name == "svg" for element in self.stack) and tag != "svg":
            self._drawn(tag, attrs)
            return
        attributes = {name: value or "" for name, value in attrs}
        twice = [name for name, number in Counter(name for name, _ in attrs).items() if number > 1]
        if twice:
            self.fault(f"<{tag}> has {', '.join(twice)} twice")
        self._place(tag, attributes)
        self._attributes(tag, attributes)
        if self.stack:
            self.stack[-1].children += 1
            self.stack[-1].words += " ".join(attributes.get(name, "") for name in NAMES)
        if tag not in VOID:
            self.stack.append(Element(tag, attributes, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if any(element.name == "svg" for element in self.stack):
            self._drawn(tag, attrs, ends=True)
            return
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def _drawn(self, tag: str, attrs: list[tuple[str, str | None]], *, ends: bool = False) -> None:
        """A part of a drawing: only its id and the words of its title count."""
        attributes = {name: value or "" for name, value in attrs}
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
        if not ends:
            self.stack.append(Element(tag, attributes, self.getpos()[0]))

    def _place(self, tag: str, attributes: dict[str, str]) -> None:
        parent = self.stack[-1] if self.stack else None
        if parent is None:
            return
        allowed = CHILDREN.get(parent.name)
        if allowed is not None and tag not in allowed | ANYWHERE:
            self.fault(f"<{tag}> directly in <{parent.name}>")
        container = next(
            (element for element in reversed(self.stack) if element.name not in {"a", "ins", "del"}), parent
        )
        heads = container.name in {"summary", "legend"} and tag in HEADINGS
        if container.name in LINES_ONLY and tag not in PHRASING and not heads:
            self.fault(f"<{tag}> in <{container.name}>")
        for element in self.stack:
            if tag in NEVER_INSIDE.get(element.name, ()) and attributes.get("type") != "hidden":
                self.fault(f"<{tag}> inside of <{element.name}>")
        if tag == "summary" and (parent.name != "details" or parent.children):
            self.fault("<summary> that is not the first of its <details>")
        if tag == "li" and parent.name not in {"ul", "ol", "menu"}:
            self.fault("<li> outside of a list")

    def _attributes(self, tag: str, attributes: dict[str, str]) -> None:
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
            if not attributes["id"] or attributes["id"].split() != [attributes["id"]]:
                self.fault(f"<{tag}> has the id {attributes['id']!r}")
        for name in REFERENCES:
            if name == "headers" and tag not in {"td", "th"}:
                continue
            if name in attributes:
                if not attributes[name].split():
                    self.fault(f"<{tag}> has an empty {name}")
                self.referred += [(f"{name} of <{tag}>", wanted) for wanted in attributes[name].split()]
        if tag == "img" and "alt" not in attributes:
            self.fault("<img> without alt")
        if tag == "a" and not attributes.get("href", "x").strip():
            self.fault("<a> with an empty href")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            self.fault(f"</{tag}>")
            return
        if not self.stack or self.stack[-1].name != tag:
            opened = f"<{self.stack[-1].name}> of line {self.stack[-1].line}" if self.stack else "nothing"
            self.fault(f"</{tag}> where {opened} is open")
            if not any(element.name == tag for element in self.stack):
                return
            while self.stack[-1].name != tag:
                self.stack.pop()
        element = self.stack.pop()
        if self.stack:
            self.stack[-1].words += element.words
        if tag in {"a", "button", "h1", "h2", "h3", "h4", "summary", "caption", "legend", "label", "option"}:
            self._named(element)
        if tag == "dl" and not element.children:
            self.fault("an empty <dl>")

    def _named(self, element: Element) -> None:
        own = " ".join(element.attributes.get(name, "") for name in ("aria-label", "aria-labelledby", "label"))
        if not (element.words + own).strip() and not (element.name == "option" and "value" in element.attributes):
            self.fault(f"an empty <{element.name}> {element.attributes.get('href', '')}".rstrip())

    def handle_data(self, data: str) -> None:
        if not self.stack:
            return
        self.stack[-1].words += data
        if data.strip() and self.stack[-1].name in CHILDREN:
            self.fault(f"text directly in <{self.stack[-1].name}>: {data.strip()[:40]}")

    def found(self) -> Iterator[str]:
        """Everything that was found, after the whole page was fed."""
        yield from self.faults
        yield from (f"the id {name} stands {number} times" for name, number in self.ids.items() if number > 1)
        yield from (
            f"{what} names {wanted}, which is not there" for what, wanted in self.referred if wanted not in self.ids
        )
        yield from (f"<{element.name}> of line {element.line} is never closed" for element in self.stack)


def html_faults(page: str) -> list[str]:
    """What is wrong with the HTML of a page; empty where nothing is."""
    reader = Faults()
    reader.feed(page)
    reader.close()
    return list(reader.found())
