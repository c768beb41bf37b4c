"""While an edition is suspended no page calls a day late that passed since; before and afterwards each of them does."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from tests.agreement import invited, opened
from tests.web.stage import Stage
from workflow.models import AgreementPartner, ChangeRequest, Edition, Milestone, ProgressReport, Proposal
from workflow.models.base import table_of
from workflow.rules.facts import Ref

FIRST_LINE = "Po terminie od"


def suspended_for(stage: Stage, edition: Ref, *, days: int) -> None:
    """The edition as it is when it was suspended so many days ago."""
    world, e = stage.world, table_of(Edition)
    world.take(edition, "suspend", "staff", reason="Powódź.")
    recorded = dict(world.facts(edition).own["recorded"])
    recorded["suspension"] = {**recorded["suspension"], "at": (world.now - timedelta(days=days)).isoformat()}
    with stage.db.transaction() as tx:
        tx.execute(update(e).where(e.c.id == edition.id).values(recorded=recorded))


def goes_on(stage: Stage, edition: Ref) -> None:
    """The edition as if it had never rested, so that the days that passed are late."""
    e = table_of(Edition)
    with stage.db.transaction() as tx:
        tx.execute(update(e).where(e.c.id == edition.id).values(state="implementation"))


def passed(stage: Stage, days: Mapping[Any, Mapping[str, Any]]) -> None:
    """Let these days have been before today."""
    with stage.db.transaction() as tx:
        for model, values in days.items():
            tx.execute(update(model).values(**values))


def test_no_page_calls_late_what_passed_while_the_edition_was_suspended(stage: Stage) -> None:
    world, now = stage.world, stage.world.now
    project = world.proposal_in("in_implementation")
    edition = Ref("edition", world.facts(project)["edition_id"])
    key = str(world.facts(edition)["key"])
    milestone = world.plan_milestone(project, title="Dach", person=world["member"].id)
    change = world.request_change(project)
    partner = invited(world, opened(world, edition), ["Koło"], member="partner")[0]
    before = now - timedelta(days=5)
    passed(stage, {
        Milestone: {"due_at": before}, ChangeRequest: {"due_at": before}, Proposal: {"report_due_at": before},
        AgreementPartner: {"due_at": before}, ProgressReport: {"due_at": before},
    })  # fmt: skip
    home = f"/projekty/{project.id}"
    plan = f"{home}/realizacja"
    pages = [
        ("staff", home, FIRST_LINE), ("staff", plan, "po terminie od"), ("staff", plan, "termin minął"),
        ("coordinator", f"{home}/sprawozdania", "Termin następnego sprawozdania minął."),
        ("coordinator", f"{home}/sprawozdania", FIRST_LINE), ("coordinator", f"{home}/krok/report_progress", FIRST_LINE),
        ("staff", f"/kamienie/{milestone.id}", FIRST_LINE), ("staff", f"/zmiany-planu/{change.id}", FIRST_LINE),
        ("staff", f"/partnerzy-umowy/{partner.id}/krok/receive_mandate", FIRST_LINE),
        ("staff", f"/umowy/{world.facts(partner)['agreement_id']}/przypomnienia", "po terminie"),
        ("staff", f"/edycje/{key}/portfel", 'class="late'), ("staff", f"/edycje/{key}/tablica", "bnext late"),
        ("staff", f"/edycje/{key}/tablica", "opóźniony kamień milowy"),
        ("staff", f"/edycje/{key}/lista?due=late", "Świetlica"), ("member", "/praca", FIRST_LINE),
        ("coordinator", "/praca", FIRST_LINE), ("leader", "/praca", FIRST_LINE),
    ]  # fmt: skip
    suspended_for(stage, edition, days=20)
    late = [(path, words) for who, path, words in pages if words in stage.page(who, path)]
    assert not late, "days that passed since the edition was suspended are called late"
    goes_on(stage, edition)
    silent = [(path, words) for who, path, words in pages if words not in stage.page(who, path)]
    assert not silent, "pages that say nothing of a day that has passed"
