"""Projects of an earlier edition go on as ideas in a later one; the earlier one stays as it is."""

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.base.errors import NotReady
from workflow.db.database import Database
from workflow.engine.audit import verify
from workflow.ideas.carry_over import carry_over, links_of, may_go_on, welcoming_editions
from workflow.models import HistoryEntry, Proposal
from workflow.rules.facts import Ref


def carried(world: World, project: Ref, edition: Ref, who: str) -> Ref:
    with world.writing() as tx:
        return carry_over(tx, project, edition.id, actor=world[who], at=world.at, clause=True)


@pytest.fixture
def project(world: World) -> Ref:
    return world.proposal_in("reserve")


def row(world: World, ref: Ref) -> dict[str, object]:
    with world.writing() as tx:
        return dict(tx.execute(select(*Proposal.__table__.c).where(Proposal.id == ref.id)).mappings().one())


def test_a_project_of_the_reserve_goes_on_once_and_stays_as_it_is(
    world: World, project: Ref, database: Database
) -> None:
    before, edition = row(world, project), world.edition("conferences", key="nastepna")
    idea = carried(world, project, edition, "leader")
    assert carried(world, project, edition, "leader") == idea
    assert row(world, project) == before
    new = row(world, idea)
    assert (new["state"], new["title"], new["leader_id"]) == ("idea", before["title"], world["leader"].id)
    sheet = before["sheet"]
    assert isinstance(sheet, dict)
    assert new["sheet"] == {name: text for name, text in sheet.items() if name != "timetable"}
    assert new["cost"] == before["cost"]
    with database.snapshot() as tx:
        assert [(link.id, link.is_later) for link in links_of(tx, project.id)] == [(idea.id, True)]
        assert [(link.id, link.is_later) for link in links_of(tx, idea.id)] == [(project.id, False)]
        first = select(HistoryEntry.step).where(
            HistoryEntry.subject_kind == "proposal", HistoryEntry.subject_id == idea.id
        )
        assert tx.execute(first).scalars().all() == ["carry_over"]
        assert not verify(tx).broken


def test_the_office_carries_over_and_does_not_become_the_author(world: World, project: Ref) -> None:
    idea = carried(world, project, world.edition("conferences", key="nastepna"), "staff")
    new = row(world, idea)
    assert (new["author_id"], new["leader_id"]) == (world["leader"].id, None)


@pytest.mark.parametrize(("state", "who"), [("reserve", "member"), ("selected", "leader"), ("submitted", "staff")])
def test_others_and_projects_that_go_on_where_they_are_are_refused(world: World, state: str, who: str) -> None:
    project = world.proposal_in(state)
    edition = world.edition("conferences", key="nastepna")
    with pytest.raises(NotReady):
        carried(world, project, edition, who)


def test_a_list_says_what_may_go_on_and_what_did(world: World, project: Ref) -> None:
    edition = world.edition("conferences", key="nastepna")
    with world.writing() as tx:
        assert [line.id for line in may_go_on(tx, edition.id, world["leader"], is_office=False)] == [project.id]
        assert may_go_on(tx, edition.id, world["member"], is_office=False) == []
        assert "nastepna" in dict(welcoming_editions(tx, world["leader"].id or 0, but=0))
    idea = carried(world, project, edition, "leader")
    with world.writing() as tx:
        (line,) = may_go_on(tx, edition.id, world["staff"], is_office=True)
    assert (line.id, line.idea_id) == (project.id, idea.id)
