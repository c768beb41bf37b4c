"""Call webhooks: claim a few calls under a lease, make each, write what became of it while still the owner."""

import json
import logging
import os
import secrets
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta

from tasks.backoff import DELAYS, next_try
from tasks.deliver import Sender
from tasks.public_address import resolve
from tasks.signed_calls import Answer, CallFailedError, Resolver, call, headers
from workflow.accounts import open_secret
from workflow.accounts.sealing import CannotOpen
from workflow.notifications import webhook_calls
from workflow.notifications.webhook_calls import PURPOSE, Call, Result

BATCH = 10
# A call takes at most 20 seconds, and the lease ends after 60.
LAST_START = timedelta(seconds=20)
log = logging.getLogger(__name__)


def call_webhooks(sender: Sender, *, limit: int = BATCH, resolver: Resolver = resolve) -> int:
    """Make up to `limit` due calls; returns how many were claimed. Never raises for a call that cannot be made.

    A call that was answered but whose outcome could not be written is made again when the lease ends, with the same
    name. Of a webhook that did not answer no other call is tried in this round.
    """
    started = sender.clock()
    with sender.db.reading() as connection:
        if not webhook_calls.has_due(connection, at=started):
            return 0
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
    with sender.db.transaction() as tx:
        claimed = webhook_calls.claim(tx, owner=owner, at=started, limit=limit)
    _make(sender, claimed, owner, started, resolver)
    return len(claimed)


def _make(sender: Sender, claimed: Sequence[Call], owner: str, started: datetime, resolver: Resolver) -> None:
    silent: set[int] = set()
    for each in claimed:
        at = sender.clock()
        if each.webhook_id in silent or at - started > LAST_START:
            with sender.db.transaction() as tx:
                webhook_calls.give_back(tx, [each.id], owner=owner, next_try_at=at + DELAYS[0])
        elif not _try(sender, each, owner, resolver):
            silent.add(each.webhook_id)


def _try(sender: Sender, each: Call, owner: str, resolver: Resolver) -> bool:
    result = _result(sender, each, resolver)
    again = None if result.is_taken or each.is_ended else next_try(each.attempts, at=result.at)
    if not result.is_taken:
        log.warning("call %s of webhook %s failed: %s %s", each.id, each.webhook_id, result.status, result.reply)
    with sender.db.transaction() as tx:
        webhook_calls.finish(tx, each, result, owner=owner, again=again)
    return result.is_taken


def _result(sender: Sender, each: Call, resolver: Resolver) -> Result:
    try:
        answer = _called(sender, each, resolver)
    except CallFailedError as failed:
        return Result(sender.clock(), failed.status, str(failed))
    return Result(sender.clock(), answer.status, answer.reply)


def _called(sender: Sender, each: Call, resolver: Resolver) -> Answer:
    if each.is_ended:
        raise CallFailedError("the webhook was ended")
    try:
        secret = open_secret(sender.settings, each.box, purpose=PURPOSE)
    except CannotOpen as error:
        raise CallFailedError(str(error)) from error
    body = json.dumps({**each.content, "site": sender.settings.base_url}, ensure_ascii=False).encode()
    return call(each.url, body, headers(secret, body, name=str(each.id), at=sender.clock()), resolver=resolver)
