"""Whatever page gives a term to its first line says as of when it is late, else it would answer 500."""

from collections.abc import Iterator
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "web" / "templates"
CALL = "ui.lead_line("
# What stands in the place of the term and is none: words, and moments that were put into words.
WORDS = ("_(", "format_", "none", "None")


def arguments(text: str, start: int) -> list[str]:
    """The arguments of a call, from behind its bracket, as they are written."""
    found, depth, quote, begin = [], 1, "", start
    for place in range(start, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if (depth == 1 and sign == "," and not quote) or depth == 0:
            found.append(text[begin:place].strip())
            begin = place + 1
        if depth == 0:
            break
    return found


def calls() -> Iterator[tuple[str, list[str]]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text()
        place = text.find(CALL)
        while place >= 0:
            yield str(path.relative_to(TEMPLATES)), arguments(text, place + len(CALL))
            place = text.find(CALL, place + 1)


def test_every_first_line_with_a_term_says_as_of_when() -> None:
    given = [(path, given) for path, given in calls() if len(given) > 2 and not given[2].startswith((*WORDS, "act="))]
    assert len(given) > 20
    silent = [path for path, args in given if not any(arg.startswith("as_of=") for arg in args)]
    assert not silent
