"""Links that prove by their signature who they were made for; nothing of them is kept, and they have no end."""

import hmac

from workflow.accounts.sealing import HasKey, keyed_digest

LENGTH = 32
# The purpose of the link at the end of letters that can be switched off.
UNSUBSCRIBE = "unsubscribe"


def signed(settings: HasKey, text: str, *, purpose: str) -> str:
    """A text with its signature for one purpose, as the end of an address."""
    return f"{text}-{_signature(settings, text, purpose)}"


def read_signed(settings: HasKey, token: str, *, purpose: str) -> str | None:
    """The text of what was signed here for this purpose, None for anything else; each wrong one takes the same time."""
    text, _, signature = token.rpartition("-")
    own = _signature(settings, text, purpose).encode()
    return text if hmac.compare_digest(own, signature.encode("utf-8", "replace")) else None


def _signature(settings: HasKey, text: str, purpose: str) -> str:
    return keyed_digest(settings, text, purpose=purpose)[:LENGTH]
