"""What was typed into a form that could not be taken, to be shown or sent again."""

from flask import request
from msgspec import Struct
from werkzeug.exceptions import HTTPException

# Never sent back in a page: the token, which gets a fresh one, and what is a secret.
TOKEN, SECRETS = "csrf_token", frozenset({"password", "old", "new", "code"})


class TypedField(Struct, frozen=True):
    """One field of a form that could not be saved."""

    name: str
    value: str

    @property
    def is_text(self) -> bool:
        """Whether a person wrote it, so that it is shown; the rest goes along unseen."""
        return len(self.value) > 40 or any(letter.isspace() for letter in self.value)


def typed_fields() -> list[TypedField]:
    """What was sent, to be sent again; nothing where a secret is among it or where the request could not be read."""
    try:
        fields = [TypedField(name, value) for name, value in request.form.items(multi=True) if name != TOKEN]
    except (OSError, HTTPException):
        return []
    return [] if any(field.name in SECRETS for field in fields) else fields
