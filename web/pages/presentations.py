"""The presentation of projects in the hall: the projector, the moderator's remote, and the audience's page."""

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.version import required
from web.http import identity, live
from web.http.carry_out import carry_out
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.versions import version_in
from web.pages.files import SANDBOXED
from web.pages.idea_posters import code
from web.views.agenda import Stage, stage_of
from web.views.open_steps import said
from workflow.base.errors import NotFound, Refusal, Stale
from workflow.base.i18n import _
from workflow.files.slides import PICTURE_TYPE, drawn, slide_of
from workflow.hall.queries import open_poll_of
from workflow.presentations import remote as actions
from workflow.presentations.agenda import AgendaView
from workflow.presentations.outcomes import STEPS, awaits_step, note_outcome

pages = Blueprint("presentations", __name__)
REMOTE = {"remote": "presentations/remote_part.html"}
SCREEN = {"screen": "presentations/screen.html"}
AUDIENCE = {"now": "presentations/now.html"}
BUTTONS = ", ".join(press for press in actions.Press if press is not actions.Press.CALL)


@pages.get("/konferencje/<int:conference_id>/rzutnik")
@asks("anyone")
def projector(conference_id: int) -> ResponseReturnValue:
    with reading() as tx:
        stage = stage_of(tx, conference_id)
    address = f"{resources().settings.base_url.rstrip('/')}{url_for('.audience', conference_id=conference_id)}"
    return live.page(
        "presentations/projector.html", SCREEN, **stage.values(), address=address.partition("://")[2],
        code=code(address),
    )  # fmt: skip


@pages.get("/konferencje/<int:conference_id>/rzutnik/<int:slot_id>/slajd/<int:number>")
@asks("anyone")
def slide(conference_id: int, slot_id: int, number: int) -> ResponseReturnValue:
    """One page of the slides of the project that is on; of no other project, and never the file itself."""
    with reading() as tx:
        now = agenda_of(stage_of(tx, conference_id)).now
        if now is None or now.id != slot_id or now.proposal_id is None:
            raise NotFound
        page = slide_of(tx, now.proposal_id, number)
    path = drawn(resources().settings.uploads, page)
    response = send_file(path, mimetype=PICTURE_TYPE, etag=f"{page.key}-{page.page}", max_age=0)
    response.headers["Content-Security-Policy"] = SANDBOXED
    # The next page is fetched before it is shown, so it has to stay for a while.
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@pages.get("/konferencje/<int:conference_id>/na-zywo")
@asks("anyone")
def audience(conference_id: int) -> ResponseReturnValue:
    with reading() as tx:
        stage = stage_of(tx, conference_id, live_kind="audience")
        vote_id = open_poll_of(tx, conference_id)
    return live.page("presentations/audience.html", AUDIENCE, **stage.values(), vote_id=vote_id)


@pages.get("/konferencje/<int:conference_id>/pilot")
@asks("see_remote")
def remote(conference_id: int) -> ResponseReturnValue:
    return remote_page(conference_id)


@pages.post(f"/konferencje/<int:conference_id>/pilot/<any({BUTTONS}):press>")
@asks("see_remote")
def press(conference_id: int, press: str) -> ResponseReturnValue:
    return pressed(conference_id, actions.Press(press))


@pages.post("/konferencje/<int:conference_id>/pilot/<int:slot_id>")
@asks("see_remote")
def call(conference_id: int, slot_id: int) -> ResponseReturnValue:
    return pressed(conference_id, actions.Press.CALL, slot_id)


def pressed(conference_id: int, press: actions.Press, slot_id: int | None = None) -> ResponseReturnValue:
    """One press; the page says what came of it, so no message is flashed."""

    def work(tx: Connection) -> None:
        version = required(version_in(request.form.get("version")))
        actions.press_button(tx, conference_id, press, version=version, actor=identity.actor(), at=identity.at(),
                             slot_id=slot_id)  # fmt: skip

    try:
        resources().database.in_transaction(work)
    except NotFound:
        raise
    except Refusal as refusal:
        return remote_page(conference_id, refusal)
    return redirect(url_for(".remote", conference_id=conference_id), 303)


@pages.get("/konferencje/<int:conference_id>/pilot/przejmij")
@asks("see_remote")
def ask_to_take(conference_id: int) -> ResponseReturnValue:
    with reading() as tx:
        stage = stage_of(tx, conference_id)
    return render_template("presentations/take_over.html", **stage.values())


@pages.post("/konferencje/<int:conference_id>/pilot/<any(przejmij, oddaj):what>")
@asks("see_remote")
def take(conference_id: int, what: str) -> ResponseReturnValue:
    def work(tx: Connection) -> None:
        version = required(version_in(request.form.get("version")))
        change = actions.take_remote if what == "przejmij" else actions.release_remote
        change(tx, conference_id, version=version, actor=identity.actor())

    done = _("You hold the remote now.") if what == "przejmij" else _("You have put the remote down.")
    return carry_out(work, done=done, url=url_for(".remote", conference_id=conference_id),
                     again=lambda refusal: remote_page(conference_id, refusal))  # fmt: skip


@pages.post("/konferencje/<int:conference_id>/pilot/<int:slot_id>/wynik")
@asks("see_remote")
def note(conference_id: int, slot_id: int) -> ResponseReturnValue:
    """Take the step of the project of a slot that is over."""

    def work(tx: Connection) -> None:
        note_outcome(tx, conference_id, slot_id, actor=identity.actor(), at=identity.at())

    try:
        resources().database.in_transaction(work)
    except NotFound:
        raise
    except Refusal as refusal:
        return remote_page(conference_id, refusal)
    flash(say(_("It is in the history of the project.")), "success")
    return redirect(url_for(".remote", conference_id=conference_id, _anchor="outcomes"), 303)


def remote_page(conference_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The remote, with the reason where a press was refused."""
    with reading() as tx:
        stage = stage_of(tx, conference_id)
    page = live.page("presentations/remote.html", REMOTE, **stage.values(), **of_remote(stage), refusal=refusal,
                     is_stale=isinstance(refusal, Stale), missing=said(refusal.missing) if refusal else [])  # fmt: skip
    return page, refusal.status if refusal else 200


def agenda_of(stage: Stage) -> AgendaView:
    """The agenda, for pages that do not exist without one."""
    if stage.agenda is None:
        raise NotFound
    return stage.agenda


def of_remote(stage: Stage) -> dict[str, object]:
    """Whether the reader holds the remote, and which projects wait for their step."""
    agenda = agenda_of(stage)
    return {
        "holds": agenda.screen.moderator_id == identity.reader().id, "late": agenda.minutes_late(identity.at()),
        "outcomes": [slot for slot in agenda.projects if awaits_step(slot)], "steps": STEPS,
    }  # fmt: skip
