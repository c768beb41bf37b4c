"""Letters that came back: what a mail server's report says (RFC 3464), which letter it is about, what is marked."""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, delete, func, select, update

from workflow.db.dialect import upsert
from workflow.models import AddressFault, Delivery, DeliveryTry, GroupInvitation, OutboxRow, Person
from workflow.models.base import table_of
from workflow.notifications.deliveries import ERROR_MAXIMUM, DeliveryState, Try, TryOutcome, note_tries
from workflow.notifications.delivery_log import INVITED

# `<OUTBOX_ROW.DIGEST@HOST>`, see notifications.relay.message_id.
MESSAGE_ID = re.compile(r"<(\d{1,18})\.[0-9a-f]{24}@[^<>\s]{1,200}>")
# The number of a delivery and its signature, in the address to which it comes back.
RETURN_TAG = re.compile(r"\+(\d{1,18})-([0-9a-f]{12})@")
# Refusals for good that say nothing bad about an address: full, letter too long, system full, policy and content.
PASSING_STATUS = re.compile(r"5\.(2\.2|2\.3|3\.\d+|6\.\d+|7\.\d+)$")


class Fault(Struct, frozen=True):
    """An address whose letters come back."""

    email: str
    # Whether there is no such mailbox; otherwise it took nothing at that moment.
    lasting: bool
    reply: str
    since: datetime
    last_at: datetime
    count: int


class Report(Struct, frozen=True):
    """What a server says of one letter: its Message-ID or the number of its delivery, and what became of it."""

    message_id: str = ""
    delivery_id: int | None = None
    # Whether it is still being tried.
    delayed: bool = False
    # Whether the address itself is at fault, so that no further letter will arrive either.
    lasting: bool = False
    reply: str = ""


def return_tag(delivery_id: int, *, key: str) -> str:
    """What an envelope's sender carries behind a plus, so that a report names its letter whatever it encloses."""
    return f"{delivery_id}-{_signature(delivery_id, key)}"


def _signature(delivery_id: int, key: str) -> str:
    return hmac.new(key.encode(), f"return:{delivery_id}".encode(), hashlib.sha256).hexdigest()[:12]


def read_report(content: bytes, *, key: str) -> Report | None:
    """The report in a letter as it came into the mailbox; None for any other letter."""
    message = message_from_bytes(content, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return None
    fields = _status_fields(message)
    action = fields.get("action", "").lower()
    if action not in ("failed", "delayed"):
        return None
    status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.get("status", "") + " " + fields.get("diagnostic-code", ""))
    code = status.group() if status else ""
    return Report(
        message_id=_original_id(message),
        delivery_id=_tagged(message, key),
        delayed=action == "delayed",
        lasting=action == "failed" and code.startswith("5") and not PASSING_STATUS.match(code),
        reply=" ".join(fields.get("diagnostic-code", code).split())[:ERROR_MAXIMUM],
    )


def _status_fields(message: EmailMessage) -> Mapping[str, str]:
    """The fields about the recipient, the first of several; a letter of ours has one."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks if isinstance(blocks, list) else ():
                fields = {name.lower(): str(value) for name, value in block.items()}
                if "action" in fields:
                    return fields
    return {}


def _original_id(message: EmailMessage) -> str:
    """The Message-ID of ours in the letter that the report encloses, whole or its headers alone."""
    for text in _enclosed(message):
        found = re.search(rf"^Message-ID:\s*({MESSAGE_ID.pattern})", text, re.IGNORECASE | re.MULTILINE)
        if found:
            return found.group(1)
    return ""


def _enclosed(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield bytes(cast("bytes", part.get_payload(decode=True)) or b"").decode("utf-8", "replace")
        elif part.get_content_type() == "message/rfc822":
            for inner in cast("list[Message]", part.get_payload()):
                yield f"Message-ID: {inner.get('Message-ID', '')}"


def _tagged(message: EmailMessage, key: str) -> int | None:
    """The delivery that the address of the mailbox names, where its signature is ours."""
    for name in ("Delivered-To", "X-Original-To", "To"):
        tag = RETURN_TAG.search(str(message.get(name, "")))
        if tag and hmac.compare_digest(tag.group(2), _signature(int(tag.group(1)), key)):
            return int(tag.group(1))
    return None


def note_report(tx: Connection, report: Report, *, at: datetime) -> bool:
    """Write a report into the journey of its letter and mark the address; False where it names no letter of ours.

    The same report a second time changes nothing. A letter that could not be delivered is not tried again by itself.
    """
    letter = _letter(tx, report)
    if letter is None:
        return False
    outcome = TryOutcome.DELAYED if report.delayed else TryOutcome.BOUNCED
    same = select(DeliveryTry.id).where(
        DeliveryTry.delivery_id == letter.id, DeliveryTry.outcome == outcome, DeliveryTry.reply == report.reply,
        DeliveryTry.at >= (letter.sent_at or letter.created_at),
    )  # fmt: skip
    if tx.execute(same.limit(1)).first():
        return True
    note_tries(tx, [Try(letter.id, at, outcome, report.reply)])
    if not report.delayed:
        here = Delivery.id == letter.id, Delivery.state == DeliveryState.SENT
        tx.execute(update(Delivery).where(*here).values(state=DeliveryState.BOUNCED, error=report.reply))
        mark_address(tx, letter.email, lasting=report.lasting, reply=report.reply, at=at)
    return True


def _letter(tx: Connection, report: Report) -> Row[Any] | None:
    query = (
        select(Delivery.id, Delivery.created_at, Delivery.sent_at,
               func.coalesce(Person.email, GroupInvitation.email, "").label("email"))
        .join(OutboxRow, OutboxRow.id == Delivery.outbox_id)
        .outerjoin(Person, Person.id == Delivery.recipient_id)
        .outerjoin(GroupInvitation, INVITED)
    )  # fmt: skip
    named = MESSAGE_ID.fullmatch(report.message_id)
    if report.delivery_id is not None:
        query = query.where(Delivery.id == report.delivery_id)
    elif named:
        query = query.where(Delivery.outbox_id == int(named.group(1)), Delivery.message_id == report.message_id)
    else:
        return None
    return cast("Row[Any] | None", tx.execute(query).first())


def mark_address(tx: Connection, email: str, *, lasting: bool, reply: str, at: datetime) -> None:
    """Note that letters to an address come back; an address that does not exist stays so until somebody clears it."""
    if not email:
        return
    fault = table_of(AddressFault)
    values = {"email": email.lower(), "lasting": lasting, "reply": reply[:ERROR_MAXIMUM], "since": at, "last_at": at}
    statement = upsert(tx)(fault).values(**values)
    again = {"lasting": lasting, "reply": values["reply"], "last_at": at, "count": fault.c.count + 1}
    tx.execute(statement.on_conflict_do_update(index_elements=["email"], set_=again))


def clear_address(tx: Connection, email: str) -> bool:
    """Take the mark off an address, as when its mailbox works again; whether there was one."""
    return bool(tx.execute(delete(AddressFault).where(AddressFault.email == email.lower())).rowcount)


def faults_of(connection: Connection, emails: Collection[str | None]) -> dict[str, Fault]:
    """The faults of those of these addresses whose letters come back, by the address in lower case; one statement."""
    wanted = {email.lower() for email in emails if email}
    rows = connection.execute(_faults().where(AddressFault.email.in_(wanted))) if wanted else ()
    return {row.email: Fault(*row) for row in rows}


def newest_faults(connection: Connection, *, limit: int) -> list[Fault]:
    """The addresses whose letters came back last."""
    query = _faults().order_by(AddressFault.last_at.desc(), AddressFault.email).limit(limit)
    return [Fault(*row) for row in connection.execute(query)]


def _faults() -> Select[Any]:
    f = AddressFault
    return cast("Select[Any]", select(f.email, f.lasting, f.reply, f.since, f.last_at, f.count))
