"""The figures of this installation for Prometheus, counted in the database when they are asked for."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from web.ops.readiness import queue
from workflow.db.database import Database
from workflow.models import AddressFault, Delivery, Edition, Person, Proposal, WebSession
from workflow.notifications.mail_health import stalled_since

# Plain text, as whoever asks for nothing else reads it.
ENCODE, CONTENT_TYPE = choose_encoder("")


class Figures(Collector):
    """Counts at one moment; several web processes tell the same, for the database is one."""

    def __init__(self, tx: Connection, at: datetime, mail_alarm: timedelta) -> None:
        self.tx, self.at, self.mail_alarm = tx, at, mail_alarm

    def collect(self) -> Iterator[Metric]:
        """Every family with its lines."""
        by_state = select(Edition.key, Proposal.state, func.count()).join(Edition, Edition.id == Proposal.edition_id)
        yield self._counts(
            "partnerstwo_proposals",
            "Proposals by edition and state",
            ("edition", "state"),
            self.tx.execute(by_state.group_by(Edition.key, Proposal.state)).all(),
        )
        yield self._counts(
            "partnerstwo_deliveries",
            "Letters by channel and state",
            ("channel", "state"),
            self.tx.execute(
                select(Delivery.channel, Delivery.state, func.count()).group_by(Delivery.channel, Delivery.state)
            ).all(),
        )
        people = select(func.count()).where(Person.active)
        yield self._gauge("partnerstwo_people", "People with an active account", self.tx.scalar(people) or 0)
        open_sessions = select(func.count()).where(WebSession.revoked_at.is_(None), WebSession.expires_at > self.at)
        yield self._gauge("partnerstwo_sessions", "Open sessions", self.tx.scalar(open_sessions) or 0)
        outbox = queue(self.tx, at=self.at)
        yield self._gauge(
            "partnerstwo_outbox_oldest_seconds",
            "Age of the oldest outbox row that was not relayed",
            outbox["outbox_oldest_seconds"],
        )
        stalled = stalled_since(self.tx, at=self.at, after=self.mail_alarm)
        waiting = (self.at - stalled).total_seconds() if stalled else 0
        text = "Seconds for which letters have waited while none is delivered; 0 while they go out"
        yield self._gauge("partnerstwo_mail_stalled_seconds", text, int(waiting))
        faults = select(AddressFault.lasting, func.count()).group_by(AddressFault.lasting)
        yield self._counts(
            "partnerstwo_address_faults",
            "Addresses whose letters come back",
            ("kind",),
            [("hard" if lasting else "soft", count) for lasting, count in self.tx.execute(faults)],
        )
        yield self._gauge(
            "partnerstwo_worker_alive", "1 while a worker writes heartbeats", int(outbox["worker"] == "ok")
        )

    @staticmethod
    def _counts(name: str, help_text: str, labels: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Metric:
        family = GaugeMetricFamily(name, help_text, labels=labels)
        for *values, count in rows:
            family.add_metric([str(value) for value in values], float(str(count)))
        return family

    @staticmethod
    def _gauge(name: str, help_text: str, value: int) -> Metric:
        return GaugeMetricFamily(name, help_text, value=value)


def text(database: Database, *, at: datetime, mail_alarm: timedelta) -> bytes:
    """The figures of this moment as Prometheus reads them."""
    with database.reading() as tx:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Figures(tx, at, mail_alarm))
        return ENCODE(registry)
