"""What conferences and agreements need before each of their steps, by hand; see tests/workflow/engine/matrix.py."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.workflow.engine.matrix import HOLDERS, Case, Meant, Preparation, Ready, raw_rows
from tests.workflow.stage import Play
from tests.world import PEOPLE, World
from workflow.base.calendar import warsaw_date
from workflow.conferences.reports import read_report
from workflow.rules.facts import Ref

REASON = {"reason": "Remont sali."}
CONFERENCE_CASES = tuple(map(Case, ("planned", "open", "held", "minutes_approved", "postponed", "cancelled")))
AGREEMENT_CASES = tuple(map(Case, ("draft", "open", "concluded", "expired")))
# The steps that lead to each state.
CONFERENCE_WAYS = {
    "planned": (), "open": ("open",), "held": ("open", "hold"), "minutes_approved": ("open", "hold", "approve_minutes"),
    "postponed": ("postpone",), "cancelled": ("cancel",),
}  # fmt: skip
AGREEMENT_WAYS = {
    "draft": (), "open": ("open_for_signature",), "concluded": ("open_for_signature", "conclude"),
    "expired": ("open_for_signature", "conclude", "expire"),
}  # fmt: skip


def _given(**data: Any) -> Preparation:
    return lambda _world, _ref: Ready(data)


def _later(world: World, _ref: Ref) -> Ready:
    return Ready(REASON | {"day": warsaw_date(world.at) + timedelta(days=14)})


def _signed(world: World, ref: Ref) -> Ready:
    world.take(ref, "count_signatures", "staff", signatures=12)
    return Ready()


def _reported(world: World, ref: Ref) -> Ready:
    """A report that everybody has opened, whoever may approve it."""
    world.take(ref, "generate_report", "staff")
    with world.writing() as tx:
        digests = {read_report(tx, ref, actor=world[name], at=world.at) for name in PEOPLE}
    return Ready({"digest": digests.pop()})


CONFERENCE_PREPARATIONS: Mapping[str, Preparation] = {
    "hold": _given(participants=90),
    "approve_minutes": _reported,
    "postpone": _later,
    "cancel": _given(**REASON),
    "edit_conference": _given(venue="Remiza"),
}
AGREEMENT_PREPARATIONS: Mapping[str, Preparation] = {
    "conclude": _signed,
    "amend": _given(signatures=14, **REASON),
    "expire": _given(**REASON),
    "count_signatures": _given(signatures=12),
}


def _walk(ways: Mapping[str, tuple[str, ...]], needs: Mapping[str, Preparation], begin: Callable[[World], Ref]) -> Any:
    def enter(world: World, case: Case) -> Ref:
        ref = begin(world)
        for step in ways[case.state]:
            ready = needs[step](world, ref) if step in needs else Ready()
            world.take(ref, step, "staff", **ready.data)
        return ref

    return enter


def _conference(world: World) -> Ref:
    edition = world.edition("conferences")
    return world.create("conference", "plan", "staff", edition=edition, number=7, purpose="Dodatkowa",
                        day=warsaw_date(world.at))  # fmt: skip


def _agreement(world: World) -> Ref:
    edition = world.edition("conferences")
    return world.create("agreement", "draft_agreement", "staff", edition=edition, title="Umowa partnerstwa")


def _holders(_case: Case, _meant: Meant) -> Mapping[str, frozenset[str]]:
    return HOLDERS


CONFERENCE_PLAY = Play(
    rows=tuple(raw_rows("conference")),
    holders=_holders,
    is_public=lambda _case: True,
    preparations=CONFERENCE_PREPARATIONS,
    enter=_walk(CONFERENCE_WAYS, CONFERENCE_PREPARATIONS, _conference),
)
AGREEMENT_PLAY = Play(
    rows=tuple(raw_rows("agreement")),
    holders=_holders,
    is_public=lambda _case: True,
    preparations=AGREEMENT_PREPARATIONS,
    enter=_walk(AGREEMENT_WAYS, AGREEMENT_PREPARATIONS, _agreement),
)
