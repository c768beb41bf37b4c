"""What the form of an undoing sends beside the reason: what was seen of its letters, and the correction."""

import re
from collections.abc import Mapping

from flask import request
from msgspec import Struct

from workflow.base.i18n import _
from workflow.rules.field_types import Input, read

CORRECTION = Input("correction", "text", _("Text of the correction"), required=False, maximum=2000)
FATES = re.compile(r"(\d{1,17}):([a-z]+)")


class SentUndo(Struct, frozen=True):
    """The digest that was seen, what becomes of each person's letter, and the correction as it was typed."""

    seen: str
    fates: Mapping[int, str]
    correction: str

    def own_words(self, usual: str) -> str:
        """The correction where somebody wrote one; empty where the usual text was left as it was. Raises BadInput."""
        text: str = read((CORRECTION,), {"correction": self.correction}).get("correction", "")
        return "" if " ".join(text.split()) == " ".join(usual.split()) else text


def sent_by_browser() -> SentUndo:
    """The same as the browser sent it."""
    fates = {int(number): fate for number, fate in FATES.findall(request.form.get("fates", ""))}
    return SentUndo(request.form.get("seen", ""), fates, request.form.get("correction", ""))
