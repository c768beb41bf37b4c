"""Acts with consequences are not one tap: what happens is said first, or the act is undone where it was done."""

import re
from pathlib import Path

from web.views.open_steps import needs_form
from workflow.engine import machine
from workflow.lifecycle.definition import SYSTEM

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
PRESSED = re.compile(r"(?:ui\.)?\b(?:post_button|step_post)\((?:page, )?(\"\w+\"|.+?), ", re.DOTALL)
FORM = re.compile(r'<form\b[^>]*method="post"[^>]*>.*?</form>', re.DOTALL)
# A form that asks for something, or that shows what will happen.
ASKS = re.compile(
    r'ui\.field\((?!"hidden")|ui\.asked|step_form\.(?:fields|one_field)|rows_field|confirm_consequences|form\.fields\('
    r'|<textarea|<select|points\.all\(|<details|<input(?![^>]*type="hidden")|secret\.buttons|buttons\(choices\)|parts\.table'
)
REVERSIBLE = "undone on the same page"
SAID = "what happens is said beside it, on a page or in a part opened for it alone"
HARMLESS = "takes nothing from anybody; done twice or wrongly it is done again"
MARKS = "notes what has just happened in the room; the next press puts it right"
# Buttons that do something at once, without a question before: what makes each safe. Whoever adds one says why.
ONE_TAP = {
    'accounts/account.html: _("End it")': HARMLESS,
    'accounts/account.html: _("End all the others")': HARMLESS,
    'accounts/second_factor.html: _("Sign out")': HARMLESS,
    "agreements/sign.html: sign.label": SAID,
    "agreements/text.html: steps.open_for_signature.label": SAID,
    'attendance/show.html: _("Cancel: %(name)s"': SAID,
    'check_in/let_in.html: _("New pass")': HARMLESS,
    'check_in/let_in.html: _("Take the check-in back")': REVERSIBLE,
    'check_in/show.html: _("Let in")': REVERSIBLE,
    'comments/parts.html: _("Open it again") if thread.resolved_at else _("Resolved")': REVERSIBLE,
    "conferences/report.html: step.label": SAID,
    'delivery_log/show.html: _("Take off the mark")': HARMLESS,
    'files/files.html: _("Take away")': REVERSIBLE,
    'files/files.html: _("Bring back")': REVERSIBLE,
    'groups/parts.html: "accept_lead"': SAID,
    'groups/parts.html: "name_deputy"': REVERSIBLE,
    'groups/parts.html: _("Mark as done")': REVERSIBLE,
    'groups/parts.html: _("Not done after all")': REVERSIBLE,
    'groups/parts.html: _("Send again")': HARMLESS,
    'groups/parts.html: _("Take the request back")': REVERSIBLE,
    "hall/desk.html: label": MARKS,
    'hall/desk.html: _("Hand out a card")': MARKS,
    'hall/receipt.html: _("Next person on this device")': HARMLESS,
    'ideas/not_on_list.html: _("Enter me on the list")': SAID,
    'meetings/cards.html: _("Card dropped: %(name)s"': MARKS,
    'meetings/cards.html: _("Card given back: %(name)s"': MARKS,
    'meetings/cards.html: _("Hand out a card: %(name)s"': MARKS,
    "meetings/papers.html: step.label": SAID,
    "meetings/parts.html: words": MARKS,
    'people/person.html: _("Send a sign-in link")': HARMLESS,
    'people/person.html: _("Open the account again")': REVERSIBLE,
    'presentations/agenda.html: _("Put the admitted projects on the agenda")': REVERSIBLE,
    'presentations/agenda.html: _("Take the agenda back from the public")': REVERSIBLE,
    'presentations/agenda.html: _("Publish the agenda")': REVERSIBLE,
    'selection/what_if.html: _("Record the seed of the draw")': SAID,
}  # fmt: skip
# The same for forms that are written out and ask nothing.
ONE_TAP_FORMS = {
    "accounts/use_link.html": SAID, "base.html": HARMLESS, "confirm.html": SAID,
    "conferences/lists.html": "records an idea of the office, which is withdrawn like any other",
    "duplicates/merge_organisations.html": SAID, "edition_people/offers.html": SAID,
    "edition_people/roles.html": SAID, "files/files.html": REVERSIBLE, "following/answer.html": SAID, "groups/parts.html": "the macro of step_post",
    "hall/desk.html": SAID, "hall/desk_part.html": "conducts a vote in the hall: each step is seen by everybody there",
    "hall/receipt.html": "a ballot, which can be cast anew", "hall/show.html": "a ballot, which can be cast anew",
    "inbox/inbox.html": HARMLESS, "jobs/progress.html": "what was done stays, and the work is started again",
    "lists/assigned.html": REVERSIBLE, "macros/buttons.html": "the macros themselves",
    "meetings/receipt.html": "a ballot, which can be cast anew",
    "meetings/secret.html": "a ballot, which can be cast anew",
    "meetings/show.html": "a ballot, which can be cast anew", "participant_lists/list.html": SAID,
    "passes/show.html": SAID, "preferences/unsubscribe.html": SAID, "presentations/pieces.html": MARKS,
    "presentations/remote_part.html": MARKS, "presentations/take_over.html": SAID, "registrations/show.html": SAID,
}  # fmt: skip


def test_every_button_that_acts_at_once_says_what_makes_it_safe() -> None:
    found = set()
    for path in TEMPLATES.rglob("*.html"):
        name, text = str(path.relative_to(TEMPLATES)), path.read_text(encoding="utf-8")
        if not name.startswith("macros/"):
            text = re.sub(r"\{%-? macro step_post.*?endmacro", "", text, flags=re.DOTALL)
            found |= {f"{name}: {label}" for label in PRESSED.findall(re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))}
    assert found - ONE_TAP.keys() == set(), "use ui.careful_button, or say in ONE_TAP what makes the button safe"
    assert ONE_TAP.keys() - found == set(), "these are gone"


def test_every_form_that_asks_nothing_says_what_makes_it_safe() -> None:
    found = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        for form in FORM.findall(path.read_text(encoding="utf-8"))
        if not ASKS.search(form)
    }
    assert found - ONE_TAP_FORMS.keys() == set(), "use ui.careful_button, or say in ONE_TAP_FORMS what makes it safe"


def test_every_step_that_changes_a_state_shows_what_it_does_first_or_is_taken_back_where_it_was_taken() -> None:
    kinds = ("proposal", "edition", "conference", "agreement", "agreement_partner", "meeting", "poll", "milestone",
             "change_request")  # fmt: skip
    at_once = [
        row for kind in kinds for row in machine.newest(kind).rows if row.who != (SYSTEM,) and not needs_form(row)
    ]
    assert at_once
    assert [row.name for row in at_once if not row.is_record and not row.undo] == []
    assert [row.name for row in at_once if row.tone == "danger" or row.verdict] == []
    assert {"offer_place", "leave_group", "decline_lead"}.isdisjoint(row.name for row in at_once)
