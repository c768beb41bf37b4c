"""A form on its way: what was asked, what was typed, and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from flask import request

from web.forms.rows import sent_rows
from web.http import identity
from workflow.base.errors import BadInput
from workflow.base.i18n import Sentence, say
from workflow.rules.field_types import Input, read


@dataclass(slots=True)
class Form:
    """Asked inputs with the values typed so far and, after a refusal, a sentence for each wrong field."""

    asks: tuple[Input, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def sent(cls, asks: tuple[Input, ...]) -> Self:
        """The form as the browser sent it; fields that were not asked for are left aside."""
        typed: dict[str, Any] = {}
        for spec in asks:
            if spec.type == "rows":
                typed[spec.name] = sent_rows(spec, request.form)
                continue
            several = spec.type in {"choices", "numbers"}
            typed[spec.name] = request.form.getlist(spec.name) if several else request.form.get(spec.name)
        return cls(asks, typed)

    def read(self) -> dict[str, Any]:
        """The clean answers; raises BadInput and keeps its sentences beside the fields."""
        try:
            return read(self.asks, {name: value for name, value in self.values.items() if value is not None})
        except BadInput as error:
            self.refuse(error)
            raise

    def refuse(self, error: BadInput) -> None:
        """Keep what a refusal says, to be shown beside the fields."""
        self.errors |= {name: say(text, identity.language()) for name, text in error.fields.items()}

    def label(self, name: str) -> str:
        """The question of one field."""
        return say(self.spec(name).label, identity.language())

    def hint(self, name: str) -> str | None:
        """The line of help under a question."""
        hint: Sentence | None = self.spec(name).hint
        return say(hint, identity.language()) if hint else None

    def spec(self, name: str) -> Input:
        """What was asked under a name."""
        return next(spec for spec in self.asks if spec.name == name)

    def options(self, name: str) -> Sequence[tuple[str, str]]:
        """The answers to choose from."""
        return [(key, say(text, identity.language())) for key, text in self.spec(name).options().items()]
