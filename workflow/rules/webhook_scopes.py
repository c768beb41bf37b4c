"""What another system is told of: what is public, or what an edition's office is told of too."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _
from workflow.rules.topics import Audience


class WebhookScope(StrEnum):
    """What another system is told of."""

    PUBLIC = "public"
    OFFICE = "office"


SCOPES: Mapping[str, Sentence] = {
    WebhookScope.PUBLIC.value: _("What is public: announcements, results, conferences"),
    WebhookScope.OFFICE.value: _("That, and what the office of the edition is told of"),
}  # fmt: skip
AUDIENCES_OF: Mapping[WebhookScope, frozenset[Audience]] = {
    WebhookScope.PUBLIC: frozenset({Audience.PUBLIC}),
    WebhookScope.OFFICE: frozenset({Audience.PUBLIC, Audience.STAFF}),
}  # fmt: skip
