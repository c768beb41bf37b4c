"""What forms of votes in the hall send: the marks of a ballot, a new vote, cards as somebody typed them."""

from collections.abc import Mapping, Sequence

from flask import request

from workflow.base.errors import BadInput
from workflow.base.i18n import _
from workflow.hall.preparing import PollDraft
from workflow.rules.hall import HallMethod
from workflow.voting.counting.ballots import Mark
from workflow.voting.sealing import Receipt

# How the names of the fields of points and places begin; the key of the option follows.
NUMBER = "number-"
# As many cards as one form takes.
MOST_CARDS = 300


def sent_marks(method: HallMethod, keys: Sequence[str], *, prefix: str = "") -> list[Mark]:
    """The marks of a ballot as a form sent them; BadInput for what is no number; legal or not is not asked."""
    if method in {HallMethod.AYES, HallMethod.APPROVE}:
        return [(key, 1) for key in request.form.getlist(f"{prefix}option")]
    first = 1 if method is HallMethod.RANK else 0
    typed = ((key, request.form.get(f"{prefix}{NUMBER}{key}", "").strip()) for key in keys)
    numbers = [(key, whole(text)) for key, text in typed if text]
    return [(key, number - first) for key, number in numbers if number or first]


def sent_receipt() -> Receipt:
    """Number and key as the form sent them, or as somebody typed them."""
    return Receipt(request.form.get("number", "")[:40], request.form.get("key", "")[:40])


def sent_revision() -> int | None:
    """How often the ballot was exchanged when the form was shown; None where the form does not say."""
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else None


def sent_draft() -> PollDraft:
    """A new vote as a form sent it; BadInput names the field."""
    try:
        method = HallMethod(request.form.get("method", ""))
    except ValueError:
        raise BadInput({"method": _("Choose how is voted.")}) from None
    limits: Mapping[str, int | None] = {
        name: optional(name) for name in ("max_choices", "points_total", "points_each", "minutes")
    }
    return PollDraft(
        question=request.form.get("question", "")[:2000], method=method,
        projects=tuple(whole(sent, "projects") for sent in request.form.getlist("projects")),
        texts=() if method is HallMethod.AYES else tuple(request.form.get("texts", "")[:20_000].splitlines()),
        secret=request.form.get("secrecy") != "named", **limits,
    )  # fmt: skip


def sent_cards(method: HallMethod, keys: Sequence[str]) -> dict[int, list[Mark]]:
    """Card -> marks as they were typed; rows without a number of a card are left out. BadInput for one named twice."""
    cards: dict[int, list[Mark]] = {}
    for row in range(MOST_CARDS):
        sent = request.form.get(f"card-{row}", "").strip()
        if not sent:
            continue
        number = whole(sent, "cards")
        if number in cards:
            raise BadInput({"cards": _("Card {number} is typed twice.", number=number)})
        cards[number] = sent_marks(method, keys, prefix=f"{row}-")
    return cards


def optional(name: str) -> int | None:
    """A whole number of a field that may be empty."""
    sent = request.form.get(name, "").strip()
    return whole(sent, name) if sent else None


def whole(sent: str, field: str = "choice") -> int:
    """A number as it was sent; BadInput for anything else."""
    if not (sent.isascii() and sent.isdecimal() and len(sent) < 12):
        raise BadInput({field: _("Give a whole number.")})
    return int(sent)
