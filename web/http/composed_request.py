"""What is typed comes in its composed form (NFC), whatever a keyboard, a clipboard or a browser sends."""

import unicodedata
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property


class ComposedRequest(Request):
    """A request whose form and query are composed; JSON and files are read by those who know what is in them."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The values of the query."""
        return composed(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = composed(self.__dict__["form"])


def composed(values: MultiDict[str, Any]) -> MultiDict[str, Any]:
    """The same names with their texts composed; the very same values where they are so already."""
    pairs = list(values.items(multi=True))
    if all(unicodedata.is_normalized("NFC", text) for pair in pairs for text in pair):
        return values
    return ImmutableMultiDict([(_nfc(name), _nfc(text)) for name, text in pairs])


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
