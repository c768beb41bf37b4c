"""Who is present at a meeting, where everybody came: one press instead of one for each seat."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.steps import StepForm
from web.http import identity
from web.http.security import asks
from web.pages.meetings import at_meeting
from web.views.subject import find
from workflow.base.i18n import _
from workflow.rules.facts import Ref
from workflow.selection.attendance import note_everybody

pages = Blueprint("meeting_arrivals", __name__)


@pages.post("/posiedzenia/<int:meeting_id>/obecni")
@asks("see_own_meetings")
def everybody(meeting_id: int) -> ResponseReturnValue:
    form = StepForm.sent_for(())

    def work(tx: Connection) -> None:
        given = form.arguments()
        note_everybody(tx, find(tx, Ref("meeting", meeting_id)).facts, version=given["version"],
                       actor=identity.actor(), at=identity.at())  # fmt: skip

    return at_meeting(meeting_id, work, _("The presence of all who were expected was noted."))
