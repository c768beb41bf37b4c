"""A document as a page: the part that stands on screen, and the whole of it as a file to keep."""

from html import escape

from workflow.documents.blocks import Block, Grid, Heading, Items, Paragraph, Text

# The level of the headings that part a document on a page.
PART = 2
STYLE = (
    "body{font:1rem/1.5 serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1c2b33}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #9aa9b0;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top}.number{text-align:right}caption{text-align:left;font-size:.9rem;color:#51626b}"
)


def html_of(text: Text) -> bytes:
    """The whole document as one file that needs nothing else."""
    draft = f"<p><strong>{escape(text.draft)}</strong></p>" if text.draft else ""
    return (
        f'<!doctype html>\n<html lang="{text.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(text.title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><header><p>{escape(text.issuer)}</p>{draft}</header>\n"
        f"<main><h1>{escape(text.title)}</h1>\n{body_of(text)}</main></body></html>\n"
    ).encode()


def body_of(text: Text) -> str:
    """The blocks as HTML, every word escaped; headings begin at the second level."""
    return "".join(_block(block, number) for number, block in enumerate(text.blocks))


def parts_of(text: Text) -> list[tuple[str, str]]:
    """The same in parts: the words of each heading of the second level, and what stands below it; first, without
    words, what stands before all of them.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    for number, block in enumerate(text.blocks):
        if isinstance(block, Heading) and block.level == PART:
            parts.append((block.text, []))
        else:
            parts[-1][1].append(_block(block, number))
    return [(title, "".join(blocks)) for title, blocks in parts]


def _block(block: Block, number: int) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>\n"
        case Paragraph():
            return "".join(_paragraph(line, block) for line in block.text.split("\n") if line.strip())
        case Items():
            tag = "ol" if block.numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{escape(line)}</li>' for line in block.lines)}</{tag}>\n"
        case Grid():
            return _grid(block, f"table-{number}")


def _paragraph(line: str, block: Paragraph) -> str:
    return f"<p><strong>{escape(line)}</strong></p>\n" if block.strong else f"<p>{escape(line)}</p>\n"


def _grid(grid: Grid, name: str) -> str:
    """A table as the pages of the product have it: it scrolls within its box and becomes cards on a phone."""
    head = "".join(f'<th scope="col"{_number(grid, n)}>{escape(label)}</th>' for n, label in enumerate(grid.columns))
    rows = "".join(f"<tr>{''.join(_cell(grid, n, cell) for n, cell in enumerate(row))}</tr>\n" for row in grid.rows)
    return (
        f'<div class="table-box" role="region" aria-labelledby="{name}-caption" tabindex="0">'
        f'<table class="table stacked" id="{name}"><caption id="{name}-caption">{escape(grid.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n"
    )


def _cell(grid: Grid, n: int, cell: str) -> str:
    if grid.of_pairs:
        return f'<th scope="row">{escape(cell)}</th>' if n == 0 else f"<td><span>{escape(cell)}</span></td>"
    return f'<td data-label="{escape(grid.columns[n])}"{_number(grid, n)}><span>{escape(cell or "–")}</span></td>'


def _number(grid: Grid, n: int) -> str:
    return ' class="number"' if n in grid.numbers else ""
