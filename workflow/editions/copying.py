"""A new edition made from one that exists: rules, sections of the sheet and settings, no people, no projects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from workflow.editions.actions import begin_edition
from workflow.editions.queries import Texts
from workflow.engine import machine
from workflow.engine.command import StepCommand
from workflow.engine.move import Moved
from workflow.rules.facts import Actor, Facts
from workflow.rules.setting_types import NONE
from workflow.rules.settings_catalogue import CATALOGUE, value

COPIED = ("initiators", "sectors", "areas", "communes", "rules_version", "clause_version", "minimum_members",
          "requires_agreement", "minimum_signatures")  # fmt: skip


def copy_edition(
    tx: Connection, source: Facts, texts: Texts, answers: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Moved:  # fmt: skip
    """Begin an edition with key, title, county and year from the answers, and take over the rest by steps of its own.

    Wholly or not at all; its calendar stays empty. Everything stands in the history of the new edition, nothing in that
    of the source. Raises a Refusal.
    """
    moved = begin_edition(tx, actor=actor, at=at, answers=answers, is_admin=False)
    begun = machine.facts_of(tx, [moved.ref], actor=actor)[moved.ref]
    for step, given in (("set_rules", _rules(source, texts)), ("set_sections", _sections(source)),
                        ("change_settings", _settings(source, begun))):  # fmt: skip
        if given:
            machine.take(tx, StepCommand(moved.ref, step, actor=actor, at=at, answers=given))
    return moved


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
