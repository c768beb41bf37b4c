"""One conference: what everybody reads of it, and what the office does with it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from web.pages.editions import part_of_edition
from web.views import conference as views
from web.views.matters import reminder_lines
from web.views.subject import Subject
from workflow.conferences.matters import matters_of
from workflow.conferences.outputs import takes_part
from workflow.hall.queries import polls_of
from workflow.participation.conference_card import card_of
from workflow.rules.facts import Ref
from workflow.rules.page_permissions import PAGES
from workflow.rules.states import TOOK_PLACE

pages = Blueprint("conferences", __name__)


@pages.get("/konferencje/<int:conference_id>")
@asks("anyone")
def show(conference_id: int) -> ResponseReturnValue:
    at = identity.at()
    with reading() as tx:
        values = part_of_edition(tx, Ref("conference", conference_id))
        own = values["subject"].facts
        left = matters_of(tx, own["edition_id"], upto=own["number"]) if values["works_here"] else ()
        at_tables = values["works_here"] or (own.rights.id is not None and takes_part(tx, conference_id, own.rights.id))
        card, votes = card_of(tx, conference_id), polls_of(tx, conference_id, drafts=False)
    subject, lead = values["subject"], values["lead"]
    timing = views.timing_for(subject, at)
    reminders = reminder_lines(left, subject, reader=subject.facts.rights.id, at=at)
    return render_template(
        "conferences/show.html", **values | {"lead": views.lead_of(subject, timing, lead)},
        matters=[matter for matter in left if matter.done_at is None], card=card, votes=votes, is_open=card.is_open(at),
        at_tables=at_tables and not subject.edition["historical"], reads_report=reads_report(subject), timing=timing,
        where=views.sentence(subject, timing), now_word=views.now_word(timing),
        stopped_word=views.stopped_word(timing), known=views.known_of(card, subject),
        reminders=reminders,
    )  # fmt: skip


def reads_report(subject: Subject) -> bool:
    """Whether the conference has a report, or is going to, and the reader may open it."""
    took_place = subject.facts.state in TOOK_PLACE and not subject.edition["historical"]
    return took_place and PAGES["see_meetings"](identity.current(), subject.facts["edition_id"])
