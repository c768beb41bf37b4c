"""The partnership agreement of an edition: its page, its text with versions and annexes, certificate, signing sheet."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from msgspec.structs import replace
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, writing
from web.http.security import asks, edition_of_request
from web.pages.editions import part_of_edition
from web.pages.minutes import sent
from web.views.open_steps import open_steps, view
from web.views.subject import Subject, find, state_mark
from workflow.agreements import queries
from workflow.agreements.actions import read_text
from workflow.agreements.promises import counts_of as promise_counts
from workflow.agreements.signing_sheet import signing_sheet
from workflow.base.errors import NotFound
from workflow.documents import store
from workflow.documents.html import body_of
from workflow.documents.store import Stored
from workflow.editions.queries import agreement_of
from workflow.engine import machine
from workflow.rules.agreement import AMENDMENTS, AgreementFacts
from workflow.rules.agreement_permissions import SEES_PARTNERS
from workflow.rules.documents import DocumentFacts, DocumentKind, DocumentState, Format
from workflow.rules.facts import Ref
from workflow.rules.guards import agreements as guards
from workflow.rules.people import KINDS
from workflow.rules.states import AgreementState

pages = Blueprint("agreements", __name__)
# From then on everybody reads the text and who the partners are.
PUBLIC = frozenset({AgreementState.CONCLUDED, AgreementState.EXPIRED})
# Steps that are taken beside the text, since they approve what was read.
APPROVING = ("open_for_signature", "amend", "write_text", "recall_text")


@pages.get("/edycje/<edition_key>/umowa")
@asks("anyone")
def of_edition(edition_key: str) -> ResponseReturnValue:  # noqa: ARG001 - read from the address by `edition_of_request`
    """To the agreement of an edition, or to the place on its page that says that there is none."""
    with reading() as tx:
        edition = find(tx, Ref("edition", edition_of_request() or 0), None)
        line = agreement_of(tx, edition_of_request() or 0)
    if line is None:
        return redirect(f"{edition.url}#agreement", 303)
    return redirect(url_for(".show", agreement_id=line.id), 303)


@pages.get("/umowy/<int:agreement_id>")
@asks("anyone")
def show(agreement_id: int) -> ResponseReturnValue:
    person = identity.current()
    with reading() as tx:
        values = part_of_edition(tx, Ref("agreement", agreement_id))
        subject: Subject = values["subject"]
        is_public = subject.facts.state in PUBLIC
        partners = queries.public_partners(tx, agreement_id) if is_public else []
        promises = promise_counts(tx, agreement_id) if is_public else {}
        amendments = queries.amendments_of(tx, agreement_id) if is_public else []
        own = queries.own_partners(tx, person.id, agreement_id) if person else []
        certificates = queries.versions_of(tx, agreement_id, DocumentKind.CERTIFICATE) if works_with(subject) else []
    table = machine.newest("agreement_partner")
    return render_template(
        "agreements/show.html", **values, agreement=agreement_facts(subject), partners=partners,
        amendments=amendments, promises=promises, kinds=KINDS, amendment_kinds=AMENDMENTS, is_public=is_public,
        own_partners=[(*line, state_mark(table, line[2])) for line in own], sees_partners=works_with(subject),
        states=[(state_mark(table, key), agreement_facts(subject).counts.get(key, 0)) for key in table.states],
        certificate=certificates[0] if certificates else None, reads_text=may_read(subject, speaks=bool(own)),
    )  # fmt: skip


def agreement_facts(subject: Subject) -> AgreementFacts:
    """What is known of the agreement beside its row."""
    return guards.agreement_of(subject.facts)


def works_with(subject: Subject) -> bool:
    """Whether the reader is of the office or the chair, who know of every invitation."""
    return subject.facts.rights.is_admin or not subject.facts.rights.roles.isdisjoint(SEES_PARTNERS)


def may_read(subject: Subject, *, speaks: bool) -> bool:
    """Whether the reader may read the text: the office always, partners once it is approved, all once concluded."""
    agreement = agreement_facts(subject)
    if works_with(subject):
        return agreement.written is not None
    return agreement.text is not None and (speaks or subject.facts.state in PUBLIC)


@pages.get("/umowy/<int:agreement_id>/tekst")
@asks("anyone")
def text(agreement_id: int) -> ResponseReturnValue:
    """The text that is in force or waits to be approved; it is kept that somebody who is signed in has opened it."""
    subject, document_id = opened_text(Ref("agreement", agreement_id))
    with reading() as tx:
        stored = found(tx, document_id) if document_id else None
        several = stored is not None and stored.version > 1 and works_with(subject)
        versions = queries.versions_of(tx, agreement_id, DocumentKind.AGREEMENT) if several else []
        digests = dict(store.digests(tx, stored.id)) if stored and stored.is_approved else {}
    steps, _next = open_steps(subject, identity.at())
    offered = {step.step.name: view(subject, step) for step in steps if step.permitted and step.step.name in APPROVING}
    return render_template(
        "agreements/text.html", subject=subject, document=stored, body=body_in_words(stored), versions=versions,
        digests=digests, steps=offered, formats=list(Format), agreement=agreement_facts(subject),
    )  # fmt: skip


def opened_text(ref: Ref) -> tuple[Subject, int | None]:
    """The agreement, and the version of its text for this reader, once it is kept that it was opened.

    NotFound where there is none for the reader; the office gets None where nothing is written yet.
    """
    person = identity.current()
    with reading() as tx:
        subject = find(tx, ref)
        office = works_with(subject)
        speaks = not office and person is not None and bool(queries.own_partners(tx, person.id, ref.id))
    document = agreement_facts(subject).written if office else agreement_facts(subject).text
    if document is None and office:
        return subject, None
    if document is None or not may_read(subject, speaks=speaks):
        raise NotFound
    return with_reader(subject, document), document.id


def with_reader(subject: Subject, document: DocumentFacts) -> Subject:
    """The subject, once it is kept that whoever is signed in has opened this version of the text."""
    person, agreement = identity.current(), agreement_facts(subject)
    if person is None or person.id in document.readers:
        return subject
    with writing() as tx:
        read_text(tx, document.id, actor=identity.actor(), at=identity.at())
    opened = replace(document, readers=document.readers | {person.id})
    known = replace(
        agreement, written=opened if agreement.written == document else agreement.written,
        text=opened if agreement.text == document else agreement.text,
    )  # fmt: skip
    return replace(subject, facts=replace(subject.facts, agreement=known))


def found(tx: Connection, document_id: int) -> Stored:
    """A version of the text; NotFound where there is none."""
    stored = queries.stored_text(tx, document_id)
    if stored is None:
        raise NotFound
    return stored


def body_in_words(stored: Stored | None) -> dict[str, Any]:
    """Title and text of a document, every word of it escaped."""
    if stored is None:
        return {}
    words = store.text_of(stored)
    return {"title": words.title, "html": Markup(body_of(words))}  # noqa: S704 - each word is escaped where it is put in


@pages.get("/umowy/<int:agreement_id>/tekst/<int:document_id>.<form>")
@asks("anyone")
def file(agreement_id: int, document_id: int, form: str) -> Response:
    """A version of the text, or a certificate, as a file to keep."""
    ref = Ref("agreement", agreement_id)
    if form not in set(Format):
        raise NotFound
    with writing() as tx:
        subject = find(tx, ref)
        stored = store.find(tx, document_id) if store.belongs(tx, document_id, ref) else None
        person = identity.current()
        speaks = bool(queries.own_partners(tx, person.id, agreement_id)) if person else False
        if stored is None or not may_open(subject, stored, speaks=speaks):
            raise NotFound
        content = store.rendering(tx, stored, Format(form))
    return sent(content, Format(form), stored.filename)


def may_open(subject: Subject, stored: Stored, *, speaks: bool) -> bool:
    """Whether the reader may open a document: a certificate names people, so that it is for partners and the office."""
    if works_with(subject):
        return True
    if stored.kind == DocumentKind.CERTIFICATE:
        return speaks
    return stored.state == DocumentState.APPROVED and may_read(subject, speaks=speaks)


@pages.get("/umowy/<int:agreement_id>/lista-podpisow.pdf")
@asks("see_partners")
def sheet(agreement_id: int) -> Response:
    """The sheet that partners sign on paper, a line for each who has not refused."""
    with reading() as tx:
        subject = find(tx, Ref("agreement", agreement_id))
        content = signing_sheet(tx, subject.facts, at=identity.at())
    return sent(content, Format.PDF, f"lista-podpisow-{agreement_id}")
