"""The key of an open secret vote and what is derived from it: receipts of ballots, and sealing and opening them; pure.

A receipt is a random number and a key that only the server can compute from it. A sealed ballot can be opened only
as the ballot of its vote and number, and all of a vote have one length.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

# The symbols of Crockford's base 32: none looks like another one.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
SYMBOLS = 8
KEY_BYTES = 32
NONCE_BYTES = 12
CHOICE_BYTES = 32


class CannotOpen(Exception):
    """A sealed ballot of another key, vote or number, or one that was changed."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a voter holds: the number of the ballot, and the key that exchanges it while the vote is open."""

    number: str
    key: str


def new_key() -> bytes:
    """A key for one vote."""
    return secrets.token_bytes(KEY_BYTES)


def new_code() -> str:
    """Eight random symbols: the number of a ballot."""
    return _symbols(secrets.token_bytes(5))


def new_receipt(poll_key: bytes, poll_id: int) -> Receipt:
    """A receipt with a new number; nothing is kept of it."""
    number = new_code()
    return Receipt(number, receipt_key(poll_key, poll_id, number))


def receipt_key(poll_key: bytes, poll_id: int, number: str) -> str:
    """The key that belongs to a number in a vote."""
    return _symbols(hmac.digest(_derived(poll_key, "receipts"), f"{poll_id}/{number}".encode(), sha256)[:5])


def is_genuine(poll_key: bytes, poll_id: int, receipt: Receipt) -> bool:
    """Whether number and key of a receipt belong together in this vote."""
    expected = receipt_key(poll_key, poll_id, receipt.number)
    return hmac.compare_digest(expected.encode(), receipt.key.encode("utf-8", "surrogatepass"))


def as_written(typed: str) -> str:
    """A number or key as it was typed, in its one form: capitals, without blanks and hyphens."""
    return typed.strip().upper().translate(LOOKALIKES)


def seal(poll_key: bytes, poll_id: int, number: str, choice: str, *, size: int = CHOICE_BYTES) -> str:
    """A choice, encrypted as the ballot of this vote and number; padded to `size`, so its length says nothing."""
    # Loaded when it is first needed, for most requests never do.
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    padded = choice.encode().ljust(size, b"\0")
    if len(padded) > size:
        raise ValueError("a choice is longer than a ballot")
    nonce = secrets.token_bytes(NONCE_BYTES)
    box = ChaCha20Poly1305(_derived(poll_key, "ballots"))
    return base64.b64encode(nonce + box.encrypt(nonce, padded, _bound(poll_id, number))).decode()


def open_ballot(poll_key: bytes, poll_id: int, number: str, sealed: str) -> str:
    """The choice of a sealed ballot; raises CannotOpen."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        data = base64.b64decode(sealed, validate=True)
        box = ChaCha20Poly1305(_derived(poll_key, "ballots"))
        padded = box.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound(poll_id, number))
    except (InvalidTag, ValueError):
        raise CannotOpen(f"ballot {number} of vote {poll_id}") from None
    return padded.rstrip(b"\0").decode()


def _derived(poll_key: bytes, purpose: str) -> bytes:
    return hmac.digest(poll_key, f"partnerstwo:poll:{purpose}".encode(), sha256)


def _bound(poll_id: int, number: str) -> bytes:
    return f"{poll_id}/{number}".encode()


def _symbols(data: bytes) -> str:
    value = int.from_bytes(data)
    return "".join(ALPHABET[value >> shift & 31] for shift in range(8 * len(data) - 5, -1, -5))
