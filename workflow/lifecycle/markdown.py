"""Writes docs/lifecycle.md from the tables, so that what people read is what the machine does."""

from collections.abc import Iterable, Iterator

from workflow.lifecycle.definition import PREVIOUS, Lifecycle, Reminder, State, Step, Text
from workflow.lifecycle.diagram import mermaid

_HEAD = """# Lifecycles

This page is generated from `workflow/lifecycles/*.toml` by `partnerstwo lifecycle show --markdown`; change the
tables, then write it anew. Names in `code` are what programs use: steps and states in the API and in the history,
permissions in `workflow/rules/permissions.py`, guards in `workflow/rules/guards/`, topics in
`workflow/rules/topics.py`.
"""


def page(lifecycles: Iterable[Lifecycle]) -> str:
    """The whole page, newest versions only, proposals first."""
    newest: dict[str, Lifecycle] = {}
    for table in sorted(lifecycles, key=lambda table: (table.kind != "proposal", table.name, table.version)):
        newest[table.name] = table
    return "\n".join([_HEAD, *(line for table in newest.values() for line in _chapter(table))]) + "\n"


def _chapter(table: Lifecycle) -> Iterator[str]:
    yield f"## {_both(table.label)}\n"
    yield f"`{table.name}`, version {table.version}. Records change no state and are left out of the drawing.\n"
    yield f"```mermaid\n{mermaid(table, 'en')}```\n"
    yield f"<details><summary>Po polsku</summary>\n\n```mermaid\n{mermaid(table, 'pl')}```\n\n</details>\n"
    yield from _rows("States", (_state(table, row) for row in table.states.values()))
    yield from _rows("Steps", (_step(table, row) for row in table.steps))
    yield from _rows("Records", (_record(table, row) for row in table.records))
    yield from _rows("Reminders", (_reminder(table, row) for row in table.reminders))


def _state(table: Lifecycle, row: State) -> dict[str, str]:
    phase = {"Phase": _both(table.phases[row.phase])} if row.phase else {}
    return {"State": f"`{row.key}`", **_labels(row.label), **phase, "Kind": row.kind}


def _step(table: Lifecycle, row: Step) -> dict[str, str]:
    target = "the state before" if row.target == PREVIOUS else f"`{row.target}`"
    return {"Id": row.id, "Step": f"`{row.name}`", **_doing(row, {"From": _from(table, row), "To": target})}


def _record(table: Lifecycle, row: Step) -> dict[str, str]:
    return {"Record": f"`{row.name}`", **_doing(row, {"In": _states(table, row.sources)})}


def _doing(row: Step, where: dict[str, str]) -> dict[str, str]:
    """What stands in the row of a step and of a record alike."""
    return {
        **_labels(row.label),
        "Done": _both(row.done),
        **where,
        "Who may": _names(row.who),
        "Only if": _names(row.guards),
        "Tells": _names((row.tells,) if row.tells else ()),
        "Decides about": _names((row.verdict,)) if row.verdict else "",
    }


def _reminder(table: Lifecycle, row: Reminder) -> dict[str, str]:
    return {
        "Reminder": f"`{row.name}`",
        **_labels(row.label),
        "In": _states(table, row.states),
        "Of": f"`{row.at}`",
        "Tells before": _names((row.before,) if row.before else ()),
        "Tells after": _names((row.after,) if row.after else ()),
    }


def _labels(label: Text) -> dict[str, str]:
    return {"Polski": label.pl, "English": label.en}


def _rows(title: str, rows: Iterable[dict[str, str]]) -> Iterator[str]:
    cells = list(rows)
    if cells:
        lines = [_line(cells[0]), _line("---" for _cell in cells[0]), *(_line(row.values()) for row in cells)]
        yield f"### {title}\n\n" + "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _both(text: Text) -> str:
    return f"{text.pl} / {text.en}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _states(lifecycle: Lifecycle, states: tuple[str, ...]) -> str:
    return "every state" if len(states) == len(lifecycle.states) else _names(states)


def _from(lifecycle: Lifecycle, step: Step) -> str:
    if not step.sources:
        return "(new)"
    if len(step.sources) == len(lifecycle.states) - 1 and step.target not in step.sources:
        return "every other state"
    came_from = f", come from {_names(step.came_from)}" if step.came_from else ""
    return _names(step.sources) + came_from
