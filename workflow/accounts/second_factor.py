"""A second factor: codes from an app on the phone (TOTP), each good once, and eight recovery codes."""

import hmac
import secrets
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select, update

from workflow.accounts.sealing import CannotOpen, HasKey, keyed_digest, open_secret, seal
from workflow.models import Person, RecoveryCode, WebSession

ISSUER = "Partnerstwo"
SECONDS = 30
RECOVERY_CODES = 8
# Letters and digits that nobody mistakes for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
# The phone's clock may be one step off.
DRIFT = (0, -1, 1)


class Enrolment(Struct, frozen=True):
    """What the phone has to be told."""

    secret: str
    address: str


def begin(tx: Connection, settings: HasKey, person_id: int, *, email: str) -> Enrolment:
    """The key for the phone, not in force until a code from it was given; kept until then, so a reload shows it."""
    import pyotp

    mine = Person.id == person_id
    row = tx.execute(select(Person.totp_secret, Person.totp_confirmed_at).where(mine).with_for_update()).one()
    if row.totp_confirmed_at is not None:
        raise ValueError("The second factor is in force already.")
    secret = _opened(settings, row.totp_secret)
    if secret is None:
        secret = pyotp.random_base32()
        tx.execute(update(Person).where(mine).values(totp_secret=seal(settings, secret, purpose="totp")))
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def confirm(
    tx: Connection, settings: HasKey, person_id: int, code: str, *, at: datetime, session_digest: str
) -> tuple[str, ...] | None:
    """Put the second factor in force by a first code; returns the recovery codes, None when the code is wrong."""
    if not _use_code(tx, settings, person_id, code, at=at):
        return None
    tx.execute(update(Person).where(Person.id == person_id).values(totp_confirmed_at=at))
    _mark_given(tx, session_digest, at=at)
    return renew_recovery_codes(tx, settings, person_id)


def give(tx: Connection, settings: HasKey, person_id: int, code: str, *, at: datetime, session_digest: str) -> bool:
    """Accept a code of the app or a recovery code for this session; each is good once."""
    right = _use_code(tx, settings, person_id, code, at=at) or _use_recovery(tx, settings, person_id, code, at=at)
    if right:
        _mark_given(tx, session_digest, at=at)
    return right


def switch_off(tx: Connection, person_id: int) -> None:
    """Remove the second factor and its recovery codes."""
    nothing = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    tx.execute(update(Person).where(Person.id == person_id).values(nothing))
    tx.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def renew_recovery_codes(tx: Connection, settings: HasKey, person_id: int) -> tuple[str, ...]:
    """Eight new recovery codes in place of the old ones; shown once, kept as digests."""
    codes = tuple(
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    )
    tx.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    rows = [{"person_id": person_id, "code_digest": _recovery_digest(settings, person_id, c)} for c in codes]
    tx.execute(insert(RecoveryCode), rows)
    return codes


def _recovery_digest(settings: HasKey, person_id: int, code: str) -> str:
    letters = "".join(c for c in code.lower() if c in ALPHABET)
    return keyed_digest(settings, f"{person_id}:{letters}", purpose="recovery")


def _use_recovery(tx: Connection, settings: HasKey, person_id: int, code: str, *, at: datetime) -> bool:
    mine = (
        RecoveryCode.person_id == person_id,
        RecoveryCode.code_digest == _recovery_digest(settings, person_id, code),
        RecoveryCode.used_at.is_(None),
    )
    return tx.execute(update(RecoveryCode).where(*mine).values(used_at=at)).rowcount == 1


def _use_code(tx: Connection, settings: HasKey, person_id: int, code: str, *, at: datetime) -> bool:
    """Whether the code is right now; the row is locked so that it works once even when sent twice at once."""
    import pyotp

    mine = Person.id == person_id
    row = tx.execute(select(Person.totp_secret, Person.totp_last_step).where(mine).with_for_update()).one()
    digits = "".join(c for c in code if c.isascii() and c.isdigit())
    secret = _opened(settings, row.totp_secret)
    if secret is None or len(digits) != 6:
        return False
    totp = pyotp.TOTP(secret, interval=SECONDS)
    now = int(at.timestamp()) // SECONDS
    for step in (now + drift for drift in DRIFT):
        fresh = row.totp_last_step is None or step > row.totp_last_step
        if fresh and hmac.compare_digest(totp.generate_otp(step), digits):
            tx.execute(update(Person).where(mine).values(totp_last_step=step))
            return True
    return False


def _opened(settings: HasKey, box: str | None) -> str | None:
    """The phone's key, or None where there is none, also after SECRET_KEY was changed."""
    try:
        return open_secret(settings, box, purpose="totp") if box else None
    except CannotOpen:
        return None


def _mark_given(tx: Connection, session_digest: str, *, at: datetime) -> None:
    mine = WebSession.token_digest == session_digest
    tx.execute(update(WebSession).where(mine).values(second_factor_at=at))
