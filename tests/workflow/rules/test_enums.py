"""States, roles and topics are those of the tables, neither more nor fewer, and are stored and sent as plain text."""

import json
import tomllib
from enum import StrEnum
from typing import Any

import click
import orjson
import pytest
from sqlalchemy import insert, select

from tests.world import World
from web.commands.people import create
from workflow.db.database import Database
from workflow.engine.history import canonical
from workflow.lifecycle.definition import FOLDER
from workflow.models import Edition, Proposal, RoleGrant
from workflow.rules import states
from workflow.rules.permissions import RULES
from workflow.rules.role_titles import TITLES
from workflow.rules.roles import ROLES, Role
from workflow.rules.states import (
    FUNDED,
    AgreementState,
    ChangeState,
    ConferenceState,
    EditionState,
    MeetingState,
    MilestoneState,
    PartnerState,
    PollState,
    ProposalState,
)
from workflow.rules.topics import Topic

ENUM_OF: dict[str, type[StrEnum]] = {
    "local_partnership": ProposalState,
    "edition": EditionState,
    "conference": ConferenceState,
    "agreement": AgreementState,
    "meeting": MeetingState,
    "poll": PollState,
    "hall_poll": PollState,
    "agreement_partner": PartnerState,
    "milestone": MilestoneState,
    "change_request": ChangeState,
}
# Topics that no row of a table tells: what pages tell by themselves.
FROM_PAGES = {
    Topic.COMMENTED, Topic.MENTIONED, Topic.CHANGE_SUGGESTED, Topic.SUGGESTION_ANSWERED, Topic.JOIN_REQUESTED,
    Topic.JOIN_ANSWERED, Topic.SIGN_IN_LINK, Topic.INVITATION, Topic.GROUP_INVITATION,
    Topic.SCORES_MISSING, Topic.SCORES_CHANGED, Topic.DIGEST, Topic.JOB_DONE, Topic.JOB_FAILED, Topic.MAIL_STALLED,
    Topic.LIST_LETTER, Topic.TEST_LETTER, Topic.FOLLOWING_ASKED, Topic.FOLLOWED, Topic.REGISTERED, Topic.MOVED_UP,
    Topic.PLACE_TAKEN_BACK, Topic.MATTER_NEAR, Topic.MATTER_OVERDUE, Topic.ACCOUNT_OFFERED,
}  # fmt: skip
# Told when a step is taken back, by the engine.
FROM_UNDO = {topic for topic in Topic if topic.endswith(".step_undone")} | {Topic.CORRECTED}


def table(name: str) -> dict[str, Any]:
    """The raw table, read without the code that checks it."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def rows(name: str) -> list[dict[str, Any]]:
    found = table(name)
    return [*found.get("step", ()), *found.get("record", ()), *found.get("reminder", ())]


def test_every_table_has_an_enum_of_its_states() -> None:
    """An older version of a table is read for its entries alone, whose states a newer one keeps."""
    assert {path.stem.partition(".")[0] for path in FOLDER.glob("*.toml")} == ENUM_OF.keys()


@pytest.mark.parametrize("name", ENUM_OF)
def test_the_states_of_a_table_are_the_members_of_its_enum(name: str) -> None:
    assert [state["key"] for state in table(name)["state"]] == list(ENUM_OF[name])


def test_every_named_group_holds_states_of_one_table() -> None:
    groups = {name: value for name, value in vars(states).items() if isinstance(value, tuple | frozenset)}
    assert {"FUNDED", "OVER", "RESTING", "PUBLIC"} <= groups.keys()
    for name, group in groups.items():
        assert len({type(state) for state in group}) == 1, name


def test_whoever_a_table_names_is_a_role_with_a_rule_and_a_title() -> None:
    named = {who for name in ENUM_OF for row in rows(name) for who in row.get("who", ())}
    assert named <= set(Role)
    assert set(RULES) == set(Role) - {Role.ARCHIVIST}
    assert set(TITLES) == set(Role)
    assert all(type(role) is Role for role in (*RULES, *TITLES, *ROLES))


def test_every_topic_is_told_by_a_table_or_by_the_code_named_here() -> None:
    told = {row[key] for name in ENUM_OF for row in rows(name) for key in ("tells", "before", "after") if row.get(key)}
    assert told | FROM_PAGES | FROM_UNDO == set(Topic)


def test_every_row_of_every_table_says_in_both_languages_what_was_done() -> None:
    """Messages and the history tell the past; a label that is an order would read „Zapisano: Zgłoś wniosek.”"""
    tables = [tomllib.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.toml")]
    every = [row for found in tables for row in (*found.get("step", ()), *found.get("record", ()))]
    assert len(every) > 150
    lacking = [row["name"] for row in every if row.get("done", {}).keys() != {"pl", "en"}]
    assert not lacking, f"rows without `done` in both languages: {lacking}"
    assert not [row["name"] for row in every if row["done"]["pl"] == row["label"]["pl"]]


def test_a_member_is_written_as_its_text_in_every_form_of_json() -> None:
    plain, members = {"state": "selected", "who": ["staff"]}, {"state": ProposalState.SELECTED, "who": [Role.STAFF]}
    assert orjson.dumps(members) == orjson.dumps(plain)
    assert orjson.dumps({Role.STAFF: 1}, option=orjson.OPT_NON_STR_KEYS) == orjson.dumps({"staff": 1})
    assert json.dumps(members) == json.dumps(plain)
    assert canonical(members) == canonical(plain)
    assert f"{Role.STAFF}" == str(Role.STAFF) == "staff"


def test_the_command_line_offers_roles_by_their_words() -> None:
    role = next(parameter for parameter in create.params if parameter.name == "role")
    assert isinstance(role.type, click.Choice)
    assert role.make_metavar(click.Context(create)) == f"[{'|'.join(['admin', *(str(role) for role in ROLES)])}]"


def test_both_databases_store_and_compare_a_member_as_its_text(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("selected")
    grant = {"person_id": world["participant"].id, "edition_id": world.edition_of(ref).id, "role": Role.PARTNER}
    with database.transaction() as tx:
        tx.execute(insert(RoleGrant).values(**grant, granted_at=world.now))
        stored = tx.execute(
            select(RoleGrant.role).where(RoleGrant.role == "partner", RoleGrant.person_id == grant["person_id"])
        )
        assert [type(role) for role in stored.scalars()] == [str]
        by_member = select(Proposal.state).join(Edition).where(
            Proposal.state.in_(FUNDED), Edition.state != EditionState.DRAFT
        )  # fmt: skip
        assert tx.execute(by_member).scalars().all() == ["selected"]
