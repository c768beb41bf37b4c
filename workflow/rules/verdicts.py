"""What people judge, and what is expected until then, in words that do not foretell the outcome."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from workflow.base.i18n import Sentence, _


class Verdict(StrEnum):
    """What a row of a table decides about; rows of one verdict are choices beside each other."""

    ADMISSION = "admission"
    CHANGES = "changes"
    SELECTION = "selection"
    RESERVE = "reserve"
    OFFER = "offer"
    APPEAL = "appeal"
    ANNULMENT = "annulment"
    CANCELLATION = "cancellation"
    REPORT = "report"
    FINAL_REPORT = "final_report"
    SETTLEMENT = "settlement"
    REINSTATEMENT = "reinstatement"
    SEPARATION = "separation"
    CHANGE = "change"


class Words(Struct, frozen=True):
    """What is expected of whoever decides, and what everybody else reads until then."""

    decide: Sentence
    waiting: Sentence


WORDS: Mapping[Verdict, Words] = {
        Verdict.ADMISSION: Words(
            _("Decide about the admission of the project."), _("The programme office decides about the admission.")
        ),
        Verdict.CHANGES: Words(
            _("Decide about the request for changes."), _("The programme office decides about the request for changes.")
        ),
        Verdict.SELECTION: Words(
            _("The committee decides about the selection of the project."),
            _("The committee decides about the selection of the project."),
        ),
        Verdict.RESERVE: Words(
            _("Decide about the place on the list that became free."),
            _("The project waits for a place to become free."),
        ),
        Verdict.OFFER: Words(
            _("Answer the offer: accept the place or decline it."), _("The leader answers the offer of a place.")
        ),
        Verdict.APPEAL: Words(_("Decide about the appeal."), _("The appeal body decides about the appeal.")),
        Verdict.ANNULMENT: Words(
            _("Decide about the annulment."), _("The committee decides about the annulment.")
        ),
        Verdict.CANCELLATION: Words(
            _("Decide about the cancellation."), _("The committee decides about the cancellation.")
        ),
        Verdict.REPORT: Words(_("Check the report."), _("The programme office checks the report.")),
        Verdict.FINAL_REPORT: Words(
            _("Check the final report."), _("The programme office checks the final report.")
        ),
        Verdict.SETTLEMENT: Words(_("Check the settlement."), _("The programme office checks the settlement.")),
        Verdict.REINSTATEMENT: Words(
            _("Decide about the request to reinstate the project."),
            _("The programme office decides about the request to reinstate the project."),
        ),
        Verdict.SEPARATION: Words(
            _("Decide about the request to separate the projects."),
            _("The programme office decides about the request to separate the projects."),
        ),
        Verdict.CHANGE: Words(
            _("Decide about the change of the plan."), _("The change of the plan waits for a decision.")
        ),
    }  # fmt: skip
