"""The public page of a selected project: what was promised, money, what happened."""

from datetime import timedelta
from xml.etree import ElementTree

from sqlalchemy import insert, update

from tests.web.stage import Stage
from workflow.models import BudgetLine, Expense, Milestone, Proposal
from workflow.rules.facts import Ref
from workflow.rules.states import MilestoneState

ATOM = "{http://www.w3.org/2005/Atom}"


def plan(stage: Stage, ref: Ref) -> None:
    """A milestone that was reached late, and money of which a part is spent."""
    at = stage.world.now
    facts = stage.world.facts(ref)
    with stage.db.transaction() as tx:
        tx.execute(insert(Milestone).values(
            edition_id=facts["edition_id"], proposal_id=ref.id, number=91, title="Otwarcie kuchni",
            lifecycle="milestone", lifecycle_version=1, state=MilestoneState.DONE, due_at=at - timedelta(days=9),
            baseline_due_at=at - timedelta(days=9), done_on=(at - timedelta(days=2)).date(), created_at=at, updated_at=at,
        ))  # fmt: skip
        line = tx.execute(insert(BudgetLine).values(
            proposal_id=ref.id, number=91, label="Piec", planned=500_00, agreed=400_00, created_at=at,
        ).returning(BudgetLine.id)).scalar_one()  # fmt: skip
        tx.execute(insert(Expense).values(proposal_id=ref.id, line_id=line, number=91, kind="spent", day=at.date(),
                                          amount=120_00, what="Zaliczka", noted_at=at))  # fmt: skip


def test_everybody_reads_what_a_project_promised_and_what_became_of_it(stage: Stage) -> None:
    ref = stage.world.proposal_in("in_implementation")
    plan(stage, ref)
    with stage.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(plan_accepted_at=None))
    before = stage.page(None, f"/projekty/{ref.id}")
    assert "Otwarcie kuchni" not in before
    assert "W realizacji" in before
    with stage.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == ref.id).values(plan_accepted_at=stage.world.now))
    page = stage.page(None, f"/projekty/{ref.id}")
    assert "Otwarcie kuchni" in page
    assert "po terminie" in page
    assert "Piec" in page
    assert "Zaliczka" not in page


def test_a_feed_tells_what_happened_to_public_projects_and_nothing_else(stage: Stage) -> None:
    ref = stage.world.proposal_in("in_implementation")
    facts = stage.world.facts(ref)
    answer = stage.as_(None).get(f"/edycje/{facts.edition['key']}/zmiany.atom")
    feed = ElementTree.fromstring(answer.get_data())
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
    assert titles == [f"{facts['title']}: W realizacji", f"{facts['title']}: Wybrany do realizacji"]
    assert answer.mimetype == "application/atom+xml"
    assert feed.findtext(f"{ATOM}updated") == feed.findtext(f"{ATOM}entry/{ATOM}updated")
