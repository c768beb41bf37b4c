"""What a form lets through fits into the column that it is written to; PostgreSQL would refuse it with an error."""

import pytest

from workflow.models import Agreement, Conference, Edition, Proposal
from workflow.rules.fields import INPUTS

# Columns whose name differs from that of the input.
WRITTEN_TO = {"source": ("participants_source", "partners_source"), "qualifier": ("participants_qualifier",)}


@pytest.mark.parametrize("model", [Edition, Proposal, Conference, Agreement])
def test_no_input_is_longer_than_its_column(model: type[Edition]) -> None:
    for column in model.__table__.c:
        length = getattr(column.type, "length", None)
        for name, asked in INPUTS.items():
            if length and asked.type in ("line", "text") and column.name in (name, *WRITTEN_TO.get(name, ())):
                assert asked.maximum <= length, (column.name, name)
