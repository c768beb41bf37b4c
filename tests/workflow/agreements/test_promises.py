"""Promises of partners: found by the organisation or its name, counted by how they were kept."""

from sqlalchemy import insert, select

from tests.agreement import invited, opened, signed
from tests.world import World
from workflow.agreements.promises import PromiseCount, counts_of, promises_of
from workflow.models import AgreementPartner, Promise


def test_a_partner_is_shown_with_its_promises_and_how_it_keeps_them(world: World) -> None:
    project = world.proposal_in("selected")
    agreement = opened(world, world.edition_of(project))
    partner, other = invited(world, agreement, ("Szkoła", "Bank"))
    for ref in (partner, other):
        signed(world, ref)
    with world.writing() as tx:
        query = select(AgreementPartner.organisation_id).where(AgreementPartner.id == partner.id)
        own = tx.execute(query).scalar_one()
        rows = [
            {"organisation_id": own, "partner": "SP nr 1", "text": "Sala", "state": "kept"},
            {"organisation_id": None, "partner": "szkoła", "text": "Opiekun", "state": "open"},
            {"organisation_id": None, "partner": "Kto inny", "text": "Autokar", "state": "not_kept"},
        ]
        for row in rows:
            tx.execute(insert(Promise).values(proposal_id=project.id, created_at=world.at, **row))
        assert [(line.text, line.state) for line in promises_of(tx, partner.id)] == [
            ("Sala", "kept"),
            ("Opiekun", "open"),
        ]
        assert promises_of(tx, other.id) == []
        counted = counts_of(tx, agreement.id)
    assert counted == {"Szkoła": PromiseCount(made=2, kept=1)}
    assert counted["Szkoła"].open == 1
