"""What the steps of a plan ask for: milestones, changes, risks, promises of partners."""

from workflow.base.i18n import _
from workflow.rules.field_types import LINE, LONG, Input

PLAN_FIELDS = (
    # Milestones.
    Input("starts_on", "date", _("Work on it begins on")),
    Input("details", "text", _("What it consists of"), maximum=LONG),
    Input("after", "numbers", _("Comes after the milestones"), _("Their numbers, for example: 1, 3"), maximum=1000),
    Input("sheet_row", "number", _("Row of the timetable in the sheet"), maximum=1000),
    Input("outcome_text", "text", _("What was reached"), maximum=LONG),
    Input("done_on", "date", _("Done on"), _("Empty: today.")),
    Input("evidence", "numbers", _("Files that show it"), _("Files of this project."), maximum=10**11),
    Input("evidence_public", "flag", _("The public page may show these files")),
    # Changes of an accepted plan.
    Input("change_kind", "choice", _("What is to change"), choices="change_kinds"),
    Input("new_day", "date", _("New day")),
    Input("new_text", "text", _("How it should read"), maximum=LONG),
    Input("from_line", "number", _("Line that the money comes from"), _("Empty: new money."), maximum=1000),
    Input("new_amount", "money", _("What the line has afterwards, in złoty")),
    # Risks and promises.
    Input("risk", "line", _("What may go wrong"), maximum=LINE),
    Input("likelihood", "choice", _("How likely it is"), choices="levels"),
    Input("impact", "choice", _("How bad it would be"), choices="levels"),
    Input("response", "text", _("What we do about it"), maximum=LONG),
    Input("risk_number", "number", _("Number of the risk"), maximum=10_000),
    Input("risk_state", "choice", _("What became of it"), choices="risk_ends"),
    Input("partner", "line", _("Partner"), maximum=LINE),
    Input("promise", "text", _("What it promises"), maximum=LONG),
    Input("promise_number", "number", _("Promise"), maximum=10**11),
    Input("promise_state", "choice", _("How it was kept"), choices="promise_ends"),
    # Pictures that everybody may see.
    Input("picture_file", "number", _("Picture"), _("A picture among the files of this project."), maximum=10**11),
    Input(
        "picture_description",
        "line",
        _("What is to be seen on it"),
        _("It stands below the picture and is read to those who do not see it. Whoever is recognised has to agree."),
        maximum=300,
    ),
)
