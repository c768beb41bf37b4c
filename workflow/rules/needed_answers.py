"""Answers that a step's row leaves optional and one of its guards demands in some cases: when each is needed."""

from collections.abc import Mapping

from workflow.base.i18n import Sentence, _

# By the guard that demands them. A form says it beside the field, instead of calling the field optional.
NEEDED: Mapping[str, Mapping[str, Sentence]] = {
    "light_explained": {"light_reason": _("needed with yellow and red")},
    "changed_or_explained": {"explanation": _("needed if nothing in the sheet was changed")},
    "reasons_given": {
        "section_reasons": _("needed, or a reason for the whole sheet"),
        "reasons": _("needed, or a reason for a section"),
    },
    "person_or_name_given": {"person": _("needed, or a name"), "name": _("needed without a person")},
    "person_or_member_given": {"person": _("one of the two is needed"), "member": _("one of the two is needed")},
    "change_is_complete": {
        "milestone_number": _("needed for a change of date or scope"),
        "new_day": _("needed for a change of date"),
        "new_text": _("needed for a change of scope"),
        "line_number": _("needed for a change of money"),
        "new_amount": _("needed for a change of money"),
    },
    "decides_about_changes": {"resolution": _("needed where the committee decides")},
}
