"""Links that prove by their signature who they were made for; nothing of them is kept, and they have no end."""

import hmac

from workflow.accounts.sealing import HasKey, keyed_digest

LENGTH = 32
# The purpose of the link at the end of letters that can be switched off.
UNSUBSCRIBE = "unsubscribe"


def sign(settings: HasKey, text: str, *, purpose: str) -> str:
    """The signature of a text for one purpose."""
    return keyed_digest(settings, text, purpose=purpose)[:LENGTH]


def is_signed(settings: HasKey, text: str, signature: str, *, purpose: str) -> bool:
    """Whether a text was signed here for this purpose; takes the same time for every wrong signature."""
    return hmac.compare_digest(sign(settings, text, purpose=purpose).encode(), signature.encode("utf-8", "replace"))
