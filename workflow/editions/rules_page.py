"""Reads the rules of the editions for the public page of rules."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Edition
from workflow.rules.states import HIDDEN


class EditionRules(Struct, frozen=True):
    """The rules of one edition."""

    key: str
    title: str
    version: str
    text: str
    historical: bool
    state: str
    previous_state: str | None
    settings: Mapping[str, Any]

    @property
    def row(self) -> dict[str, Any]:
        """What is read of a setting: its value, and whether it is locked."""
        return {"settings": self.settings, "state": self.state, "previous_state": self.previous_state}

    @property
    def paragraphs(self) -> list[str]:
        """The text by paragraphs."""
        return [part.strip() for part in self.text.split("\n") if part.strip()]


def list_rules(tx: Connection) -> list[EditionRules]:
    """The rules of every edition that the public may see, the newest first; one statement."""
    query = (
        select(
            Edition.key,
            Edition.title,
            Edition.rules_version,
            Edition.rules_text,
            Edition.historical,
            Edition.state,
            Edition.previous_state,
            Edition.settings,
        )
        .where(Edition.state.not_in(HIDDEN), Edition.rules_text != "")
        .order_by(Edition.year.desc(), Edition.id.desc())
    )
    return [EditionRules(*row) for row in tx.execute(query)]
