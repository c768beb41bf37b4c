"""The form of some sections of a project sheet, with the digest of the text that each was opened on."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from flask import request
from msgspec.structs import replace

from web.forms.rows import sent_rows
from web.forms.steps import StepForm
from web.http.versions import version_in
from workflow.base.errors import BadInput
from workflow.models.sheet import WINDOW_LENGTH
from workflow.rules.field_types import Input, read
from workflow.rules.fields import INPUTS
from workflow.rules.sheet_sections import DIGEST_LENGTH, WHOLE_COUNTY, Section, as_rows, section_digest, values_of
from workflow.sheet.presence import Desk, Draft

WINDOW = re.compile(rf"[0-9a-f]{{{WINDOW_LENGTH}}}")
MOST_WINDOWS = 20
# A form that does not say what it was opened on was opened on nothing that is saved.
UNKNOWN = "0" * DIGEST_LENGTH


def spec_of(section: Section, name: str) -> Input:
    """One question of a section in the edition's own words; a section of several questions keeps theirs."""
    spec = INPUTS[name]
    if name != section.name:
        return replace(spec, required=False)
    return replace(spec, label=section.label, hint=section.help, required=section.fixed, maximum=section.limit)


@dataclass(slots=True)
class SheetForm(StepForm):
    """What was typed into sections, and over which texts."""

    sections: tuple[Section, ...] = ()
    base: dict[str, str] = field(default_factory=dict)
    # In which window it is typed, and from which ones a draft was brought back into it.
    windows: tuple[str, ...] = ()

    @classmethod
    def blank(cls, sections: Sequence[Section], own: Mapping[str, Any], *, version: int | None) -> Self:
        """The form as the sheet stands; `own` are the columns of the proposal."""
        values = values_of(own)
        base = {section.name: section_digest(section.name, values) for section in sections}
        rows = {name: as_rows(name, values.get(name)) for name in values if INPUTS[name].type == "rows"}
        return cls(specs_of(sections), {**values, **rows}, version=version,
                   sections=tuple(sections), base=base, windows=(new_window(),))  # fmt: skip

    @classmethod
    def sent_with(cls, sections: Sequence[Section]) -> Self:
        """The form as the browser sent it."""
        typed: dict[str, Any] = {}
        for spec in specs_of(sections):
            typed[spec.name] = _sent(spec)
        if "places" in typed:
            typed["places"] = "\n".join([*request.form.getlist("commune"), typed["places"] or ""])
        version = version_in(request.form.get("version"))
        base = {section.name: request.form.get(f"base-{section.name}") or UNKNOWN for section in sections}
        windows = windows_in(request.form.get("windows", ""))
        return cls(specs_of(sections), typed, version=version,
                   sections=tuple(sections), base=base, windows=windows)  # fmt: skip

    @property
    def window(self) -> str:
        """The window of this form; "" for one that does not say it."""
        return self.windows[0] if self.windows else ""

    def typed_in(self, section: Section) -> dict[str, Any]:
        """What was sent for one section, as it is kept in a draft."""
        return {name: self.values[name] for name in section.fields if self.values.get(name) is not None}

    def read_in(self, section: Section) -> dict[str, Any] | None:
        """The answers typed for one section, read; None where they cannot be."""
        specs = tuple(replace(spec, stays=False, required=False) for spec in self.asks if spec.name in section.fields)
        try:
            return read(specs, self.typed_in(section), empties=True)
        except BadInput:
            return None

    def digest_in(self, section: Section, saved: Mapping[str, Any]) -> str:
        """The digest that the section would have if it were saved as typed; of nothing known where it cannot be."""
        answers = self.read_in(section)
        return UNKNOWN if answers is None else section_digest(section.name, {**saved, **answers})

    def changed(self, saved: Mapping[str, Any]) -> tuple[Section, ...]:
        """The sections in which something else is typed than was there when the form was opened."""
        return tuple(section for section in self.sections if self.digest_in(section, saved) != self.base[section.name])

    def has_lines(self) -> bool:
        """Whether anything is typed into the lines of the budget."""
        return any(any(row.values()) for row in self.rows_of("budget_lines") if isinstance(row, dict))

    def data(self, *, saved_cost: int | None = None) -> dict[str, Any]:
        """Everything for the record `edit_sheet`, the digests of what was read among it.

        Where there are lines, the cost that stood in its field before gives way to their sum; one that was typed
        besides goes along, and the machine asks which of the two is meant.
        """
        # Boxes that are not ticked send nothing, and that nothing is an answer too.
        unticked: dict[str, Any] = {
            spec.name: [] for spec in self.asks if spec.type == "choices" and self.values.get(spec.name) == []
        }
        answers: dict[str, Any] = {**self.answers(), **unticked}
        if self.has_lines() and self.read_cost() in (None, saved_cost):
            answers.pop("cost", None)
        return {**answers, "base": self.base}

    def read_cost(self) -> int | None:
        """The cost that was typed, in grosze; None where there is none, and -1 where it cannot be read."""
        try:
            return read((replace(INPUTS["cost"], required=False),), {"cost": self.values.get("cost") or ""}).get("cost")
        except BadInput:
            return -1

    def take_over(self, own: Mapping[str, Any]) -> list[Section]:
        """After a conflict: what others saved in sections that were not touched here is taken over.

        Returns the sections where both wrote; the next sending of the form writes over what is saved there now.
        """
        saved = values_of(own)
        both: list[Section] = []
        for section in self.sections:
            now = section_digest(section.name, saved)
            typed = self.digest_in(section, saved)
            if now in (self.base[section.name], typed):
                continue
            if typed == self.base[section.name]:
                self.values = {**self.values, **{name: _in_rows(name, saved.get(name)) for name in section.fields}}
            else:
                both.append(section)
            self.base[section.name] = now
        return both


def new_window() -> str:
    """A name for one opening of a page."""
    return secrets.token_hex(WINDOW_LENGTH // 2)


def windows_in(sent: str) -> tuple[str, ...]:
    """The names of windows in a hidden field; anything else that stands there is left out."""
    return tuple(name for name in sent.split()[:MOST_WINDOWS] if WINDOW.fullmatch(name))


def unsaved(desk: Desk, sections: Sequence[Section], own: Mapping[str, Any]) -> dict[str, tuple[Draft, ...]]:
    """The reader's drafts that say something else than the sheet does, by section, the latest first."""
    saved = values_of(own)
    drafts = {}
    for section in sections:
        spec, now = specs_of([section]), section_digest(section.name, saved)
        others = tuple(draft for draft in desk.drafts_of(section.name)
                       if SheetForm(spec, draft.typed).digest_in(section, saved) != now)  # fmt: skip
        if others:
            drafts[section.name] = others
    return drafts


def _sent(spec: Input) -> Any:
    """What a browser sent for one question; lines come from one field or from boxes, one a line."""
    if spec.type == "rows":
        return sent_rows(spec, request.form)
    if spec.type == "choices":
        return request.form.getlist(spec.name)
    if spec.type == "lines":
        return "\n".join(request.form.getlist(spec.name))
    return request.form.get(spec.name)


def _in_rows(name: str, value: Any) -> Any:
    return as_rows(name, value) if INPUTS[name].type == "rows" else value


def specs_of(sections: Iterable[Section]) -> tuple[Input, ...]:
    """Every question of these sections, in order."""
    return tuple(spec_of(section, name) for section in sections for name in section.fields)


def communes_of(names: Sequence[str], value: Any) -> tuple[list[tuple[str, bool]], str]:
    """The places of a sheet as the edition's communes with whether each is named, and the other places, one a line.

    Without communes of the edition everything is other places.
    """
    kept = value if isinstance(value, list) else [line.strip() for line in (value or "").split("\n") if line.strip()]
    if not names:
        return [], "\n".join(kept)
    offered = [*names, WHOLE_COUNTY]
    others = [place for place in kept if place not in offered]
    return [(name, name in kept) for name in offered], "\n".join(others)
