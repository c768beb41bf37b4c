"""The pages: which blueprints there are.

To add a page: write `web/pages/<name>.py` with `pages = Blueprint(...)`, add its line to BLUEPRINTS, and a MenuEntry to
`web.http.navigation.NAV` where people should find it. An entry names a blueprint, or a function that takes the
application.
"""

BLUEPRINTS = [
    "web.pages.accounts:pages",
    "web.pages.second_factor:pages",
    "web.pages.people:pages",
    "web.pages.site:pages",
    "web.http.layout_data:init_app",
    "web.pages.public:pages",
    "web.pages.my_work:pages",
    "web.pages.worklist:pages",
    "web.pages.inbox:pages",
    "web.pages.delivery_log:pages",
    "web.pages.editions:pages",
    "web.pages.new_subjects:pages",
    "web.pages.ideas:pages",
    "web.pages.idea_cards:pages",
    "web.pages.minors:pages",
    "web.pages.registration:pages",
    "web.pages.idea_posters:pages",
    "web.pages.board:pages",
    "web.pages.lists:pages",
    "web.pages.bulk_assign:pages",
    "web.pages.selection:pages",
    "web.pages.scoring:pages",
    "web.pages.criteria:pages",
    "web.pages.committee:pages",
    "web.pages.meetings:pages",
    "web.pages.minutes:pages",
    "web.pages.result_files:pages",
    "web.pages.proposals:pages",
    "web.pages.comments:pages",
    "web.pages.files:pages",
    "web.pages.sheet:pages",
    "web.pages.versions:pages",
    "web.pages.sheet_sections:pages",
    "web.pages.edition_settings:pages",
    "web.pages.groups:pages",
    "web.pages.invitations:pages",
    "web.pages.submission:pages",
    "web.pages.steps:pages",
    "web.pages.undo:pages",
    "web.api:init_app",
]
