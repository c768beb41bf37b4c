"""What the page of criteria asks for."""

from workflow.base.i18n import _
from workflow.rules.field_types import Input

CRITERION = (
    Input("name_pl", "line", _("Name of the criterion in Polish"), maximum=120),
    Input("name_en", "line", _("Name of the criterion in English"), required=False, maximum=120),
    Input("description_pl", "text", _("What the points mean, in Polish"), _("For example: what 0, 3 and 5 stand for."),
          required=False, maximum=1000),
    Input("description_en", "text", _("What the points mean, in English"), required=False, maximum=1000),
    Input("weight", "number", _("Weight"), maximum=100),
    Input("scale_min", "number", _("Lowest number of points"), required=False, maximum=1000),
    Input("scale_max", "number", _("Highest number of points"), maximum=1000),
    Input("step", "number", _("Step between points"), maximum=1000),
    Input("required", "flag", _("Every card has to give points for it"), required=False),
    Input("minimum", "number", _("Minimum of the mean"),
          _("A project whose mean stays below it has no place in the ranking. Leave it empty where there is none."),
          required=False, maximum=1000),
)  # fmt: skip
USUAL = {"weight": 1, "scale_min": 0, "scale_max": 5, "step": 1, "required": True}
