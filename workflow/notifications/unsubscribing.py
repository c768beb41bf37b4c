"""The link at the end of a letter that switches off letters of its kind: what it says, and what it does."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, select

from workflow.models import Person, Preference
from workflow.notifications.channels import Channel
from workflow.notifications.preferences import Pace, choose, may_be_switched_off
from workflow.notifications.topic_groups import TopicGroup

# Instead of a group of topics: everything that comes in digests.
DIGESTS = "digests"
SWITCHABLE = tuple(group.value for group in TopicGroup if may_be_switched_off(group))


class Unsubscription(Struct, frozen=True):
    """Whose letters are switched off, and which."""

    person_id: int
    what: str

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.person_id}-{self.what}"


def read_text(text: str) -> Unsubscription | None:
    """What was signed; None for what can no longer be switched off."""
    person, _, what = text.partition("-")
    return Unsubscription(int(person), what) if what in (*SWITCHABLE, DIGESTS) else None


def unsubscribe(tx: Connection, given: Unsubscription) -> bool:
    """Switch these letters off; the inbox keeps everything. False for a person who is not there any more."""
    known = tx.execute(select(Person.id).where(Person.id == given.person_id, Person.erased_at.is_(None))).first()
    if known is None:
        return False
    choose(tx, given.person_id, _switched_off(tx, given))
    return True


def _switched_off(tx: Connection, given: Unsubscription) -> Mapping[TopicGroup, Pace]:
    if given.what != DIGESTS:
        return {TopicGroup(given.what): Pace.NEVER}
    p = Preference
    gathered = p.person_id == given.person_id, p.channel == Channel.EMAIL, p.pace.in_((Pace.DAILY, Pace.WEEKLY))
    groups = tx.execute(select(p.topic_group).where(*gathered)).scalars()
    return {TopicGroup(group): Pace.NEVER for group in groups if group in SWITCHABLE}
