import json

from tests.web.commands.conftest import Run
from tests.world import World
from workflow.db.database import Database


def test_the_command_prints_days_and_how_it_ends(run: Run, database: Database) -> None:
    world = World(database)
    key = world.facts(world.edition_of(world.proposal_in("group_work")))["key"]
    code, out, err = run("rehearse", key, "--json")

    assert (code, err) == (0, "")
    *days, ending = [json.loads(line) for line in out.splitlines()]
    assert [letter["subject"] for letter in days[-1]["letters"]]
    assert ending["remaining"][0]["count"] == 1
    code, text, _err = run("rehearse", key, "--until", days[0]["day"])
    assert code == 0
    assert days[0]["letters"][0]["subject"] in text
    assert run("rehearse", "nowhere") == (1, "", "partnerstwo: There is no edition nowhere.\n")
    assert run("rehearse", key, "--until", "tomorrow")[0] == 2
