"""What the steps of editions, conferences and agreements ask for."""

from workflow.base.i18n import _
from workflow.rules.field_types import LINE, LONG, TEXT, Input
from workflow.rules.settings_catalogue import CATALOGUE

# What a table asks for where a step takes any setting of the catalogue.
EVERY_SETTING = "every_setting"

# What an edition settles about the sections of its sheet.
SECTIONS = (
    Input("section", "choice", _("Section"), choices="sections"),
    Input("on", "flag", _("Asked for"), required=False),
    Input("required", "flag", _("Needed to hand in"), required=False),
    Input("label", "line", _("Name of the section"), required=False, maximum=80),
    Input("help", "line", _("Help"), required=False, maximum=300),
    Input("limit", "number", _("Most characters"), required=False, maximum=TEXT),
)

# What is annexed to the agreement.
ANNEXES = (
    Input("annex", "line", _("Title of the annex"), maximum=LINE),
    Input("annex_text", "text", _("Text of the annex"), required=False),
)

EDITION_FIELDS = (
    Input("county", "line", _("County"), maximum=120),
    Input("year", "number", _("Year"), maximum=2200),
    Input("key", "slug", _("Short name for addresses"), _("For example: plock-2027"), maximum=64),
    Input("initiators", "lines", _("Initiators"), _("One a line, for example: Starost"), maximum=LONG),
    Input("rules_version", "line", _("Version of the rules"), maximum=40),
    Input("rules_text", "text", _("Rules")),
    Input("clause_version", "line", _("Version of the information clause"), maximum=40),
    Input("clause_text", "text", _("Information clause")),
    Input(
        "submission_until",
        "date",
        _("Proposals until"),
        _("A Saturday or a holiday means the end of the next working day."),
    ),
    Input("summary_day", "date", _("Summary conference on")),
    Input("implementation_day", "date", _("Implementation until")),
    Input("reserve_day", "date", _("Reserve list valid until")),
    Input(
        "places_number",
        "number",
        _("Number of places"),
        _("How many projects can be selected; empty: no limit"),
        maximum=1000,
    ),
    Input("budget", "money", _("Budget in złoty")),
    Input("minimum_members", "number", _("Smallest group"), maximum=50, stays=True),
    Input("requires_agreement", "flag", _("An agreement is required")),
    Input("minimum_signatures", "number", _("Least number of signatures"), maximum=10_000),
    Input("sectors", "lines", _("Sectors"), maximum=LONG),
    Input("areas", "lines", _("Areas to improve"), maximum=LONG),
    Input("communes", "lines", _("Communes"), maximum=LONG),
    Input("sections", "rows", _("Sections of the sheet"), columns=SECTIONS),
    Input(EVERY_SETTING, "line", _("Settings")),
    *(Input(setting.key, "setting", setting.label, setting.help) for setting in CATALOGUE),
    Input("purpose", "text", _("Purpose"), maximum=LONG),
    Input("conference_theme", "line", _("Theme"), _("What this conference is about, in a few words."), maximum=LINE),
    Input("outputs", "choice", _("What groups work out at the tables"), choices="outputs"),
    Input("host_commune", "line", _("Host commune"), maximum=120),
    Input("venue", "line", _("Venue"), maximum=LINE),
    Input("day", "date", _("Day")),
    Input("begins", "time", _("Begins at"), _("For example: 9:00")),
    Input("ends", "time", _("Ends at"), _("For example: 15:00")),
    Input("capacity", "number", _("Places for participants"), _("Empty: nobody counts places."), maximum=100_000),
    Input(
        "registration_day",
        "date",
        _("Registration until"),
        _("The end of this day; empty: until the conference begins."),
    ),
    Input("participants", "number", _("Participants"), maximum=100_000),
    Input("qualifier", "line", _("Qualifier of the figure"), _("For example: about"), maximum=20),
    Input("source", "text", _("Source"), maximum=LONG),
    Input("is_summary", "flag", _("This is the summary conference")),
    Input("number", "number", _("Number"), maximum=1000),
    Input("agreement_text", "text", _("Text of the agreement"), _("An empty line begins a new paragraph.")),
    Input("annexes", "rows", _("Annexes"), columns=ANNEXES),
    Input("valid_until_day", "date", _("Valid until"), _("Empty: without an end.")),
    Input("organisation", "number", _("Organisation"), maximum=10**11),
    Input("answer_day", "date", _("Answer until"), _("Empty: as long as the edition says.")),
    Input("signatory_name", "line", _("Who signs"), maximum=LINE),
    Input("signatory_function", "line", _("Function"), _("For example: chair of the board"), maximum=LINE),
    Input(
        "mandate",
        "text",
        _("Mandate"),
        _("A register, a resolution or a power of attorney, with its day."),
        maximum=LONG,
    ),
    Input("partner_paper", "choice", _("Kind of document"), choices="partner_papers"),
    Input("paper_in_office", "flag", _("The signed paper is in the office")),
    Input("agreement_partner", "number", _("Partner of the agreement"), maximum=10**11),
    Input("signatures", "number", _("Signatures"), maximum=100_000),
)
