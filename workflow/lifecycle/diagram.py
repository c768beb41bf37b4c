"""Draws a lifecycle as Mermaid text, with the graph support of the `transitions` package."""

from typing import Any

import transitions
from transitions.extensions import GraphMachine

from workflow.lifecycle.definition import Lifecycle, State, Step

_ENTITIES = {"#": "#35;", ";": "#semi;", ":": "#colon;", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;"}
_ESCAPES = str.maketrans(_ENTITIES)


class _LabelledState(transitions.State):
    """A state that is drawn with its label instead of its name."""

    def __init__(self, *args: Any, label: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label = label


class _Diagram(GraphMachine):
    """A machine whose states have labels."""

    state_cls = _LabelledState


class _Model:
    """What the machine of a drawing moves: nothing ever does."""


def mermaid(lifecycle: Lifecycle, language: str) -> str:
    """The table as a Mermaid state diagram; steps that lead the same way share one arrow, records are left out."""
    model = _Model()
    machine = _Diagram(
        model,
        states=[{"name": key, "label": _say(state, language)} for key, state in lifecycle.states.items()],
        transitions=_arrows(lifecycle, language),
        initial=lifecycle.initial,
        auto_transitions=False,
        title=f"title: {_say(lifecycle, language)}",
        graph_engine="mermaid",
    )
    # Otherwise the initial state would be marked as the present one.
    machine.model_graphs[id(model)].reset_styling()
    text = machine.get_combined_graph().draw(None) or ""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _arrows(lifecycle: Lifecycle, language: str) -> list[dict[str, str]]:
    """One arrow for each step, source and target; rows that lead the same way under the same label are one."""
    arrows = {
        (_say(step, language), source, target): step.name
        for step in lifecycle.steps for source in step.sources for target in lifecycle.targets(step, source)
    }  # fmt: skip
    return [
        {"trigger": name, "source": source, "dest": target, "label": label}
        for (label, source, target), name in arrows.items()
    ]


def _say(named: Lifecycle | State | Step, language: str) -> str:
    """A label as Mermaid reads it as text."""
    return named.label.say(language).translate(_ESCAPES)
