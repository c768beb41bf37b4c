"""Minors: who has consented, and that nobody outside their group and the office ever reads their names."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from sqlalchemy import func, select, update
from werkzeug.routing import Rule

from tests.web.stage import Stage
from workflow.accounts.tokens import create_token
from workflow.base.calendar import utc_now
from workflow.models import Conference, Delivery, Edition, Person, Proposal
from workflow.notifications import message_data
from workflow.notifications.messages import compose
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.registry import newest, tables
from workflow.rules.sheet_sections import CATALOGUE

pytestmark = pytest.mark.slow

LEADER, MEMBER = "Zuzanna Wyjątkowa", "Kacper Niezwykły"
NAMES = (LEADER, MEMBER, "Wyjątkowa", "Niezwykły")
OUTSIDERS = (None, "visitor", "participant", "leader2", "chair", "committee1", "secretary", "appeal_body", "partner",
             "coordinator")  # fmt: skip
KINDS = {
    "projekty": "proposal",
    "edycje": "edition",
    "konferencje": "conference",
    "umowy": "agreement",
    "partnerzy-umowy": "agreement_partner",
}
# Doors that end a session or lead elsewhere than to a page.
NOT_SWEPT = re.compile(r"^static$")


def pupils(stage: Stage) -> None:
    """The leader and a member of the group are minors with consent."""
    with stage.db.transaction() as tx:
        for who, name in (("leader", LEADER), ("member", MEMBER)):
            change = {"name": name, "is_minor": True, "guardian_consent_at": stage.world.now}
            tx.execute(update(Person).where(Person.id == stage.world[who].id).values(**change))
            stage.world.people[who] = type(stage.world[who])(stage.world[who].id, name)


def paths(stage: Stage, refs: Sequence[Ref]) -> Iterator[str]:
    """Every address that can be looked at, filled with what belongs to these proposals of one edition."""
    edition = stage.world.edition_of(refs[0])
    with stage.db.reading() as tx:
        key = tx.execute(select(Edition.key).where(Edition.id == edition.id)).scalar_one()
        met = tx.execute(select(func.min(Conference.id)).where(Conference.edition_id == edition.id)).scalar_one()
        other = tx.execute(select(func.max(Proposal.id))).scalar_one()
    mine = [ref.id for ref in refs]
    values = {
        "edition_key": [key], "proposal_id": sorted({*mine, other}), "conference_id": [met], "agreement_id": [1],
        "agreement_partner_id": [1],
        "number": [1, 2], "person_id": [stage.world["leader"].id], "section": ["goals"],
    }  # fmt: skip
    for rule in stage.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not NOT_SWEPT.match(rule.endpoint):
            if rule.endpoint == "steps.ask" and "proposal_id" in rule.arguments:
                # What a step says depends on what was done before: nothing yet in the other group.
                for ref in refs:
                    yield from filled(rule, {"proposal_id": [ref.id], "name": steps_from(stage.world.state(ref))})
            else:
                yield from filled(rule, {**values, "name": names_in(rule)})


def names_in(rule: Rule) -> list[object]:
    """What the last part of an address may be called."""
    if rule.endpoint == "sheet.edit":
        return [section.name for section in CATALOGUE]
    if rule.endpoint == "steps.ask":
        return steps_of(KINDS.get(rule.rule.split("/")[1], ""))
    return [1]


def steps_of(kind: str) -> list[object]:
    mine = (table for table in tables().values() if table.kind == kind)
    return sorted({row.name for table in mine for row in table.rows})


def steps_from(state: str) -> list[object]:
    """The steps that a proposal may take from a state, and three others: those all say that the step is not there."""
    names = {row.name for row in newest("proposal").steps_from(state)}
    return [*sorted(names), *[name for name in steps_of("proposal") if name not in names][:3]]


def choices(rule: Rule, name: str) -> list[object]:
    """The words of which one stands in a place of an address, where it names them."""
    return sorted(getattr(rule._converters.get(name), "items", ()))


def filled(rule: Rule, values: dict[str, list[object]]) -> Iterator[str]:
    addresses: list[dict[str, object]] = [{}]
    for name in sorted(rule.arguments):
        addresses = [
            {**one, name: value} for one in addresses for value in choices(rule, name) or values.get(name, [1])
        ]
    for one in addresses:
        built = rule.build(one)
        if built:
            yield str(built[1])


def text_of(answer: object) -> str:
    """The words of an answer, those inside a workbook or another archive too."""
    data: bytes = answer.get_data()  # type: ignore[attr-defined]
    if is_zipfile(BytesIO(data)):
        with ZipFile(BytesIO(data)) as found:
            return "\n".join(found.read(name).decode("utf-8", "replace") for name in found.namelist())
    return data.decode("utf-8", "replace")


def handed_in(stage: Stage) -> list[Ref]:
    """A proposal of pupils that is handed in, and one that its group still writes, beside that of another group."""
    pupils(stage)
    submitted = stage.world.proposal_in("submitted")
    edition = stage.world.edition_of(submitted)
    written = stage.world.idea(edition, title="Szkolny ogród")
    stage.world.lead(written, "group_work")
    stage.world.idea(edition, who="leader2", title="Klub sąsiedzki")
    return [submitted, written]


def selected(stage: Stage) -> list[Ref]:
    """A proposal of pupils that the committee has selected."""
    pupils(stage)
    return [stage.world.proposal_in("selected")]


def test_no_page_no_export_and_no_program_tells_outsiders_the_name_of_a_minor(stage: Stage) -> None:
    """In two editions, of which one has announced; what names neither of them is asked for once."""
    editions = handed_in(stage), selected(stage)
    addresses = list(dict.fromkeys(path for refs in editions for path in paths(stage, refs)))
    told = []
    for who in OUTSIDERS:
        browser, key, seen = stage.as_(who), token_of(stage, who), 0
        for path in addresses:
            answer = browser.client.get(path, headers=key if path.startswith("/api/") else {})
            seen += answer.status_code == 200
            text = text_of(answer)
            told += [(who, path) for name in NAMES if name in text]
        assert seen >= 25, who
    assert told == []


def token_of(stage: Stage, who: str | None) -> dict[str, str]:
    if who is None:
        return {}
    with stage.db.transaction() as tx:
        key = create_token(tx, stage.world[who].id or 0, name="sweep", at=utc_now())
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize("who", ["leader", "member2", "staff", "animator", "admin"])
def test_the_group_and_the_office_read_the_name(stage: Stage, who: str) -> None:
    submitted, *_written = handed_in(stage)
    assert LEADER in stage.page(who, f"/projekty/{submitted.id}")


def test_no_letter_tells_outsiders_the_name_of_a_minor(stage: Stage) -> None:
    selected(stage)
    relay_all(stage.db, base_url="http://127.0.0.1", at=utc_now())
    inside = {stage.world[who].id for who in ("leader", "member", "member2", "staff", "staff2", "animator")}
    with stage.db.reading() as tx:
        ids = tx.execute(select(Delivery.id).where(Delivery.recipient_id.not_in(inside))).scalars().all()
        found = message_data.addressed(tx, ids)
    assert found
    for one in found.values():
        letter = compose(one.facts, one.text, one.language)
        assert not any(name in str(letter) for name in NAMES), letter
