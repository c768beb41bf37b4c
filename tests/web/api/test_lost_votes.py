"""A lost vote decides nothing, by whatever door it is asked for: page, API, a step taken by anybody, a batch."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.web.api.conftest import Program
from tests.web.stage import Stage
from tests.world import World
from workflow.accounts.tokens import create_token
from workflow.base.errors import Refusal
from workflow.engine.batch import StepRefused, take_all
from workflow.engine.command import StepCommand
from workflow.models import Decision
from workflow.rules.facts import Ref

# Kind of motion, where the project is, the step that would carry it out, its answers, and all that follows it.
LOST = [
    ("promote", "reserve", ("offer_place", "promote_from_reserve"), {}),
    ("annul", "selected", ("annul_decision",), {}),
    ("annul", "not_selected", ("annul_decision",), {}),
    ("cancel", "selected", ("cancel",), {"cancel_ground": "no_funds", "justification": "Brak środków."}),
    ("decide", "presented", ("select", "place_on_reserve", "reject"), {}),
]
WHO = ("chair", "staff", "secretary", "committee1", "leader", "appeal_body", "admin")


def lose(world: World, kind: str, ref: Ref) -> Ref:
    return world.lose(ref) if kind == "decide" else world.resolve(kind, ref, carried=False)


def decided(world: World, ref: Ref) -> int:
    with world.database.reading() as tx:
        query = select(func.count()).where(Decision.proposal_id == ref.id)
        return int(tx.execute(query).scalar_one())


def program(stage: Stage, name: str) -> Program:
    """A program with the key of somebody of the stage's world."""
    with stage.db.transaction() as tx:
        return Program(
            stage.app.test_client(), create_token(tx, stage.world[name].id or 0, name="t", at=stage.world.now)
        )


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "state", "steps", "answers"), LOST)
def test_a_lost_vote_moves_nothing_by_any_door(
    app: Flask, kind: str, state: str, steps: tuple[str, ...], answers: dict[str, str]
) -> None:
    stage = Stage(app)
    world = stage.world
    ref = world.proposal_in(state, places_number=3)
    if kind == "decide":
        world.to_phase(world.edition_of(ref), "selection")
    before, meeting = decided(world, ref), lose(world, kind, ref)
    version = world.facts(ref).version
    for who in WHO:
        asks = program(stage, who)
        assert asks.step(meeting, "adopt", world.facts(meeting).version, motion=1).status_code >= 400
        for step in steps:
            assert asks.step(ref, step, version, **answers).status_code >= 400, (who, step)
            sent = stage.as_(who).post(f"/projekty/{ref.id}/krok/{step}", {"version": str(version), **answers})
            assert sent.status_code >= 400, (who, step)
            commands = [StepCommand(ref, step, world[who], world.at, answers=answers)]
            with pytest.raises(StepRefused), stage.db.transaction() as tx:
                take_all(tx, commands)
    for step in steps:
        with pytest.raises(Refusal):
            world.take(ref, step, "system", **answers)
    assert (world.state(ref), world.facts(ref).version, decided(world, ref)) == (state, version, before)
