"""A new edition made from one that exists: rules, sheet, settings, criteria and letters; no people, no projects."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from workflow.editions.actions import begin_edition
from workflow.editions.queries import Texts
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.engine.move import Moved
from workflow.models import Criterion
from workflow.notifications.letter_texts import EditionTexts, edition_texts
from workflow.rules.facts import Actor, Facts
from workflow.rules.letter_text import LANGUAGES, fault
from workflow.rules.setting_types import NONE
from workflow.rules.settings_catalogue import CATALOGUE, value
from workflow.rules.topics import Topic

COPIED = ("initiators", "sectors", "areas", "communes", "rules_version", "clause_version", "minimum_members",
          "requires_agreement", "minimum_signatures")  # fmt: skip


def copy_edition(
    tx: Connection, source: Facts, texts: Texts, answers: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Moved:  # fmt: skip
    """Begin an edition with key, title, county and year from the answers, and take over the rest by steps of its own.

    Wholly or not at all; its calendar stays empty. Everything stands in the history of the new edition, nothing in that
    of the source. Edited texts of letters wait for approval in the new edition as they did here. Raises a Refusal.
    """
    begin = CreateCommand("edition", "create_edition", actor=actor, at=at, answers=answers)
    moved = begin_edition(tx, begin, is_admin=False)
    begun = machine.facts_of(tx, [moved.ref], actor=actor)[moved.ref]
    for step, given in (("set_rules", _rules(source, texts)), ("set_sections", _sections(source)),
                        ("change_settings", _settings(source, begun))):  # fmt: skip
        if given:
            machine.take(tx, StepCommand(moved.ref, step, actor=actor, at=at, answers=given))
    for answers_ in _letter_texts(edition_texts(tx, [source.ref.id]), source.ref.id):
        machine.take(tx, StepCommand(moved.ref, "change_letter_text", actor=actor, at=at, answers=answers_))
    _copy_criteria(tx, source.ref.id, moved.ref.id, actor=actor, at=at)
    return moved


def _letter_texts(texts: EditionTexts, edition_id: int) -> Iterator[dict[str, Any]]:
    """The texts that the office has edited and that hold now, as the record asks for them; sound ones alone."""
    for topic in Topic:
        for language in LANGUAGES:
            version = texts.version(edition_id, topic, language, at=None)
            text = version.text if version is not None else None
            if text is not None and not any(fault(part, topic) for part in text.parts()):
                parts = {"subject": text.subject, "happened": text.happened, "below": text.below, "appeal": text.appeal}
                given = {f"letter_{name}": said for name, said in parts.items() if said}
                rows = [{"audience": reader, "text": said} for reader, said in text.expected.items() if said]
                yield {"letter_topic": topic.value, "letter_language": language, **given, "letter_expected": rows}


def _copy_criteria(tx: Connection, source: int, target: int, *, actor: Actor, at: datetime) -> None:
    """The criteria with their scales, in the same order; one row each, since they are few."""
    copied = ("number", "name", "description", "weight", "scale_min", "scale_max", "step", "required", "minimum")
    columns = [getattr(Criterion, name) for name in copied]
    query = select(*columns).where(Criterion.edition_id == source).order_by(Criterion.number)
    for row in tx.execute(query).mappings().all():
        tx.execute(insert(Criterion).values(**row, edition_id=target, changed_by_id=actor.id, changed_at=at))


def _rules(source: Facts, texts: Texts) -> dict[str, Any]:
    own = source.edition
    given = {name: own[name] for name in COPIED} | {"rules_text": texts.rules, "clause_text": texts.clause}
    given |= {"places_number": own["places"], "budget": _in_words(own["budget"])}
    return {name: answer for name, answer in given.items() if answer not in (None, "", [])}


def _in_words(grosze: int | None) -> str | None:
    """An amount as a form has it."""
    return None if grosze is None else f"{grosze // 100},{grosze % 100:02d}"


def _sections(source: Facts) -> dict[str, Any]:
    rows = [{"section": name, **said} for name, said in (source.edition["sheet_sections"] or {}).items()]
    return {"sections": rows} if rows else {}


def _settings(source: Facts, begun: Facts) -> dict[str, Any]:
    """The settings that differ, as a form has them: a new edition takes over those of the newest one by itself."""
    values = {setting.key: value(source.edition, setting.key) for setting in CATALOGUE
              if value(source.edition, setting.key) != value(begun.edition, setting.key)}  # fmt: skip
    return {key: NONE if stored is None else str(int(stored)) if isinstance(stored, bool) else str(stored)
            for key, stored in values.items()}  # fmt: skip
