"""What the program of a stranger can do with an address and a key, and nothing that it was told besides."""

import pytest

from tests.journeys.product import Product
from tests.journeys.strangers_program import Stranger
from tests.world import World
from workflow.accounts.tokens import create_token
from workflow.rules.facts import Ref

pytestmark = pytest.mark.slow
SERVICES = ("web",)


@pytest.fixture(scope="module")
def ref(world: World) -> Ref:
    return world.proposal_in("group_work")


def program(shared: Product, world: World, name: str) -> Stranger:
    """With the key of one of the people of the world."""
    with shared.database.transaction() as tx:
        return Stranger(shared.address, create_token(tx, world[name].id or 0, name="stranger", at=world.now))


@pytest.fixture
def leader(shared: Product, world: World) -> Stranger:
    return program(shared, world, "leader")


def test_a_stranger_finds_a_project_takes_what_it_is_offered_and_reads_why_it_is_refused(
    leader: Stranger, ref: Ref
) -> None:
    nobody = Stranger(leader.address)
    assert nobody.call("list_proposals").status == 401

    listed = leader.call("list_proposals").body
    assert ref.id in [one["id"] for one in listed]
    read = leader.call("show_proposal", proposal_id=ref.id)
    assert leader.lacks("ProposalDetail", read.body) == set()
    assert read.headers["etag"] == f'"{read.body["version"]}"'
    tag = {"If-None-Match": read.headers["etag"]}
    assert leader.call("show_proposal", proposal_id=ref.id, headers=tag).status == 304

    offers = {offer["name"]: offer for offer in (*read.body["steps"], *read.body["records"])}
    assert all(leader.lacks("Step", offer) == set() for offer in offers.values())
    offer = offers["describe_group"]
    assert offer["allowed"]
    body = leader.body_of(offer, read.body["version"], group_name="Sąsiedzi")
    once = {"Idempotency-Key": "stranger-1"}
    done = leader.call("take_step_of_proposal", proposal_id=ref.id, name=offer["name"], body=body, headers=once)
    assert done.status == 200
    again = leader.call("take_step_of_proposal", proposal_id=ref.id, name=offer["name"], body=body, headers=once)
    assert (again.status, again.body) == (200, done.body)

    # What is not possible yet says what is missing; what goes by an old version says so.
    now = leader.call("show_proposal", proposal_id=ref.id).body
    handing_in = next(offer for offer in now["steps"] if offer["name"] == "submit")
    assert not handing_in["allowed"]
    assert handing_in["missing"]
    body = leader.body_of(handing_in, now["version"])
    refused = leader.call("take_step_of_proposal", proposal_id=ref.id, name="submit", body=body)
    assert refused.status == 422
    assert [lack["code"] for lack in refused.body["missing"]] == [lack["code"] for lack in handing_in["missing"]]
    old = leader.body_of(offer, read.body["version"], group_name="Inni")
    refused = leader.call("take_step_of_proposal", proposal_id=ref.id, name=offer["name"], body=old)
    assert (refused.status, refused.body["current"]) == (409, now["version"])
    mistyped = leader.body_of(offer, now["version"], group_name="x" * 5000)
    refused = leader.call("take_step_of_proposal", proposal_id=ref.id, name=offer["name"], body=mistyped)
    assert (refused.status, refused.body["missing"][0]["field"]) == (422, "group_name")


def test_a_stranger_records_an_idea_and_follows_its_address(shared: Product, world: World, ref: Ref) -> None:
    participant = program(shared, world, "participant")
    edition = participant.call("list_editions").body[0]["key"]
    made = participant.call("add_proposal", body={"edition": edition, "title": "Ogród społeczny"})
    assert (made.status, made.body["title"]) == (201, "Ogród społeczny")
    number = int(made.headers["location"].rpartition("/")[2])
    assert made.headers["location"].startswith("/api/v1/proposals/")
    assert participant.call("show_proposal", proposal_id=number).headers["etag"] == made.headers["etag"]


@pytest.mark.parametrize("header", ["{tag}", "*", '"1", {tag}', " {tag} , W/{tag}", ',,"a,b",{tag}'])
def test_a_stranger_changes_a_sheet_by_every_form_of_if_match_that_the_standard_allows(
    leader: Stranger, ref: Ref, header: str
) -> None:
    read = leader.call("show_proposal", proposal_id=ref.id)
    sent = {"If-Match": header.format(tag=read.headers["etag"])}
    body = {"goals": f"Spotkania ({header})."}
    changed = leader.call("change_sheet", proposal_id=ref.id, body=body, headers=sent)
    assert (changed.status, changed.body["version"]) == (200, read.body["version"] + 1)
    assert changed.headers["etag"] == f'"{changed.body["version"]}"'


@pytest.mark.parametrize(
    ("header", "status", "reason"),
    [
        ("W/{tag}", 412, "weak tag (W/) never matches"),
        ('"999999"', 412, "names no version that there is"),
        ("{number}", 412, "cannot be read"),
        ('"1"', 412, "Somebody has changed this"),
        ("", 428, "Say which version you change"),
    ],
)
def test_a_stranger_reads_the_true_reason_why_a_change_was_refused(
    leader: Stranger, ref: Ref, header: str, status: int, reason: str
) -> None:
    read = leader.call("show_proposal", proposal_id=ref.id)
    tag = read.headers["etag"]
    sent = {"If-Match": header.format(tag=tag, number=tag.strip('"'))} if header else {}
    refused = leader.call("change_sheet", proposal_id=ref.id, body={"goals": "Inne."}, headers=sent)
    assert refused.status == status
    assert reason in refused.body["detail"]
    assert leader.call("show_proposal", proposal_id=ref.id).headers["etag"] == tag
