"""Finds every mistake of a lifecycle table: unknown names, states that lead nowhere, rows that collide."""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from typing import Any

from msgspec import Struct

from workflow.lifecycle.schema import Findings, Row, check_shape, like, rows

PREVIOUS = "@previous"
SYSTEM = "system"
ANY = "*"
# Keys that name a topic: of a step or record, and of a reminder.
TELLS = ("tells", "before", "after")
_OLDER = re.compile(r"(?P<name>.+)\.v(?P<version>\d+)")
_TOPIC = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")


class Names(Struct, frozen=True):
    """What the rules offer: a table may name only these."""

    guards: Collection[str]
    permissions: Collection[str]
    effects: Collection[str]
    inputs: Collection[str]
    topics: Collection[str]
    timers: Collection[str]
    verdicts: Collection[str] = ()


def check(document: Mapping[str, Any], *, names: Names | None, findings: Findings) -> None:
    """Adds every mistake of the document to the findings; without names, names are not looked up."""
    check_shape(document, findings)
    if names is not None:
        _check_names(document, names, findings)
    _check_duplicates(document, findings)
    _check_who_and_when(document, findings)
    _check_topics(document, findings)
    if not findings.misshapen:
        graph = Graph(document)
        _check_states_named(document, graph, findings)
        _check_beginning(graph, findings)
        _check_ways(graph, findings)
        _check_memory(graph, findings)
        _check_collisions(graph, findings)


def check_file_name(stem: str, document: Mapping[str, Any], *, findings: Findings) -> None:
    """Adds what differs between a file named `<name>` or `<name>.v<version>` and the table in it."""
    older = _OLDER.fullmatch(stem)
    name, top = older["name"] if older else stem, Row("", 0, document)
    if "name" in document and document["name"] != name:
        findings.add(top, "name", f"the file is named `{name}`, the table `{document['name']}`")
    if older and "version" in document and document["version"] != int(older["version"]):
        findings.add(top, "version", f"the file holds version {older['version']} by its name")


class Graph:
    """The states and the arrows between them; unknown states are left out, since they are named elsewhere."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.states = {row.text("key"): row for row in rows(document, "state")}
        self.steps = tuple(rows(document, "step"))
        self.records = tuple(rows(document, "record"))
        self.top = Row("", 0, document)

    def kind(self, state: str) -> str:
        """The kind of a state."""
        return self.states[state].text("kind")

    def remembers(self, state: str) -> bool:
        """Whether the state that is left for this one is stored."""
        return self.states[state].raw.get("remembers") is True

    def sources(self, row: Row) -> tuple[str, ...]:
        """The known states that the row leaves or stays in."""
        named = row.texts("in" if row.section == "record" else "from")
        if ANY in named:
            return tuple(state for state in self.states if state != row.text("to"))
        return tuple(dict.fromkeys(state for state in named if state in self.states))

    def left_for(self, state: str) -> frozenset[str]:
        """The states that a subject in this state may have come from."""
        direct = (row for row in self.steps if row.text("to") == state)
        return frozenset(source for row in direct for source in self.sources(row)) - {state}

    def targets(self, row: Row, source: str) -> frozenset[str]:
        """The known states that the row may lead to from the source."""
        if row.text("to") == PREVIOUS:
            previous = self.left_for(source) if self.remembers(source) else frozenset()
            return previous & set(row.texts("came_from")) if row.texts("came_from") else previous
        return frozenset({row.text("to")} & self.states.keys())

    def arrows(self) -> Iterator[tuple[Row, str, str]]:
        """Every (step, state left, state entered)."""
        for row in self.steps:
            for source in self.sources(row):
                for target in self.targets(row, source):
                    yield row, source, target


def _check_names(document: Mapping[str, Any], names: Names, findings: Findings) -> None:
    lists = (
        ("guards", "guard", names.guards),
        ("who", "permission", names.permissions),
        ("undo", "permission", names.permissions),
        ("effects", "effect", names.effects),
        ("asks", "input", names.inputs),
    )
    for row in rows(document, "step", "record", "reminder"):
        for key, what, known in lists:
            for name in row.texts(key):
                _expect(row, key, what, name.removesuffix("?") if key == "asks" else name, known, findings)
        for key in TELLS:
            if row.text(key):
                _expect(row, key, "topic", row.text(key), names.topics, findings)
        if row.text("verdict"):
            _expect(row, "verdict", "verdict", row.text("verdict"), names.verdicts, findings)
        at = (row.timer() or row.raw).get("at")
        if isinstance(at, str):
            _expect(row, "timer" if row.timer() else "at", "timer rule", at, names.timers, findings)


def _expect(row: Row, key: str, what: str, name: str, known: Collection[str], findings: Findings) -> None:
    if name not in known:
        findings.add(row, key, f"unknown {what} `{name}`{like(name, list(known))}")


def _check_duplicates(document: Mapping[str, Any], findings: Findings) -> None:
    step_names = {row.text("name") for row in rows(document, "step")}
    seen: set[tuple[str, str]] = set()
    for row in rows(document, "state", "step", "record", "reminder"):
        key = {"state": "key", "step": "id", "record": "id", "reminder": "name"}[row.section]
        value = row.text(key) or (row.text("name") if row.section == "record" else "")
        if value and (key, value) in seen:
            findings.add(row, key, f"duplicate {'state' if key == 'key' else key} `{value}`")
        seen.add((key, value))
        if row.section == "record" and row.text("name") in step_names:
            findings.add(row, "name", f"the record `{row.text('name')}` shares its name with a step")
        if row.section in ("record", "reminder") and row.raw.get("in") == []:
            findings.add(row, "in", f"a {row.section} in no state: `in` is empty")


def _check_who_and_when(document: Mapping[str, Any], findings: Findings) -> None:
    for row in rows(document, "step", "record"):
        who, timer = row.texts("who"), row.timer()
        if row.raw.get("who") == []:
            findings.add(row, "who", f"a {row.section} that nobody may take: `who` is empty")
        if timer is not None and SYSTEM not in who:
            findings.add(row, "timer", f"a timer on a step that `{SYSTEM}` may not take")
        if timer is not None and row.raw.get("from") == []:
            findings.add(row, "timer", "a timer on a step that creates its subject: nothing waits yet")
        if row.text("verdict") and row.raw.get("tone", "neutral") != "neutral":
            findings.add(row, "tone", "a verdict looks like every other choice, so it has no tone")
        if row.section == "step" and timer is None and who == (SYSTEM,):
            findings.add(row, "who", f"a step that only `{SYSTEM}` may take has no timer")
    for row in rows(document, "reminder"):
        if not row.text("before") and not row.text("after"):
            findings.add(row, "name", "a reminder that tells nothing `before` or `after`")


def _check_topics(document: Mapping[str, Any], findings: Findings) -> None:
    kind = document.get("subject")
    topics = ((row, key) for row in rows(document, "step", "record", "reminder") for key in TELLS if row.text(key))
    for row, key in topics:
        topic = row.text(key)
        if not _TOPIC.fullmatch(topic) or topic.partition(".")[0] != kind:
            findings.add(row, key, f"topic `{topic}` must have the form `{kind}.<past tense>`")
        elif topic.partition(".")[2] == row.text("name") and row.section != "reminder":
            findings.add(row, key, f"topic `{topic}` must be in the past tense, unlike the step")


def _check_states_named(document: Mapping[str, Any], graph: Graph, findings: Findings) -> None:
    phases = document.get("phases", {})
    for row in graph.states.values():
        phase = row.text("phase")
        if phase and phase not in phases:
            findings.add(row, "phase", f"unknown phase `{phase}`{like(phase, list(phases))}")
        if phases and not phase:
            findings.add(row, "key", "a state without a phase, in a table that has phases")
    for row in rows(document, "step", "record", "reminder"):
        for key in ("from", "in", "came_from"):
            allowed = [*graph.states, *((ANY,) if key != "came_from" else ())]
            for state in row.texts(key):
                _expect(row, key, "state", state, allowed, findings)
            if ANY in row.texts(key) and len(row.texts(key)) > 1:
                findings.add(row, key, f'`{key} = ["{ANY}"]` means every state; no other may stand beside it')
        if row.text("to"):
            _expect(row, "to", "state", row.text("to"), [*graph.states, PREVIOUS], findings)


def _check_beginning(graph: Graph, findings: Findings) -> None:
    initial = [state for state in graph.states if graph.kind(state) == "initial"]
    for state in initial[1:]:
        findings.add(graph.states[state], "kind", f"a second initial state; the first is `{initial[0]}`")
    if not initial:
        findings.add(graph.top, "state", "no initial state")
    creating = [row for row in graph.steps if row.raw["from"] == []]
    if not creating:
        findings.add(graph.top, "step", "no step creates the subject (`from = []`)")
    for row in creating:
        target = row.text("to")
        if target in graph.states and graph.kind(target) != "initial":
            findings.add(row, "to", f"creates its subject in `{target}`, which is not the initial state")


def _check_ways(graph: Graph, findings: Findings) -> None:
    following: dict[str, set[str]] = {state: set() for state in graph.states}
    for row, source, target in graph.arrows():
        following[source].add(target)
        if graph.kind(source) == "final" and graph.kind(target) != "final":
            findings.add(row, "from", f"a way out of the final state `{source}` to `{target}`")
    reached: set[str] = set()
    waiting = [state for state in graph.states if graph.kind(state) == "initial"]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting.extend(following[state])
    for state, row in graph.states.items():
        if reached and state not in reached:
            findings.add(row, "key", f"unreachable: no steps lead to `{state}` from the initial state")
        if graph.kind(state) != "final" and not following[state] - {state}:
            findings.add(row, "key", f"`{state}` is not final and has no way out")


def _check_memory(graph: Graph, findings: Findings) -> None:
    for row in graph.steps:
        came_from = row.texts("came_from")
        if not came_from and row.text("to") != PREVIOUS:
            continue
        key = "came_from" if came_from else "to"
        if not graph.sources(row):
            findings.add(row, key, "a step that creates its subject has no previous state")
        for source in graph.sources(row):
            if not graph.remembers(source):
                findings.add(row, key, f"`{source}` does not remember the state that was left")
                continue
            for state in came_from:
                if state in graph.states and state not in graph.left_for(source):
                    never = f"no step leads from `{state}` to `{source}`, so it is never the previous state"
                    findings.add(row, key, never)


def _check_collisions(graph: Graph, findings: Findings) -> None:
    for first, second in combinations((*graph.steps, *graph.records), 2):
        if first.text("name") != second.text("name") or first.section != second.section:
            continue
        from_first, from_second = (set(row.texts("came_from")) for row in (first, second))
        if from_first and from_second and from_first.isdisjoint(from_second):
            continue
        for state in graph.sources(first):
            if state in graph.sources(second):
                findings.add(second, "name", f"could fire together with {first.title} in `{state}`")
        if first.raw.get("from") == second.raw.get("from") == []:
            findings.add(second, "name", f"could fire together with {first.title} when a subject is created")
