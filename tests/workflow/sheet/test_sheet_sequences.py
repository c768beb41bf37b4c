"""Whatever people do to a sheet one after another, no text is lost: what was saved stays, what was kept can be read."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.world import World
from workflow.base.errors import NotReady, Refusal
from workflow.db.database import Database
from workflow.models import HistoryContent, HistoryEntry
from workflow.rules.facts import Ref
from workflow.rules.sheet_sections import section_digest, values_of
from workflow.sheet.versions import texts_of, versions_of

SECTIONS = ("goals", "risks", "partners")
WRITERS = ("leader", "member", "member2")
TEXT = st.sampled_from(["Cel.", "Inny cel.", "Żółć, łódź i źrebię.", "<b>Wiersz</b>\nDrugi", "x" * 3000])
DEEDS = st.lists(
    st.tuples(st.sampled_from(["open", "save"]), st.sampled_from(WRITERS), st.sampled_from(SECTIONS), TEXT), max_size=14
)
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def world(sqlite_url: str) -> Iterator[World]:
    database = Database(sqlite_url)
    yield World(database)
    database.close()


def fresh(world: World) -> Ref:
    """One more proposal in group work, in the same edition."""
    edition = next(iter(world.phases), None) or world.edition("conferences")
    ref = world.idea(edition, title=f"Pomysł {world.at.timestamp()}")
    world.form_group(ref)
    return ref


def value(section: str, text: str) -> Any:
    return [{"partner": "Gmina", "promise": text}] if section == "partners" else text


@FEW
@given(deeds=DEEDS)
def test_a_saved_text_is_only_written_over_by_somebody_who_has_read_it(world: World, deeds: list[Any]) -> None:
    ref = fresh(world)
    saved: dict[str, Any] = {}
    read: dict[tuple[str, str], Any] = {}
    for deed, who, section, text in deeds:
        if deed == "open" or (who, section) not in read:
            read[who, section] = saved.get(section)
            continue
        given = value(section, text)
        base = {section: section_digest(section, {section: read[who, section]})}
        try:
            world.take(ref, "edit_sheet", who, **{section: given}, base=base)
        except NotReady as refusal:
            assert [one.code for one in refusal.missing] == ["section_changed"]
            assert read[who, section] != saved.get(section) != given
        else:
            unchanged = given == read[who, section]
            assert unchanged or saved.get(section) in (read[who, section], given)
            saved[section] = saved.get(section) if unchanged else given
            read[who, section] = saved[section]
        assert {name: one for name, one in world.facts(ref)["sheet"].items() if name in SECTIONS} == {
            name: one for name, one in saved.items() if one is not None
        }


WORKS = st.lists(
    st.tuples(st.sampled_from(["edit", "keep", "merge", "unmerge", "submit", "return"]), st.booleans(), TEXT),
    max_size=12,
)


@FEW
@given(works=WORKS)
def test_edits_versions_mergers_and_hand_ins_lose_no_text(world: World, works: list[Any]) -> None:
    pair = (fresh(world), fresh(world))
    now = dict.fromkeys(pair, "")
    kept: dict[tuple[Ref, int], str] = {}
    typed: set[tuple[Ref, str]] = set()
    for work, first, text in works:
        ref, other = pair if first else pair[::-1]
        try:
            done(world, work, ref, other, text)
        except Refusal:
            continue
        if work == "edit":
            now[ref] = text
            typed.add((ref, text))
        if work in ("keep", "merge", "submit"):
            kept[ref, len(versions(world, ref))] = now[ref]
    for ref in pair:
        assert world.facts(ref)["sheet"].get("goals", "") == now[ref]
        assert texts(world, ref) == {number: text for (one, number), text in kept.items() if one == ref}
        assert {text for one, text in typed if one == ref} <= written(world, ref)


def done(world: World, work: str, ref: Ref, other: Ref, text: str) -> None:
    """One deed, with what it needs before."""
    if work == "edit":
        world.take(ref, "edit_sheet", "leader", goals=text)
    elif work == "keep":
        world.take(ref, "keep_version", "leader", label=text[:50])
    elif work == "merge":
        for one, target in ((ref, other), (other, ref)):
            world.take(one, "agree_to_merge", "leader", target=target.id)
        world.take(ref, "merge_into", "staff", target=other.id)
    elif work == "unmerge":
        world.take(ref, "ask_to_unmerge", "leader", reason="Jednak osobno.")
        world.take(ref, "unmerge", "staff")
    elif work == "submit":
        rest = {"places": ["Gąbin"], "beneficiaries": "My.", "partners": "Gmina.", "risks": "Deszcz.",
                "timetable": "Maj.", "cost": "1"}  # fmt: skip
        world.take(ref, "edit_sheet", "leader", **rest)
        world.take(ref, "submit" if world.state(ref) == "group_work" else "resubmit", "leader",
                   **({} if world.state(ref) == "group_work" else {"explanation": "Poprawione."}))  # fmt: skip
    else:
        world.send_back(ref)


def versions(world: World, ref: Ref) -> list[int]:
    with world.database.reading() as tx:
        return [one.number for one in versions_of(tx, ref.id, names_minors=True)]


def texts(world: World, ref: Ref) -> dict[int, str]:
    """The goals in each version, whose digest is that of its text."""
    with world.database.reading() as tx:
        found = texts_of(tx, ref.id, versions(world, ref))
    for one in found.values():
        told = json.dumps(one.content, sort_keys=True, ensure_ascii=False)
        assert one.digest == sha256(told.encode()).hexdigest()
    return {number: one.content["sheet"].get("goals", "") for number, one in found.items()}


def written(world: World, ref: Ref) -> set[str]:
    """Every text of the goals that the history knows."""
    h, c = HistoryEntry, HistoryContent
    query = select(c.data).join(h, h.id == c.history_id).where(h.subject_id == ref.id, h.step == "edit_sheet")
    with world.database.reading() as tx:
        return {data["goals"] for data in tx.execute(query).scalars() if "goals" in data}


def test_the_values_of_a_sheet_are_those_of_its_content(world: World) -> None:
    facts = world.facts(fresh(world))
    assert values_of(facts.own) == values_of(facts.sheet_content())
