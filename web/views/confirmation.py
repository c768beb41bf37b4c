"""The page on which something is confirmed: its consequences are seen first, and the form says what was seen."""

from collections.abc import Mapping, Sequence

from flask import render_template
from msgspec import Struct, field


class Confirmation(Struct, frozen=True):
    """What somebody is about to do."""

    # What is done, as a verb with its object; also the button.
    title: str
    about: str
    consequences: Sequence[str]
    url: str
    back: str
    crumbs: Sequence[Mapping[str, str]]
    fields: Mapping[str, object] = field(default_factory=dict)
    # Whether it can never be undone.
    is_final: bool = True


def confirmation_page(asked: Confirmation) -> str:
    """The page with the consequences and the button."""
    return render_template("confirm.html", asked=asked)
