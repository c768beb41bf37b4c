"""How guards ask whether somebody has read a document. Tables name none of these functions."""

from workflow.base.errors import Missing
from workflow.base.i18n import Sentence, _
from workflow.rules.documents import DocumentFacts
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, missing


def unread(facts: Facts, attempt: Attempt, document: DocumentFacts | None, sentence: Sentence) -> Missing | None:
    """The sentence where the actor has not opened the document, and where the answers name another version of it.

    None where there is no document, which is for another guard to say.
    """
    if document is None:
        return None
    if facts.rights.id not in document.readers:
        return missing("not_read", sentence)
    if attempt.data is not None and answers(attempt).get("digest") != document.digest:
        return missing("other_version", _("This control code belongs to another version. Open the document again."),
                       field="digest")  # fmt: skip
    return None
