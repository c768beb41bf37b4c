"""Webhooks as the office keeps them: added with a secret, ended, and the log of their calls."""

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct
from sqlalchemy import Connection, and_, func, insert, select, update

from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.models import OutboxRow, Webhook, WebhookCall, WebhookTry
from workflow.notifications.webhook_calls import WAITING, Result
from workflow.rules.webhook_scopes import WebhookScope

MOST_HERE, TRIES_SHOWN, LONGEST_URL = 10, 30, 500
# The last part of names that no public server has.
OWN_NETWORK = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".intranet")


class WebhookLine(Struct, frozen=True):
    """A webhook as the office sees it; its secret is never read again."""

    id: int
    url: str
    scope: str
    created_at: datetime
    ended_at: datetime | None
    waiting: int


class TryLine(Result, frozen=True):
    """One call that was tried."""

    webhook_id: int
    topic: str


def check_url(url: str) -> str:
    """An address that may be called; raises BadInput with a sentence.

    A private address or a name of the own network is refused here; where a public name leads is checked at every call.
    """
    try:
        parts = urlsplit(url.strip())
        legal = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        legal = False
    if not legal or parts.username or parts.password or not url.strip().isascii() or len(url) > LONGEST_URL:
        raise BadInput({"url": _("Give an address that begins with https:// and holds no name and no password.")})
    if is_of_own_network(parts.hostname or ""):
        raise BadInput({"url": _("Give a public address. This one leads into a private network or to this computer.")})
    return url.strip()


def is_of_own_network(host: str) -> bool:
    """Whether a host is named by a private address or by a name that only a network of one's own knows."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        # A number or a name without a dot leads to a private address or to a machine next door.
        return "." not in name or name.replace(".", "").isdecimal() or name.endswith(OWN_NETWORK)


def add(tx: Connection, edition_id: int, *, url: str, scope: WebhookScope, box: str, by: int, at: datetime) -> int:
    """Keep a webhook with its secret in a box; raises BadInput for an address that cannot be, or one too many."""
    here = select(func.count()).where(Webhook.edition_id == edition_id, Webhook.ended_at.is_(None))
    if tx.execute(here).scalar_one() >= MOST_HERE:
        raise BadInput({"url": _("An edition has at most {count} webhooks. End one of them first.", count=MOST_HERE)})
    row = {"edition_id": edition_id, "url": check_url(url), "scope": scope.value, "secret": box, "created_at": at,
           "created_by_id": by}  # fmt: skip
    return int(tx.execute(insert(Webhook).values(**row).returning(Webhook.id)).scalar_one())


def end(tx: Connection, edition_id: int, webhook_id: int, *, by: int, at: datetime) -> None:
    """Call a webhook no more; what still waits for it fails. Raises NotFound."""
    mine = Webhook.id == webhook_id, Webhook.edition_id == edition_id, Webhook.ended_at.is_(None)
    if not tx.execute(update(Webhook).where(*mine).values(ended_at=at, ended_by_id=by)).rowcount:
        raise NotFound


def webhooks_of(tx: Connection, edition_id: int) -> list[WebhookLine]:
    """The webhooks of an edition, those that work first; one statement."""
    w, c = Webhook, WebhookCall
    waits = and_(c.webhook_id == w.id, c.state.in_(WAITING))
    query = (
        select(w.id, w.url, w.scope, w.created_at, w.ended_at, func.count(c.id))
        .outerjoin(c, waits).where(w.edition_id == edition_id)
        .group_by(w.id, w.url, w.scope, w.created_at, w.ended_at).order_by(w.ended_at.is_not(None), w.id.desc())
    )  # fmt: skip
    return [WebhookLine(*row) for row in tx.execute(query)]


def tries_of(tx: Connection, edition_id: int) -> list[TryLine]:
    """The last tries of all webhooks of an edition; one statement."""
    t, c = WebhookTry, WebhookCall
    query = (
        select(t.at, t.status, t.reply, c.webhook_id, OutboxRow.topic)
        .join(c, c.id == t.call_id).join(Webhook, Webhook.id == c.webhook_id)
        .join(OutboxRow, OutboxRow.id == c.outbox_id)
        .where(Webhook.edition_id == edition_id).order_by(t.id.desc()).limit(TRIES_SHOWN)
    )  # fmt: skip
    return [TryLine(*row) for row in tx.execute(query)]
