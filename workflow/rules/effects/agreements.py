"""Then: what else a step of a partnership agreement, or of one of its partners, writes.

What an effect reads from other rows it also puts into the words of the entry, so that the history can be replayed.
"""

from typing import Any

from workflow.base.calendar import deadline, end_of_day
from workflow.rules.agreement import AmendmentKind, SignedBy
from workflow.rules.documents import DocumentKind, DocumentState
from workflow.rules.effects.base import Change, EffectContext, effect
from workflow.rules.effects.documents import approve, draft, version_after
from workflow.rules.facts import Ref
from workflow.rules.guards.agreements import agreement_of
from workflow.rules.settings_catalogue import value
from workflow.rules.states import AgreementState

SERIES = "agreement"


@effect
def write_agreement_terms(context: EffectContext, change: Change) -> None:
    """Write over title, purpose, least number of signatures and end of an agreement, as far as they were given."""
    data = context.data
    change.columns |= {name: data[name] for name in ("title", "purpose", "minimum_signatures") if name in data}
    if "valid_until_day" in data:
        change.columns["valid_until"] = end_of_day(data["valid_until_day"])
        if context.facts.state == AgreementState.CONCLUDED:
            change.columns["due_at"] = end_of_day(data["valid_until_day"])


@effect
def write_agreement_text(context: EffectContext, change: Change) -> None:
    """A new version of the text with its annexes, as a draft."""
    agreement, annexes = agreement_of(context.facts), context.data.get("annexes") or ()
    data = {
        **text_terms(context.facts.edition, context.facts.own), "text": context.data["agreement_text"],
        "annexes": [{"title": row["annex"], "text": row.get("annex_text", "")} for row in annexes],
    }  # fmt: skip
    version = version_after(agreement.written)
    change.rows.append(("document", draft(context, DocumentKind.AGREEMENT, SERIES, 1, version, data)))


def text_terms(edition: Any, own: Any) -> dict[str, Any]:
    """What the text says beside its words: the edition, and the title, purpose and end of the agreement."""
    until = own["valid_until"]
    return {"edition": edition["title"], "county": edition["county"], "title": own["title"], "purpose": own["purpose"],
            "valid_until": until.isoformat() if until else None}  # fmt: skip


@effect
def approve_agreement_text(context: EffectContext, change: Change) -> None:
    """The version that was read is approved and locked."""
    approve(context, change, agreement_of(context.facts).draft)


@effect
def note_conclusion(context: EffectContext, change: Change) -> None:
    """Write the day of the conclusion, today unless another one is given, and when the agreement ends."""
    day = context.data.get("day")
    change.columns["concluded_on"] = end_of_day(day) if day else context.at
    change.columns["due_at"] = context.facts["valid_until"]


@effect
def count_partners(context: EffectContext, change: Change) -> None:
    """Count the partners that have signed; where only a count with its source was known, it goes on from there."""
    agreement, own = agreement_of(context.facts), context.facts.own
    counted = context.data.get("counted")
    if counted is None:
        is_typed = bool(own["partners_source"])
        step = {"note_accession": 1, "note_exit": -1}.get(context.step, 0)
        counted = own["partners"] + step if is_typed else len(agreement.signed)
    change.columns["partners"] = change.words["counted"] = counted


@effect
def amend_text(context: EffectContext, change: Change) -> None:
    """A numbered amendment that puts the new version of the text into force."""
    document = agreement_of(context.facts).draft
    _amend(context, change, AmendmentKind.TEXT, document_id=document.id if document else None)


@effect
def amend_by_accession(context: EffectContext, change: Change) -> None:
    """A numbered amendment: a partner that signed after the conclusion."""
    _amend(context, change, AmendmentKind.ACCESSION, partner_id=context.data["agreement_partner"])


@effect
def amend_by_exit(context: EffectContext, change: Change) -> None:
    """A numbered amendment: a partner that left."""
    _amend(context, change, AmendmentKind.EXIT, partner_id=context.data["agreement_partner"])


def _amend(
    context: EffectContext, change: Change, kind: AmendmentKind, *, partner_id: int | None = None,
    document_id: int | None = None,
) -> None:  # fmt: skip
    number = agreement_of(context.facts).amendments + 1
    change.rows.append(("agreement_amendment", {
        "agreement_id": context.facts.ref.id, "number": number, "kind": kind, "partner_id": partner_id,
        "document_id": document_id, "reason": context.data.get("reason", ""), "at": context.at,
    }))  # fmt: skip
    change.words["amendment"] = number


@effect
def issue_certificate(context: EffectContext, change: Change) -> None:
    """The certificate with the list of partners, approved at once, since it repeats what is known."""
    facts, agreement = context.facts, agreement_of(context.facts)
    concluded = change.columns.get("concluded_on") or facts["concluded_on"]
    text = agreement.draft if context.step == "amend" else agreement.text
    data = {
        "edition": facts.edition["title"], "county": facts.edition["county"], "title": facts["title"],
        "purpose": facts["purpose"], "concluded_on": concluded.isoformat() if concluded else None,
        "valid_until": facts["valid_until"].isoformat() if facts["valid_until"] else None,
        "count": change.columns.get("partners", facts["partners"]), "source": facts["partners_source"],
        "amendments": change.words.get("amendment", agreement.amendments),
        "text_version": text.version if text else None, "text_digest": text.digest if text else "",
        "partners": [
            {"number": partner.number, "name": partner.name, "sector": partner.sector, "commune": partner.commune,
             "signatory": partner.signatory, "function": partner.function, "signed_by": partner.signed_by,
             "signed_on": partner.signed_on.isoformat() if partner.signed_on else None} for partner in agreement.signed
        ],
    }  # fmt: skip
    row = draft(context, DocumentKind.CERTIFICATE, SERIES, 1, agreement.certificates + 1, data)
    change.rows.append(("document", {**row, "state": DocumentState.APPROVED, "approved_at": context.at}))


@effect
def end_agreement(_context: EffectContext, change: Change) -> None:
    """Nothing is due of an agreement that is over."""
    change.columns["due_at"] = None


@effect
def begin_agreement_partner(context: EffectContext, change: Change) -> None:
    """Write which organisation is invited, and who is written to."""
    data, agreement = context.data, agreement_of(context.facts)
    known = {"agreement": agreement.id, "name": agreement.organisation.name if agreement.organisation else ""}
    words = {name: data.get(name, known[name]) for name in known}
    change.words |= words
    change.columns |= {"agreement_id": words["agreement"], "name": words["name"],
                       "organisation_id": data["organisation"], "contact_id": data.get("person")}  # fmt: skip


@effect
def name_contact(context: EffectContext, change: Change) -> None:
    """Who is written to from now on."""
    change.columns["contact_id"] = context.data["person"]


@effect
def await_answer(context: EffectContext, change: Change) -> None:
    """An answer is awaited until the day that was given, else for as long as the edition says."""
    day, days = context.data.get("answer_day"), value(context.facts.edition, "agreement_answer_days")
    change.columns["due_at"] = end_of_day(day) if day else deadline(context.at, days=days)


@effect
def write_mandate(context: EffectContext, change: Change) -> None:
    """Write who signs for the partner, in what function, by which mandate, and with which account if any."""
    data = context.data
    change.columns |= {
        "signatory_name": data["signatory_name"], "signatory_function": data["signatory_function"],
        "mandate_note": data["mandate"], "signatory_id": data.get("person"),
    }  # fmt: skip


@effect
def sign_in_service(context: EffectContext, change: Change) -> None:
    """The signatory's own signature on the version that was shown."""
    _sign(context, change, signed_by=SignedBy.SYSTEM, signed_on=context.at)


@effect
def note_paper_signature(context: EffectContext, change: Change) -> None:
    """A signature on paper, on the day that the paper names."""
    _sign(context, change, signed_by=SignedBy.PAPER, signed_on=end_of_day(context.data["day"]))


def _sign(context: EffectContext, change: Change, **columns: Any) -> None:
    agreement = agreement_of(context.facts)
    document = context.data.get("document", agreement.text.id if agreement.text else None)
    change.words["document"] = document
    change.columns |= {**columns, "signed_document_id": document, "due_at": None}
    if agreement.state == AgreementState.CONCLUDED:
        answers = {"agreement_partner": context.facts.ref.id}
        change.follow.append((Ref("agreement", agreement.id), "note_accession", answers))


@effect
def note_refusal(context: EffectContext, change: Change) -> None:
    """Write why the organisation does not join; nothing is awaited any more."""
    change.columns |= {"reason": context.data["reason"], "due_at": None}


@effect
def note_partner_exit(context: EffectContext, change: Change) -> None:
    """Write why the partner leaves; a concluded agreement is amended by it."""
    agreement, reason = agreement_of(context.facts), context.data["reason"]
    change.columns |= {"reason": reason, "due_at": None}
    if agreement.state == AgreementState.CONCLUDED:
        answers = {"agreement_partner": context.facts.ref.id, "reason": reason}
        change.follow.append((Ref("agreement", agreement.id), "note_exit", answers))


@effect
def forget_answer(_context: EffectContext, change: Change) -> None:
    """Take the old answer off the row; the history keeps it."""
    change.columns |= {"reason": "", "signed_by": "", "signed_on": None, "signed_document_id": None}


@effect
def keep_partner_paper(context: EffectContext, change: Change) -> None:
    """A row for a mandate or a scan; its bytes are stored beside the step."""
    file = context.data["file"]
    change.rows.append(("agreement_partner_file", {
        "partner_id": context.facts.ref.id, "paper": context.data["partner_paper"], "file_name": file["name"],
        "file_type": file["type"], "file_size": file["size"], "file_sha256": file["sha256"],
        "recorded_by_id": context.actor_id, "recorded_at": context.at,
    }))  # fmt: skip
