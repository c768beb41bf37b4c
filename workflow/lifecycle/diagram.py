"""Draws a lifecycle from its table: as Mermaid text, and as an SVG picture with "you are here"."""

from itertools import pairwise
from math import hypot

from workflow.base.i18n import Sentence, _
from workflow.lifecycle.definition import Lifecycle, State
from workflow.lifecycle.diagram_layout import BOX_HEIGHT, BOX_WIDTH, HEADER, Arrow, Layout, Point, arrows, lay_out

CORNER, HEAD, LINE = 9, 8, 19
_NODES = {"initial": '(["{}"])', "normal": '("{}")', "closed": '[/"{}"/]', "final": '(["{}"])'}


def mermaid(lifecycle: Lifecycle, language: str) -> str:
    """The table as a Mermaid flowchart; steps that lead the same way share one arrow, records are left out."""
    lines = ["flowchart LR"]
    for phase, label in lifecycle.phases.items():
        lines.append(f'  subgraph phase_{phase}["{_quoted(label.say(language))}"]')
        lines += [f"  {_node(state, language)}" for state in lifecycle.states.values() if state.phase == phase]
        lines.append("  end")
    lines += [_node(state, language) for state in lifecycle.states.values() if not state.phase]
    for (source, target), steps in arrows(lifecycle).items():
        words = " / ".join(dict.fromkeys(_quoted(step.label.say(language)) for step in steps))
        lines.append(f'  state_{source} -->|"{words}"| state_{target}')
    return "\n".join(lines) + "\n"


def _node(state: State, language: str) -> str:
    return f"  state_{state.key}" + _NODES[state.kind].format(_quoted(state.label.say(language)))


def _quoted(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def svg(lifecycle: Lifecycle, language: str, current: str | None = None) -> str:
    """The table as a picture: a column for each phase, a word in each box, a shape for each kind of state.

    `current` marks a state as the place where a subject is. Colours come from the page's style sheet by class
    (`lifecycle-...`); attributes stand in where there is none. Every arrow tells its steps as its title.
    """
    layout = lay_out(lifecycle)
    name = f"lifecycle-{lifecycle.name}-{lifecycle.version}"
    width, height = round(layout.width), round(layout.height + 16)
    title = _("Diagram: {name}", name=lifecycle.label.say(language)).say(language)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="lifecycle" font-family="inherit" font-size="13.5"',
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words">',
        f'<title id="{name}-title">{_escaped(title)}</title>',
        f'<desc id="{name}-words">{_escaped(_told(lifecycle, language, current))}</desc>',
        *_columns(lifecycle, layout, language),
        *_arrows(lifecycle, layout, language, current),
        *(
            _box(state, layout.boxes[state.key], language, is_current=state.key == current)
            for state in lifecycle.states.values()
        ),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _told(lifecycle: Lifecycle, language: str, current: str | None) -> str:
    sentences = [_way(lifecycle, way, language) for way in arrows(lifecycle)]
    here = lifecycle.states.get(current or "")
    if here:
        sentences.insert(0, _("You are here: {state}.", state=here.label.say(language)))
    return " ".join(sentence.say(language) for sentence in sentences)


def _way(lifecycle: Lifecycle, way: Arrow, language: str) -> Sentence:
    steps = arrows(lifecycle)[way]
    source, target = (lifecycle.states[key].label.say(language) for key in way)
    words = ", ".join(dict.fromkeys(step.label.say(language) for step in steps))
    return _("From “{source}” to “{target}”: {steps}.", source=source, target=target, steps=words)


def _columns(lifecycle: Lifecycle, layout: Layout, language: str) -> list[str]:
    parts = []
    for left, label in zip(layout.lefts, lifecycle.phases.values(), strict=False):
        parts.append(
            f'<rect class="lifecycle-phase" x="{left - 6:g}" y="4" width="{BOX_WIDTH + 12}" rx="8" '
            f'height="{layout.height + 8:g}" fill="currentColor" fill-opacity="0.05"/>'
        )
        parts.append(
            f'<text class="lifecycle-phase-name" x="{left + BOX_WIDTH / 2:g}" y="{HEADER - 8}" '
            f'text-anchor="middle" font-weight="700" fill="currentColor">'
            f"{_escaped(label.say(language))}</text>"
        )
    return parts


def _arrows(lifecycle: Lifecycle, layout: Layout, language: str, current: str | None) -> list[str]:
    """Faint arrows first, so that the main way and the ways from here lie on top."""
    ways = sorted(layout.routes, key=lambda way: (way in layout.main, way[0] == current))
    parts = []
    for way in ways:
        kind, paint = "", 'color="#8a857a" stroke-width="1.3"'
        if way in layout.main:
            kind, paint = " is-main", 'color="#0c5962" stroke-width="2.8"'
        if way[0] == current:
            kind, paint = f"{kind} is-open", 'color="#ad431a" stroke-width="2.4"'
        points = layout.routes[way]
        parts.append(
            f'<g class="lifecycle-arrow{kind}" fill="none" stroke="currentColor" {paint}>'
            f"<title>{_escaped(_way(lifecycle, way, language).say(language))}</title>"
            f'<path d="{_rounded(points)}"/>'
            f'<path d="{_head(points[-2], points[-1])}" fill="currentColor" stroke="none"/></g>'
        )
    return parts


def _rounded(points: tuple[Point, ...]) -> str:
    """The path through the points, ending short of the last for the arrow head, with round corners."""
    points = (*points[:-1], _towards(points[-1], points[-2], HEAD - 1))
    path = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (before, corner), (_same, after) in pairwise(pairwise(points)):
        radius = min(CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        (x1, y1), (x2, y2) = _towards(corner, before, radius), _towards(corner, after, radius)
        path.append(f"L{x1:g} {y1:g}Q{corner[0]:g} {corner[1]:g} {x2:g} {y2:g}")
    return "".join([*path, f"L{points[-1][0]:g} {points[-1][1]:g}"])


def _head(before: Point, tip: Point) -> str:
    x, y = _towards(tip, before, HEAD)
    across, along = (tip[1] - y) / 2, (tip[0] - x) / 2
    return f"M{tip[0]:g} {tip[1]:g}L{x + across:g} {y - along:g}L{x - across:g} {y + along:g}Z"


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _towards(start: Point, goal: Point, length: float) -> Point:
    """The point at this length from the start on the way to the goal."""
    part = length / (_distance(start, goal) or 1)
    return start[0] + (goal[0] - start[0]) * part, start[1] + (goal[1] - start[1]) * part


def _box(state: State, corner: Point, language: str, *, is_current: bool) -> str:
    x, y = corner
    kind = f"lifecycle-state is-{state.kind}" + (" is-current" if is_current else "")
    size = f'x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}"'
    round_ = BOX_HEIGHT / 2 if state.kind in ("initial", "final") else 9
    dashes = ' stroke-dasharray="5 4"' if state.kind == "closed" else ""
    weight = 3.5 if is_current else 1.5
    parts = [
        f'<g class="{kind}" data-state="{state.key}" color="#16293a">',
        f'<rect {size} rx="{round_:g}" fill="#fffdf8" stroke="currentColor" stroke-width="{weight}"{dashes}/>',
    ]
    if state.kind == "final":
        parts.append(
            f'<rect x="{x + 4:g}" y="{y + 4:g}" width="{BOX_WIDTH - 8}" height="{BOX_HEIGHT - 8}" '
            f'rx="{round_ - 4:g}" fill="none" stroke="currentColor"/>'
        )
    lines = _wrapped(state.label.say(language))
    for number, line in enumerate(lines):
        middle = y + BOX_HEIGHT / 2 + 5 + 16 * (number - (len(lines) - 1) / 2)
        parts.append(
            f'<text x="{x + BOX_WIDTH / 2:g}" y="{middle:g}" text-anchor="middle" '
            f'fill="currentColor">{_escaped(line)}</text>'
        )
    if is_current:
        parts.append(_here(x + BOX_WIDTH / 2, y, language))
    return "".join([*parts, "</g>"])


def _here(middle: float, top: float, language: str) -> str:
    words = _escaped(_("you are here").say(language))
    return (
        f'<rect class="lifecycle-here" x="{middle - 48:g}" y="{top - 15:g}" width="96" height="20" rx="10" '
        f'fill="#ad431a"/><text class="lifecycle-here-words" x="{middle:g}" y="{top - 1:g}" '
        f'text-anchor="middle" font-size="12" font-weight="700" fill="#fff">▼ {words}</text>'
    )


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
