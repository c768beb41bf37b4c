"""The one form of a result as bytes, and its digests."""

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

SCHEMA = "result/1"

Content = Mapping[str, Any]


def canonical(content: Any) -> bytes:
    """JSON with sorted names, no blanks, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, as hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def sealed(content: Content) -> bytes:
    """The bytes of a result file: its content with the digest of everything else in it."""
    unsealed = {name: value for name, value in content.items() if name != "digest"}
    return canonical({**unsealed, "digest": digest(unsealed)})


def fraction(value: Fraction | int) -> str:
    """A fraction as the file writes it: "23/6", also "4/1"."""
    return f"{Fraction(value).numerator}/{Fraction(value).denominator}"
