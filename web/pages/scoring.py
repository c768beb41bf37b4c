"""The page on which a member of the committee scores a project: the sheet beside the card, and the way to the next."""

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from web.forms.version import required
from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.http.versions import version_in
from web.views import sheet as sheets
from web.views.open_steps import said
from web.views.scoring import card_view, score_text, strip
from web.views.subject import find
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Refusal, Stale
from workflow.base.i18n import _
from workflow.comments.visibility import with_committee
from workflow.rules.choices import OPINIONS
from workflow.rules.facts import Facts, Ref
from workflow.selection.score_cards import GivenCard, save_card
from workflow.selection.score_queries import scoring_of
from workflow.selection.score_rules import ProjectLine, Scoring

pages = Blueprint("scoring", __name__)
SAVED = _("The card is saved. It is a draft until you hand it in.")


@pages.get("/projekty/<int:proposal_id>/ocena")
@asks("see_meetings")
def show(proposal_id: int) -> ResponseReturnValue:
    return card_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/ocena")
@asks("see_meetings")
def save(proposal_id: int) -> ResponseReturnValue:
    """Saves the card as a draft, or hands it in and goes on to the next project that waits for one."""
    hand_in = request.form.get("act") == "hand_in"

    def work(tx: Connection) -> tuple[Scoring, ProjectLine]:
        edition = find(tx, Ref("proposal", proposal_id)).edition
        at, actor = identity.at(), identity.actor()
        save_card(tx, edition, proposal_id, given_card(), hand_in=hand_in, actor=actor, at=at)
        scoring = scoring_of(tx, edition, at=at)
        return scoring, scoring.projects[proposal_id]

    try:
        scoring, project = resources().database.in_transaction(work)
    except (BadInput, NotReady, Stale, NotAllowed) as refusal:
        return card_page(proposal_id, refusal)
    if not hand_in:
        flash(say(SAVED), "success")
        return redirect(url_for(".show", proposal_id=proposal_id), 303)
    flash(say(_("The card of project no. {number} is handed in.", number=project.number)), "success")
    following = next_to_do(scoring, project)
    return redirect(url_for(".show", proposal_id=(following or project).id), 303)


def given_card() -> GivenCard:
    """The card as the browser sent it; BadInput where the form does not say which one it shows."""
    prefix = "points-"
    points = {int(number): value for name, value in request.form.items()
              if name.startswith(prefix) and (number := name.removeprefix(prefix)).isascii() and number.isdecimal()
              and len(number) < 18}  # fmt: skip
    revision = required(version_in(request.form.get("revision")))
    return GivenCard(points, request.form.get("comment", "").replace("\r\n", "\n"), revision)


def next_to_do(scoring: Scoring, project: ProjectLine) -> ProjectLine | None:
    """The next project whose card is awaited from the reader, from the first again after the last."""
    waiting = [line for line in scoring.to_do(identity.actor().id) if line.id != project.id]
    return next((line for line in waiting if line.number > project.number), waiting[0] if waiting else None)


def card_page(proposal_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The sheet and the card; after a refusal with everything that was typed, and with the card as it is kept now."""
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        scoring = scoring_of(tx, subject.edition, at=identity.at())
    project = scoring.projects.get(proposal_id)
    if project is None:
        raise NotFound
    person = identity.actor().id
    card = card_view(scoring, project.card_of(person), request.form if refusal else None)
    obstacle = scoring.obstacle(project, person)
    page = render_template(
        "scoring/card.html", subject=subject, project=project, card=card, sheet=sheets.sheet(subject.facts),
        obstacle=said([obstacle])[0] if obstacle else None, may_score=obstacle is None,
        is_recused=person in project.recused, stale=isinstance(refusal, Stale), following=next_to_do(scoring, project),
        saved=scoring.seat_of(person) and project.card_of(person), errors=errors_of(refusal),
        typed=[(line.name, line.chosen) for line in card.criteria if line.chosen] if refusal else [],
        talks=with_committee(subject.facts, project.recused).rights.in_committee_talk,
        opinions=opinions(subject.facts), declarations=declarations_url(subject.edition["key"]),
        sheet_changed=card.card is not None and card.card.sheet_digest != subject.facts.sheet_digest(),
        **ways(scoring, project, person), **opened(scoring, project, person),
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def errors_of(refusal: Refusal | None) -> Mapping[str, str]:
    """What was wrong with which field."""
    return {name: say(text) for name, text in refusal.fields.items()} if isinstance(refusal, BadInput) else {}


def opinions(facts: Facts) -> list[tuple[str, str, str]]:
    """What the units that were asked said on the merit: who, what, and why."""
    return [
        (str(entry.get("unit") or "–"), say(OPINIONS[entry["opinion"]]), str(entry.get("justification") or ""))
        for entry in facts.entries("merit_opinion")
        if entry.get("opinion") in OPINIONS
    ]


def declarations_url(edition_key: str) -> str:
    """The page of declarations of impartiality; empty where there is none."""
    endpoint = "conflicts.show"
    return url_for(endpoint, edition_key=edition_key) if endpoint in current_app.view_functions else ""


def ways(scoring: Scoring, project: ProjectLine, person: int | None) -> dict[str, object]:
    """The projects before and after this one among those that wait for a decision, and the place of this one."""
    mine = [line for line in scoring.projects.values()
            if line.waits and person not in line.recused]  # fmt: skip
    place = next((index for index, line in enumerate(mine) if line.id == project.id), None)
    if place is None:
        return {"before": None, "after": None, "place": None, "of": len(mine)}
    before, after = mine[place - 1] if place else None, mine[place + 1] if place + 1 < len(mine) else None
    return {"before": before, "after": after, "place": place + 1, "of": len(mine)}


def opened(scoring: Scoring, project: ProjectLine, person: int | None) -> dict[str, object]:
    """Everybody's cards, where the reader may know them; absent otherwise."""
    if not scoring.shows_scores(project, person):
        return {"cards": (), "assessment": None}
    names = {line.person_id: line.name for seat in scoring.seats for line in seat.people}
    assessment = scoring.assess(project)
    cards = [(names.get(card.person_id, "–"), card, score_text(scoring.value(card))) for card in project.counted]
    return {"cards": cards, "assessment": assessment, "strip": strip(scoring, project, assessment.mean),
            "score_text": score_text, "criteria": card_view(scoring, None).criteria}  # fmt: skip
