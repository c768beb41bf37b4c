"""The form of the text of a letter: each part in a field, what is asked of each reader in one of its own."""

from dataclasses import dataclass
from typing import Any

from flask import request

from web.forms.steps import NOTE, StepForm, specs_of
from web.http.template_context import say
from web.http.versions import version_in
from workflow.base.i18n import _
from workflow.rules.letter_text import LONGEST_PART, LetterText, fault
from workflow.rules.topics import Audience, Topic

CHANGE = "change_letter_text"
RESET = "reset_letter_text"
PARTS = ("subject", "happened", "below", "appeal")
ASKED = "asked-"


@dataclass(slots=True)
class LetterForm(StepForm):
    """What was typed for the text of one topic in one language."""

    topic: Topic = Topic.IDEA_RECORDED
    language: str = ""

    @classmethod
    def of_text(cls, topic: Topic, language: str, text: LetterText, *, version: int) -> "LetterForm":
        """The form with the text that holds."""
        values = {f"letter_{name}": getattr(text, name) for name in PARTS}
        values |= {f"{ASKED}{audience}": said for audience, said in text.expected.items()}
        return cls((*specs_of("edition", CHANGE), NOTE), values, version=version, topic=topic,
                   language=language)  # fmt: skip

    @classmethod
    def sent_by_browser(cls, topic: Topic, language: str) -> "LetterForm":
        """The form as it was sent."""
        form = StepForm.sent_for(specs_of("edition", CHANGE))
        asked = {name: text for name, text in request.form.items() if name.startswith(ASKED)}
        return cls(form.asks, {**form.values, **asked}, version=version_in(request.form.get("version")),
                   topic=topic, language=language)  # fmt: skip

    def answers(self) -> dict[str, Any]:
        """What the record asks for."""
        parts = {f"letter_{name}": self._typed(f"letter_{name}") for name in PARTS}
        rows = [
            {"audience": reader.value, "text": text} for reader in Audience if (text := self._typed(f"{ASKED}{reader}"))
        ]
        given = {**parts, "letter_expected": rows}
        named = {"letter_topic": self.topic.value, "letter_language": self.language}
        return {**named, **{name: value for name, value in given.items() if value}}

    def text(self) -> LetterText:
        """The text as it was typed, for a preview."""
        asked = {reader: said for reader in Audience if (said := self._typed(f"{ASKED}{reader}"))}
        subject, happened, below, appeal = (self._typed(f"letter_{name}") for name in PARTS)
        return LetterText(" ".join(subject.split()), happened, asked, below, appeal)

    def check(self, *, is_saved: bool = False) -> bool:
        """Say beside each field which placeholder it may not have, or that it is too long; whether all are right.

        What lacks is said for a preview alone: the record that saves a text says it together with all else.
        """
        for name in ("letter_subject", "letter_happened"):
            if not is_saved and not self._typed(name):
                self.errors[name] = say(_("Write something here: a letter cannot be without it."))
        for name, given in self.values.items():
            if not isinstance(given, str) or not name.startswith(("letter_", ASKED)):
                continue
            if wrong := fault(given, self.topic):
                self.errors[name] = say(wrong)
            elif name.startswith(ASKED) and len(given) > LONGEST_PART:
                self.errors[name] = say(
                    _("This is too long: {given} characters, at most {maximum} fit.", given=len(given),
                      maximum=LONGEST_PART)
                )  # fmt: skip
        return not self.errors

    def _typed(self, name: str) -> str:
        return str(self.values.get(name) or "").replace("\r\n", "\n").strip()
