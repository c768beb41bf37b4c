"""Every state, every step and record, every kind of person: it moves, or it is refused for exactly the right reason."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.workflow.engine.edition_matrix import EDITION_CASES, EDITION_PLAY
from tests.workflow.engine.matrix import (
    ANSWERS,
    CASES,
    HELD_BACK,
    NEVER_READY,
    PREPARATIONS,
    PUBLIC,
    Case,
    Ready,
    holders,
    raw_rows,
)
from tests.workflow.engine.plan_matrices import (
    CHANGE_CASES,
    CHANGE_PLAY,
    MILESTONE_CASES,
    MILESTONE_PLAY,
    PARTNER_CASES,
    PARTNER_PLAY,
)
from tests.workflow.engine.smaller_matrices import AGREEMENT_CASES, AGREEMENT_PLAY, CONFERENCE_CASES, CONFERENCE_PLAY
from tests.workflow.stage import Play, staged
from workflow.base.errors import BadInput, NoSuchStep, NotAllowed, NotReady
from workflow.db.database import Database

PROPOSAL_PLAY = Play(
    rows=tuple(raw_rows("local_partnership")),
    cases=CASES,
    holders=holders,
    is_public=lambda case: case.state in PUBLIC,
    preparations=PREPARATIONS,
    enter=lambda world, case: world.proposal_in(case.state, came_from=case.came_from, places_number=3),
    never_ready=NEVER_READY,
    answers=ANSWERS,
)
PLAYS = (PROPOSAL_PLAY, EDITION_PLAY, CONFERENCE_PLAY, AGREEMENT_PLAY, MILESTONE_PLAY, CHANGE_PLAY, PARTNER_PLAY)
FIRST_MOVES = [(play, case, names) for play in PLAYS for case, names in play.first_moves().items()]


@pytest.fixture
def opened(sqlite_url: str) -> Iterator[Database]:
    with closing(Database(sqlite_url)) as database:
        yield database


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_step_of_a_proposal_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(PROPOSAL_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.slow
@pytest.mark.parametrize("case", EDITION_CASES, ids=str)
def test_every_step_of_an_edition_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(EDITION_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.parametrize("case", CONFERENCE_CASES, ids=str)
def test_every_step_of_a_conference_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(CONFERENCE_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.parametrize("case", AGREEMENT_CASES, ids=str)
def test_every_step_of_an_agreement_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(AGREEMENT_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.parametrize("case", MILESTONE_CASES, ids=str)
def test_every_step_of_a_milestone_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(MILESTONE_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.parametrize("case", CHANGE_CASES, ids=str)
def test_every_step_of_a_change_of_a_plan_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(CHANGE_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.parametrize("case", PARTNER_CASES, ids=str)
def test_every_step_of_a_partner_moves_or_is_refused_as_the_table_says(opened: Database, case: Case) -> None:
    with staged(PARTNER_PLAY, opened, case) as stage:
        stage.try_everything()


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_waits_for_what_its_guards_ask(opened: Database, case: Case) -> None:
    with staged(PROPOSAL_PLAY, opened, case) as stage:
        for name in HELD_BACK:
            row = stage.row(name)
            if row is None:
                continue
            with stage.undone():
                ready = stage.ready(name)
            before, meant = stage.entries(), holders(case, ready.meant)
            for who in {person for word in row.who for person in meant[word]}:
                assert stage.attempt(name, who, ready) == NotReady.__name__, (name, who)
            assert stage.entries() == before


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_office_enters_a_leaders_paper_where_the_table_takes_paper(opened: Database, case: Case) -> None:
    with staged(PROPOSAL_PLAY, opened, case) as stage:
        for name in {row.name for row in PROPOSAL_PLAY.rows if row.paper}:
            row = stage.row(name)
            with stage.undone():
                told = stage.attempt(name, "staff", stage.ready(name) if row else Ready(), on_paper=True)
            if row:
                assert told == "moves", (name, str(stage.refusal))
            else:
                # BadInput: in this state the name has a row that wants another past, and its answers are missing.
                assert told in {refusal.__name__ for refusal in (NoSuchStep, NotAllowed, BadInput)}, name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("play", "case", "names"), FIRST_MOVES, ids=lambda value: str(value) if isinstance(value, Case) else ""
)
def test_each_row_of_a_table_moves_on_postgresql_too(
    postgres_url: str, play: Play, case: Case, names: tuple[str, ...]
) -> None:
    """Once, from the first state that it may be taken in: what a step writes does not depend on the state it leaves."""
    with closing(Database(postgres_url)) as database, staged(play, database, case) as stage:
        stage.try_steps(names)
