"""The signing sheet of an agreement as PDF: which text is signed, and a line for each partner."""

from datetime import datetime

from sqlalchemy import Connection

from workflow.agreements.queries import partners_of
from workflow.base.errors import found
from workflow.documents.agreements import signing_sheet as sheet_in_words
from workflow.documents.blocks import Text
from workflow.documents.pdf import pdf_of
from workflow.rules.agreement import AWAITED
from workflow.rules.documents import LANGUAGE
from workflow.rules.facts import Facts
from workflow.rules.guards.agreements import agreement_of


def signing_sheet(tx: Connection, facts: Facts, *, at: datetime) -> bytes:
    """The sheet of the approved text, for partners who have not signed yet. NotFound without an approved text."""
    document = found(agreement_of(facts).text)
    partners = [
        {"number": row.number, "name": row.name, "signatory": ", ".join(filter(None, (row.signatory, row.function)))}
        for row in partners_of(tx, facts.ref.id, states=AWAITED)
    ]
    data = {"title": facts["title"], "version": document.version, "digest": document.digest, "partners": partners}
    title, blocks = sheet_in_words(data)
    return pdf_of(Text(title, facts.edition["title"], blocks, at, LANGUAGE))
