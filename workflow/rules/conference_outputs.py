"""What the groups of a conference work out: what is collected at which conference, and of which kinds its lines are."""

from collections.abc import Mapping
from enum import StrEnum

from workflow.base.i18n import Sentence, _


class Outputs(StrEnum):
    """What is collected at the tables of a conference."""

    RESOURCES_PROBLEMS = "resources_problems"
    FIVE_COMPONENTS = "five_components"
    FOUR_PRINCIPLES = "four_principles"
    IDEAS = "ideas"


NAMES: Mapping[str, Sentence] = {
    Outputs.RESOURCES_PROBLEMS: _("Local resources and problems"),
    Outputs.FIVE_COMPONENTS: _("Diagnosis of the five components"),
    Outputs.FOUR_PRINCIPLES: _("Analysis of the four principles of revival"),
    Outputs.IDEAS: _("Ideas for projects"),
}
IDEA = "idea"
# The kinds of lines at each conference, in the order in which they stand on the page and in the report.
KINDS: Mapping[str, Mapping[str, Sentence]] = {
    Outputs.RESOURCES_PROBLEMS: {"resource": _("Resources"), "problem": _("Problems")},
    Outputs.FIVE_COMPONENTS: {
        "capital": _("Access to capital"),
        "environment": _("Social and economic environment"),
        "infrastructure": _("Infrastructure"),
        "human_capital": _("Human capital"),
        "quality_of_life": _("Quality of life"),
    },
    Outputs.FOUR_PRINCIPLES: {
        "plug_leaks": _("Plug the leaks"),
        "support_existing": _("Support what exists"),
        "encourage_new": _("Encourage new ones"),
        "attract": _("Attract from outside"),
    },
    Outputs.IDEAS: {IDEA: _("Ideas")},
}
