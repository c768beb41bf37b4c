"""A small programme written straight into the database: one edition, its people, one proposal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from workflow.base.settings import Settings, load_settings
from workflow.db.database import Database
from workflow.models import (
    Conference,
    Delivery,
    Edition,
    GroupMember,
    HistoryContent,
    HistoryEntry,
    Person,
    Proposal,
    RoleGrant,
)
from workflow.notifications import outbox
from workflow.notifications.inbox import messages
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

# A Wednesday morning, no holiday.
MORNING = datetime(2026, 9, 16, 9, 0, tzinfo=UTC)
BASE = "https://partnerstwo.example"
ROLES = ("staff", "committee_chair", "committee_member", "appeal_body", "partner", "secretary", "animator")


@dataclass
class Clock:
    """Time that only moves when a test says so."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def ahead(self, **units: float) -> datetime:
        self.now += timedelta(**units)
        return self.now


@dataclass
class Programme:
    """People by what they are: author, leader, member, coordinator, other_leader, and one for each role."""

    db: Database
    people: dict[str, int] = field(default_factory=dict)
    edition: int = 0
    proposal: int = 0
    other: int = 0
    recorded: int = 0

    def __post_init__(self) -> None:
        base: dict[str, Any] = {"lifecycle_version": 1, "created_at": MORNING, "updated_at": MORNING}
        with self.db.transaction() as tx:
            self.edition = number_of(
                tx,
                insert(Edition).values(
                    key="proba-2026", title="Próba 2026", county="płocki", year=2026, lifecycle="edition",
                    state="conferences", submission_deadline=MORNING + timedelta(days=22), **base,
                ).returning(Edition.id),
            )  # fmt: skip
            for name in ("author", "leader", "member", "coordinator", "other_leader", *ROLES):
                self.person(tx, name)
            for role in ROLES:
                self.grant(tx, role, role)
            self.proposal = self._proposal(tx, 1, "Łąka dla pszczół", "leader", base)
            self.other = self._proposal(tx, 2, "Izba tradycji", "other_leader", base)
            for name in ("leader", "member"):
                row = {"proposal_id": self.proposal, "person_id": self.people[name], "added_at": MORNING}
                tx.execute(insert(GroupMember).values(**row))

    def _proposal(self, tx: Connection, number: int, title: str, leader: str, base: Mapping[str, Any]) -> int:
        return number_of(
            tx,
            insert(Proposal).values(
                edition_id=self.edition, number=number, title=title, author_id=self.people["author"],
                leader_id=self.people[leader], coordinator_id=self.people["coordinator"],
                lifecycle="local_partnership", state="group_work", **base,
            ).returning(Proposal.id),
        )  # fmt: skip

    def person(self, tx: Connection, name: str, **more: Any) -> int:
        values = {"email": f"{name}@example.org", "name": name.title(), "created_at": MORNING, **more}
        self.people[name] = number_of(tx, insert(Person).values(**values).returning(Person.id))
        return self.people[name]

    def grant(self, tx: Connection, name: str, role: str, **more: Any) -> None:
        values = {
            "person_id": self.people[name],
            "edition_id": self.edition,
            "role": role,
            "granted_at": MORNING,
            **more,
        }
        tx.execute(insert(RoleGrant).values(**values))

    def conference(self) -> int:
        with self.db.transaction() as tx:
            return number_of(
                tx,
                insert(Conference).values(
                    edition_id=self.edition, number=3, lifecycle="conference", lifecycle_version=1, state="planned",
                    created_at=MORNING, updated_at=MORNING,
                ).returning(Conference.id),
            )  # fmt: skip

    def tell(
        self,
        topic: Topic,
        *,
        ref: Ref | None = None,
        actor: str | None = None,
        note: str = "",
        data: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
        at: datetime = MORNING,
    ) -> int:
        """Write a history entry and its outbox row, as a step does; returns the number of the row."""
        self.recorded += 1
        ref = ref or Ref("proposal", self.proposal)
        entry = {
            "subject_kind": ref.kind, "subject_id": ref.id, "version": self.recorded, "lifecycle": "x",
            "lifecycle_version": 1, "row": "x", "step": "x", "from_state": None, "to_state": "group_work",
            "actor_id": self.people[actor] if actor else None, "role": "x", "at": at, "prev_hash": "", "hash": "",
        }  # fmt: skip
        with self.db.transaction() as tx:
            history_id = number_of(tx, insert(HistoryEntry).values(**entry).returning(HistoryEntry.id))
            words = {"history_id": history_id, "salt": "s", "note": note, "data": dict(data or {})}
            tx.execute(insert(HistoryContent).values(**words))
            key = f"test:{self.recorded}"
            outbox.record(tx, key=key, topic=topic, ref=ref, history_id=history_id, payload=payload, at=at)
            from workflow.models import OutboxRow

            return number_of(tx, select(OutboxRow.id).where(OutboxRow.key == key))

    def deliveries(self, channel: str = "email") -> list[Any]:
        with self.db.reading() as connection:
            query = select(Delivery).where(Delivery.channel == channel).order_by(Delivery.id)
            return list(connection.execute(query))

    def unread(self, tx: Connection, name: str) -> int:
        """How many messages of the inbox a person has not opened."""
        return sum(not message.is_read for message in messages(tx, self.people[name], language="pl").messages)

    def names(self, channel: str = "email") -> set[str]:
        by_id = {number: name for name, number in self.people.items()}
        return {by_id[row.recipient_id] for row in self.deliveries(channel)}


def number_of(tx: Connection, statement: Any) -> int:
    return int(tx.execute(statement).scalar_one())


def relay_and_forget(db: Database) -> None:
    """Let what was announced so far be of no interest: it is relayed, and its letters are deleted."""
    relay_all(db, base_url=BASE, at=MORNING)
    with db.transaction() as tx:
        tx.execute(delete(Delivery))


def settings_for(db: Database, **given: Any) -> Settings:
    return load_settings(database_url=db.url, secret_key="k" * 40, base_url=BASE, **given)
