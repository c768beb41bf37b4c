"""Secrets that must be read again (a link in a mail, a TOTP key) lie encrypted in the database.

The key is derived from `SECRET_KEY` and the purpose, so that a box of one purpose opens for no other. What only has
to be recognised (session and link tokens, recovery codes) is kept as a digest instead.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

TOKEN_BYTES = 32


class HasKey(Protocol):
    """What is needed of the settings: the installation's secret key."""

    @property
    def secret_key(self) -> str:
        """The key that nobody else knows."""
        ...


class CannotOpen(Exception):
    """The box was closed with another key or for another purpose."""


@lru_cache(maxsize=16)
def derived_key(secret_key: str, purpose: str) -> bytes:
    """A key of its own for each purpose; from it nobody finds the secret key or another purpose's key."""
    return hmac.new(secret_key.encode(), b"partnerstwo:" + purpose.encode(), hashlib.sha256).digest()


def _fernet(settings: HasKey, purpose: str) -> "Fernet":
    # Loaded when it is first needed, for most requests never do.
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(derived_key(settings.secret_key, purpose)))


def seal(settings: HasKey, secret: str, *, purpose: str = "link") -> str:
    """Lock a secret into a box of printable text."""
    return _fernet(settings, purpose).encrypt(secret.encode()).decode()


def open_secret(settings: HasKey, box: str, *, purpose: str = "link") -> str:
    """Read a secret back; raises CannotOpen when the key or the purpose is another."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(settings, purpose).decrypt(box.encode()).decode()
    except InvalidToken:
        raise CannotOpen(f"This {purpose} was locked with another SECRET_KEY.") from None


def new_token() -> str:
    """A random token that fits into an address and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What the database keeps of a token; a token is random enough to need no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(settings: HasKey, text: str, *, purpose: str) -> str:
    """A digest that cannot be found by trying all addresses or codes without the secret key."""
    key = derived_key(settings.secret_key, purpose)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
