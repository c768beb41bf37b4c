"""Projects that exclude each other: named before a vote, refused together by name, and left to every rule (VOTING 4.2)."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.workflow.selection.test_meetings import codes
from tests.world import World
from workflow.base.errors import BadInput, NotFound, NotReady
from workflow.db.database import Database
from workflow.engine import machine
from workflow.engine.exclusions_reader import ended_groups, exclusive_projects
from workflow.rules.facts import Ref
from workflow.selection.exclusions import admit_together, exclude
from workflow.selection.list_queries import selection_of

WHY = "Oba mają stanąć na tym samym placu."


class Site:
    """An edition in selection with three presented projects, two of them on the same site."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.edition = world.edition("conferences")
        self.square, self.fountain, self.library = (
            world.idea(self.edition, title=title) for title in ("Targ", "Fontanna", "Biblioteka")
        )
        for ref in (self.square, self.fountain, self.library):
            world.lead(ref, "admitted")
        world.to_phase(self.edition, "selection")

    def number(self, ref: Ref) -> int:
        return int(self.world.facts(ref)["number"])

    def exclude(self, *refs: Ref, reason: str = WHY) -> None:
        with self.world.database.transaction() as tx:
            exclude(tx, self.edition.id, [self.number(ref) for ref in refs], reason, actor=self.world["staff"],
                    at=self.world.at)  # fmt: skip

    def admit(self, number: int, reason: str = "Jest drugi plac.") -> None:
        with self.world.database.transaction() as tx:
            admit_together(tx, self.edition.id, number, reason, actor=self.world["staff"], at=self.world.at)

    def groups(self) -> list[tuple[str, int]]:
        with self.world.database.reading() as tx:
            return [(project.title, project.group) for project in exclusive_projects(tx, self.edition.id)]


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    with closing(Database(sqlite_url)) as database:
        yield Site(World(database))


def test_a_motion_that_takes_both_is_refused_by_name_when_it_is_put(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    with pytest.raises(NotReady) as refusal:
        site.world.adopt({site.square: "select", site.fountain: "select"})
    (unmet,) = refusal.value.missing
    # Named beside the field of the form that puts the motion.
    assert (unmet.code, unmet.field) == ("excluded", "decisions")
    assert unmet.sentence.params == {"projects": "„Targ”, „Fontanna”", "reason": WHY}


def test_one_of_them_and_any_other_is_selected_and_then_the_second_is_not(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    site.world.adopt({site.square: "select", site.library: "select"})
    with pytest.raises(NotReady) as refusal:
        site.world.adopt({site.fountain: "select"})
    assert "excluded" in codes(refusal.value)
    site.world.adopt({site.fountain: "reject"})


def test_a_project_whose_rival_is_selected_is_not_promoted_from_the_reserve_list(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    site.world.adopt({site.square: "select", site.fountain: "place_on_reserve", site.library: "reject"},
                     positions={site.fountain: 1})  # fmt: skip
    for ref, step in ((site.square, "select"), (site.fountain, "place_on_reserve"), (site.library, "reject")):
        site.world.take(ref, step, "chair")
    with pytest.raises(NotReady) as refusal:
        site.world.resolve("promote", site.fountain)
    assert "excluded" in codes(refusal.value)


def test_every_rule_gets_the_groups_and_never_the_rival_of_a_selected_project(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    assert options(site) == {"Targ": ("1", False), "Fontanna": ("1", False), "Biblioteka": (None, False)}
    site.world.adopt({site.square: "select"})
    assert options(site) == {"Fontanna": ("1", True), "Biblioteka": (None, False)}


def options(site: Site) -> dict[str, tuple[str | None, bool]]:
    """What the rule of the edition chooses from: title -> group, and whether it is out."""
    with site.world.database.reading() as tx:
        edition = machine.facts_of(tx, [site.edition], actor=site.world["staff"])[site.edition].edition
        selection = selection_of(tx, edition, reader_id=None, at=site.world.at)
    return {selection.projects[option.key].title: (option.exclusive_group, option.withdrawn)
            for option in selection.election.options}  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_a_group_without_a_reason_is_refused(site: Site, reason: str) -> None:
    with pytest.raises(BadInput):
        site.exclude(site.square, site.fountain, reason=reason)
    assert site.groups() == []


def test_one_project_a_strange_one_and_one_of_another_group_are_refused(site: Site) -> None:
    with pytest.raises(BadInput):
        site.exclude(site.square)
    with pytest.raises(BadInput), site.world.database.transaction() as tx:
        exclude(tx, site.edition.id, [1, 999], WHY, actor=site.world["staff"], at=site.world.at)
    site.exclude(site.square, site.fountain)
    with pytest.raises(BadInput):
        site.exclude(site.fountain, site.library)
    assert site.groups() == [("Targ", 1), ("Fontanna", 1)]


def test_a_group_does_not_end_once_one_of_its_projects_was_voted_on(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    site.admit(1)
    assert site.groups() == []
    site.exclude(site.square, site.fountain)
    site.world.adopt({site.square: "reject"})
    with pytest.raises(NotReady):
        site.admit(2)
    assert site.groups() == [("Targ", 2), ("Fontanna", 2)]


def test_a_group_is_not_made_of_what_was_voted_on(site: Site) -> None:
    site.world.adopt({site.library: "reject"})
    with pytest.raises(NotReady):
        site.exclude(site.square, site.library)
    assert site.groups() == []


def test_ending_a_group_asks_for_a_reason_and_says_who_ended_it_and_why(site: Site) -> None:
    site.exclude(site.square, site.fountain)
    with pytest.raises(BadInput):
        site.admit(1, "  ")
    assert site.groups() == [("Targ", 1), ("Fontanna", 1)]
    site.admit(1)
    with site.world.database.reading() as tx:
        (ended,) = ended_groups(tx, site.edition.id)
    assert (ended.number, ended.reason, ended.ended_by) == (1, "Jest drugi plac.", site.world["staff"].name)
    assert len(ended.projects) == 2


def test_a_group_that_the_edition_does_not_have_cannot_be_ended(site: Site) -> None:
    with pytest.raises(NotFound):
        site.admit(3)


def test_unknown_numbers_and_those_named_twice_are_named(site: Site) -> None:
    for numbers, said in (([1, 998, 999], "998, 999"), ([1, 1, 2], "1")):
        with pytest.raises(BadInput) as refusal, site.world.database.transaction() as tx:
            exclude(tx, site.edition.id, numbers, WHY, actor=site.world["staff"], at=site.world.at)
        assert refusal.value.fields["projects"].params == {"numbers": said}
