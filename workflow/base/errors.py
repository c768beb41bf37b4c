"""Refusals: why something did not happen. Nothing was written when one of these is raised."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from workflow.base.i18n import Sentence, _, say

Value = TypeVar("Value")


class Missing(Struct, frozen=True):
    """One thing that stands in the way: what, who can mend it, until when."""

    code: str
    sentence: Sentence
    # Names of permissions, see `workflow.rules.role_titles.TITLES`.
    who: tuple[str, ...] = ()
    until: datetime | None = None
    field: str | None = None

    def say(self, language: str) -> str:
        """The sentence in a language."""
        return say(self.sentence, language)

    def as_json(self, language: str) -> dict[str, Any]:
        """The same for a program."""
        return {
            "code": self.code,
            "message": self.say(language),
            "who": list(self.who),
            "until": self.until.isoformat() if self.until else None,
            "field": self.field,
        }


class Happened(Struct, frozen=True):
    """The last change, which somebody else made."""

    who: str
    step: str
    at: datetime
    version: int


class Refusal(Exception):
    """The mother of all refusals; `status` is what HTTP says for it, `code` what a program reads."""

    status = 422
    code = "refused"

    def __init__(self, sentence: Sentence, missing: Sequence[Missing] = ()) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence
        self.missing = tuple(missing)

    def say(self, language: str) -> str:
        """The reason in a language."""
        return say(self.sentence, language)

    def __str__(self) -> str:
        return "; ".join([self.say("en"), *(m.say("en") for m in self.missing)])


class NotFound(Refusal):
    """There is no such thing, or not for this person."""

    status = 404
    code = "not_found"

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(sentence or _("There is nothing here."))


def found(value: Value | None) -> Value:
    """What was looked for; raises NotFound where there is none."""
    if value is None:
        raise NotFound
    return value


class NotAllowed(Refusal):
    """This person may never do this here."""

    status = 403
    code = "not_allowed"

    def __init__(self, missing: Sequence[Missing] = (), sentence: Sentence | None = None) -> None:
        super().__init__(sentence or _("You may not do this."), missing)


class NoSuchStep(Refusal):
    """The table has no such step from this state."""

    status = 409
    code = "no_such_step"

    def __init__(self, step: str, state: str | None) -> None:
        super().__init__(_("This step is not possible from the present state."))
        self.step, self.state = step, state


class Stale(Refusal):
    """Somebody else was faster; `last` tells who did what, when."""

    status = 409
    code = "stale"

    def __init__(self, current: int, last: Happened | None = None) -> None:
        super().__init__(_("Somebody has changed this in the meantime. Nothing of yours was lost."))
        self.current, self.last = current, last


class NotReady(Refusal):
    """Something is missing; every item says what, who can mend it and until when."""

    status = 422
    code = "not_ready"

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(_("This cannot be done yet."), missing)


def not_ready(code: str, sentence: Sentence, *who: str) -> NotReady:
    """The refusal for one thing that is missing, and who can mend it."""
    return NotReady([Missing(code, sentence, who)])


class BadInput(Refusal):
    """What was given cannot be taken as it is; `fields` says what is wrong with which."""

    status = 422
    code = "bad_input"

    def __init__(self, fields: Mapping[str, Sentence], besides: Sequence[Missing] = ()) -> None:
        missing = [Missing(f"input.{name}", text, (), None, name) for name, text in fields.items()]
        super().__init__(_("Some of what you entered needs a change."), [*missing, *besides])
        self.fields = dict(fields)


class KeyReused(Refusal):
    """The same idempotency key came with other content."""

    status = 422
    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This key was used before for something else."))
