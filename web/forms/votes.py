"""What forms of votes send: the hands that one of two people counted, and the seat that is voted for by proxy."""

from collections.abc import Sequence

from flask import request

from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.rules.session import Choice


def typed_hands(sectors: Sequence[str]) -> dict[tuple[str, str], int]:
    """The hands of each sector and choice as they were typed; BadInput for anything that is no number."""
    hands: dict[tuple[str, str], int] = {}
    for place, sector in enumerate(sectors):
        for choice in Choice:
            typed = request.form.get(f"hands-{place}-{choice}", "").strip()
            if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
                raise BadInput({"hands": _("Type a whole number in each field; zero where no hand was raised.")})
            hands[sector, choice] = int(typed)
    return hands


def seat_by_proxy() -> int | None:
    """The seat that a form votes for by proxy; None for one's own."""
    sent = request.form.get("seat", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 12 else None
