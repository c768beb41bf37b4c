"""An edition: one run of the programme in one county and year."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.models.base import EMPTY, Base, Json
from workflow.models.subject import Subject


class Edition(Subject, Base):
    """Rules and calendar of an edition are columns: guards read them, and each change is a history entry."""

    __tablename__ = "edition"

    key: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(400))
    county: Mapped[str] = mapped_column(String(120))
    voivodeship: Mapped[str] = mapped_column(String(120), server_default=EMPTY)
    year: Mapped[int]
    # True for a record of the past that is entered from a published source.
    historical: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    source: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    initiators: Mapped[list[Any]] = mapped_column(Json, server_default=text("'[]'"))
    sectors: Mapped[list[Any]] = mapped_column(Json, server_default=text("'[]'"))
    areas: Mapped[list[Any]] = mapped_column(Json, server_default=text("'[]'"))
    # Commune names; areas of improvement are another thing.
    communes: Mapped[list[Any]] = mapped_column(Json, server_default=text("'[]'"))
    # What the edition has settled about the sections of the sheet, by section; see `workflow.rules.sheet_sections`.
    sheet_sections: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
    # What a source says and this model has no column for, word for word.
    facts: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))

    submission_deadline: Mapped[datetime | None]
    summary_on: Mapped[datetime | None]
    implementation_until: Mapped[datetime | None]
    appeals_until: Mapped[datetime | None]
    reserve_valid_until: Mapped[datetime | None]
    registration_open: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    rules_version: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    rules_text: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    clause_version: Mapped[str] = mapped_column(String(40), server_default=EMPTY)
    clause_text: Mapped[str] = mapped_column(Text, server_default=EMPTY)
    minimum_members: Mapped[int] = mapped_column(Integer, server_default=text("3"))
    places: Mapped[int | None]
    # In grosze; None where the edition selects by places or by a plain resolution.
    budget: Mapped[int | None] = mapped_column(BigInteger)
    requires_agreement: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    minimum_signatures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    # What differs from the defaults of `workflow.rules.settings_catalogue`, by key; read through its `value` alone.
    settings: Mapped[dict[str, Any]] = mapped_column(Json, server_default=text("'{}'"))
