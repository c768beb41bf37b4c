"""Who registered for a conference, or for any of an edition, and so hears what becomes of it; one statement."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from workflow.db.statements import among
from workflow.models import Conference, Registration
from workflow.rules.states import RegistrationState
from workflow.rules.topics import Topic

if TYPE_CHECKING:
    from workflow.notifications.recipients import Happening

# Whoever registered for one conference hears that registration for another one has opened.
OF_EDITION = frozenset({
    Topic.CONFERENCE_OPENED, Topic.RESULTS_ANNOUNCED, Topic.EDITION_SUSPENDED, Topic.EDITION_RESUMED,
    Topic.EDITION_CANCELLED,
})  # fmt: skip
OF_CONFERENCE = frozenset({Topic.CONFERENCE_POSTPONED, Topic.CONFERENCE_CANCELLED})


def registered_for(
    connection: Connection, happenings: Sequence["Happening"], editions: Mapping[int, int], only: Collection[int] | None
) -> dict[int, set[int]]:
    """The people registered, by happening; those of other topics concern nobody, and then nothing is read."""
    concerned = [one for one in happenings if one.topic in OF_EDITION | OF_CONFERENCE and one.id in editions]
    if not concerned:
        return {}
    r, c = Registration, Conference
    query = select(c.edition_id, c.id, r.person_id).join(c, c.id == r.conference_id).where(
        c.edition_id.in_({editions[one.id] for one in concerned}), r.state != RegistrationState.CANCELLED
    )  # fmt: skip
    if only is not None:
        query = query.where(among(r.person_id, only))
    rows: Sequence[Any] = connection.execute(query).all()
    return {
        one.id: {person for edition, conference, person in rows
                 if edition == editions[one.id] and (one.topic in OF_EDITION or conference == one.ref.id)}
        for one in concerned
    }  # fmt: skip
