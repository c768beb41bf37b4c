"""What the desk at the entrance shows and keeps on its device: the list, its version, what became of an entry."""

from typing import Any

from flask import url_for

from web.http import identity
from web.http.resources import resources
from web.http.template_context import say
from workflow.base.i18n import _, format_time
from workflow.participation.check_in import CheckedIn
from workflow.participation.conference_card import ConferenceCard
from workflow.participation.registration_queries import RegistrationLine


def pass_address(token: str) -> str:
    """The whole address of a pass, for a code; empty for none."""
    return f"{resources().settings.base_url}{url_for('passes.show', token=token)}" if token else ""


def list_as_json(card: ConferenceCard, lines: tuple[RegistrationLine, ...]) -> dict[str, Any]:
    """The list of a conference as a device keeps it for an hour."""
    return {
        "registered": card.registered, "capacity": card.capacity, "present": card.present,
        "people": [line_as_json(line) for line in lines],
    }  # fmt: skip


def line_as_json(line: RegistrationLine) -> dict[str, Any]:
    """One person, with what the desk has to know."""
    notes = []
    if line.waits:
        notes.append(say(_("on the waiting list")))
    if line.is_minor:
        notes.append(say(_("under 18, consent is there") if line.has_consent else _("under 18, consent is missing")))
    arrived = format_time(line.arrived_at, identity.language()) if line.arrived_at else ""
    return {
        "id": line.id, "name": line.name, "organisation": line.organisation, "code": line.code, "search": line.search,
        "arrived": arrived, "note": ", ".join(notes),
    }  # fmt: skip


def outcome(person: CheckedIn) -> dict[str, Any]:
    """What became of an entry, in words."""
    at = format_time(person.arrived_at, identity.language())
    sentence = (
        _("Let in: {name}", name=person.name) if person.is_new
        else _("{name} is in the hall since {time}, let in by {by}.", name=person.name, time=at, by=person.by)
    )  # fmt: skip
    return {"new": person.is_new, "text": say(sentence), "registration": person.registration_id,
            "pass": pass_address(person.token)}  # fmt: skip
