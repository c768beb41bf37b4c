"""Then: documents of a meeting as rows: a new version, a signature, an approval, a correction note, an absence."""

from workflow.rules.bodies import Function
from workflow.rules.documents import DocumentFacts, DocumentKind, MinutesFacts, Signing
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.effects.documents import approve, draft, version_after
from workflow.rules.guards.meetings import session_of
from workflow.rules.guards.minutes import minutes_of


@effect
def generate_minutes(context: EffectContext, change: Change) -> None:
    """A new version of the minutes, from what the rows say now; signatures of the one before do not hold for it."""
    minutes, own = minutes_of(context.facts), context.facts.own
    version = version_after(minutes.document)
    # Minutes are numbered as the meetings of their body; corrections within their minutes.
    row = draft(context, DocumentKind.MINUTES, own["body"], own["number"], version, minutes.data)
    change.rows.append(("document", row))


@effect
def sign_minutes(context: EffectContext, change: Change) -> None:
    """The signature of the minute-taker."""
    _sign(context, change, minutes_of(context.facts).document, Signing.SIGNED, Function.SECRETARY)


@effect
def approve_minutes(context: EffectContext, change: Change) -> None:
    """The approval: from here on the document is locked, and its extract is public where its decisions are."""
    minutes = minutes_of(context.facts)
    _approve(context, change, minutes.document, minutes)
    change.publishes = True


@effect
def write_correction(context: EffectContext, change: Change) -> None:
    """A note that names the minutes it corrects; the minutes themselves stay as they are."""
    minutes, own = minutes_of(context.facts), context.facts.own
    if minutes.document is None:
        return
    number = len(minutes.corrections) + 1
    data = {
        "edition": context.facts.edition["title"], "body": own["body"], "meeting": own["number"], "number": number,
        "version": minutes.document.version, "digest": minutes.document.digest, "text": context.data["correction"],
        "author": context.actor_name,
    }  # fmt: skip
    series = f"{own['body']}/{own['number']}"
    row = draft(context, DocumentKind.CORRECTION, series, number, 1, data, corrects=minutes.document.id)
    change.rows.append(("document", row))


@effect
def approve_correction(context: EffectContext, change: Change) -> None:
    """The approval of a correction note, which locks it."""
    minutes = minutes_of(context.facts)
    _approve(context, change, minutes.correction, minutes)
    change.publishes = True


@effect
def note_absence(context: EffectContext, change: Change) -> None:
    """Why nobody sat in a seat, and whether that is excused; given again it replaces what was there."""
    key = {"meeting_id": context.facts.ref.id, "seat_id": context.data["seat"]}
    values = {"excused": bool(context.data.get("excused")), "reason": context.data.get("remarks") or "",
              "entered_by_id": context.actor_id, "entered_at": context.at}  # fmt: skip
    seat = session_of(context.facts).seat(context.data["seat"])
    if seat and seat.absence is not None:
        change.updates.append(("absence", key, values))
    else:
        change.rows.append(("absence", {**key, **values}))


def _approve(context: EffectContext, change: Change, document: DocumentFacts | None, minutes: MinutesFacts) -> None:
    if document is None:
        return
    is_deputy = context.actor_id == minutes.presided and minutes.chair_was_absent
    _sign(context, change, document, Signing.APPROVED, Function.DEPUTY if is_deputy else Function.CHAIR)
    approve(context, change, document)


def _sign(
    context: EffectContext, change: Change, document: DocumentFacts | None, meaning: Signing, function: Function
) -> None:
    if document is None:
        return
    change.rows.append(("document_signature", {
        "document_id": document.id, "meaning": meaning, "person_id": context.actor_id, "function": function,
        "at": context.at,
    }))  # fmt: skip
