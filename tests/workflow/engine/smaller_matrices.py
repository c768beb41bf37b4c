"""What conferences and agreements need before each of their steps, by hand; see tests/workflow/engine/matrix.py."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.agreement import invited, seen, signed
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
    """Partners have signed, as many as the edition demands."""
    for partner in invited(world, ref, [f"Szkoła {number}" for number in range(2)]):
        signed(world, partner)
    return Ready()


def _text_read(world: World, ref: Ref) -> Ready:
    """A text that everybody has opened, whoever may approve it."""
    world.take(ref, "write_text", "staff", agreement_text="Strony współpracują.")
    return Ready({"digest": [seen(world, ref, name) for name in PEOPLE].pop()})


def _amended(world: World, ref: Ref) -> Ready:
    ready = _text_read(world, ref)
    return Ready({**ready.data, **REASON})


def _joining(world: World, ref: Ref) -> Ready:
    (partner,) = invited(world, ref, ["Bank"])
    return Ready({"agreement_partner": partner.id})


def _leaving(world: World, ref: Ref) -> Ready:
    return Ready({**_joining(world, ref).data, **REASON})


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
    "open_for_signature": _text_read,
    "recall_text": _given(**REASON),
    "conclude": _signed,
    "amend": _amended,
    "expire": _given(**REASON),
    "set_terms": _given(title="Umowa o współpracy"),
    "write_text": _given(agreement_text="Nowa treść."),
    "note_accession": _joining,
    "note_exit": _leaving,
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
    cases=CONFERENCE_CASES,
    holders=_holders,
    is_public=lambda _case: True,
    preparations=CONFERENCE_PREPARATIONS,
    enter=_walk(CONFERENCE_WAYS, CONFERENCE_PREPARATIONS, _conference),
)
AGREEMENT_PLAY = Play(
    rows=tuple(raw_rows("agreement")),
    cases=AGREEMENT_CASES,
    holders=_holders,
    is_public=lambda _case: True,
    preparations=AGREEMENT_PREPARATIONS,
    enter=_walk(AGREEMENT_WAYS, AGREEMENT_PREPARATIONS, _agreement),
)
