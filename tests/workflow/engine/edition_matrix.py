"""What an edition needs before each of its steps, by hand; see tests/workflow/engine/matrix.py."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.programme import PHASES, SUMMARY
from tests.workflow.engine.matrix import HOLDERS, Case, Meant, Preparation, Ready, raw_rows
from tests.workflow.stage import Play
from tests.world import World
from workflow.base.calendar import warsaw_date
from workflow.rules.facts import Ref

REASON = {"reason": "Wybory samorządowe."}
EDITION_CASES = (*map(Case, (*PHASES, "cancelled", "archived")), Case("suspended", "conferences"))


def _enter(world: World, case: Case) -> Ref:
    if case.state in PHASES:
        return world.edition(case.state)
    edition = world.edition(case.came_from or "conferences")
    if case.state == "suspended":
        world.take(edition, "suspend", "staff", **REASON)
    elif case.state == "cancelled":
        world.take(edition, "initiators_decide", "staff", **REASON)
        world.take(edition, "cancel", "staff", **REASON)
    else:
        world.take(edition, "archive", "admin", **REASON)
    return edition


def _after(*deeds: Callable[[World, Ref], Any], **data: Any) -> Preparation:
    def prepare(world: World, ref: Ref) -> Ready:
        for deed in deeds:
            deed(world, ref)
        return Ready(data)

    return prepare


def _admit_something(world: World, edition: Ref) -> None:
    world.lead(world.idea(edition), "admitted")
    world.wait(SUMMARY)


def _annul(world: World, edition: Ref) -> None:
    (ref, *_others) = world.proposals(edition, "selected")
    world.resolve("annul", ref)
    world.take(ref, "annul_decision", "chair")


def _finish_file(world: World, edition: Ref) -> None:
    world.take(edition, "publish_final_report", "staff", report="Wszystko zrobione.")
    world.take(edition, "hand_over_file", "staff", archive_category="A")


def _revise(world: World, edition: Ref) -> None:
    later = warsaw_date(world.at) + timedelta(days=90)
    world.take(edition, "set_calendar", "staff", submission_until=later)


def _close_proposals(world: World, edition: Ref) -> None:
    world.take(edition, "initiators_decide", "staff", **REASON)
    for state in ("admitted", "presented"):
        for ref in world.proposals(edition, state):
            world.take(ref, "withdraw", "leader", group_informed=True, **REASON)


PREPARATIONS: Mapping[str, Preparation] = {
    "announce": _after(World.plan_conferences),
    "open_summary": _after(_admit_something),
    "open_selection": _after(World.finish_summary),
    "announce_results": _after(World.finish_selection),
    "close_appeals": _after(lambda world, _edition: world.wait(15)),
    "reopen_selection": _after(_annul),
    "conclude_agreement": _after(lambda world, edition: world.take(edition, "waive_agreement", "staff", **REASON)),
    "start_closing": _after(World.settle_all),
    "close": _after(_finish_file),
    "suspend": _after(**REASON),
    "resume": _after(_revise),
    "cancel": _after(_close_proposals, **REASON),
    "archive": _after(**REASON),
    "set_rules": _after(initiators=["Starosta"]),
    "set_sections": _after(sections=[{"section": "risks", "help": "Co może pójść nie tak?"}]),
    "change_settings": _after(report_days=30),
    "change_letter_text": _after(
        letter_topic="proposal.admitted",
        letter_language="pl",
        letter_subject="Zapraszamy",
        letter_happened="Projekt „{title}” jest dopuszczony.",
    ),
    "reset_letter_text": _after(letter_topic="proposal.admitted", letter_language="pl"),
    "set_calendar": lambda world, _edition: Ready({"summary_day": warsaw_date(world.at) + timedelta(days=50)}),
    "waive_agreement": _after(**REASON),
    "initiators_decide": _after(**REASON),
    "publish_final_report": _after(report="Gotowe."),
    "hand_over_file": _after(archive_category="A"),
}


def _holders(_case: Case, _meant: Meant) -> Mapping[str, frozenset[str]]:
    return HOLDERS


EDITION_PLAY = Play(
    rows=tuple(raw_rows("edition")),
    cases=EDITION_CASES,
    holders=_holders,
    is_public=lambda case: case.state != "draft",
    preparations=PREPARATIONS,
    enter=_enter,
)
