"""A partnership agreement to test against: its text, its organisations, their mandates and signatures, by legal steps."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from tests.world import World
from workflow.agreements.actions import invite_all, read_text
from workflow.base.calendar import warsaw_date
from workflow.base.collation import fold
from workflow.models import Affiliation, AgreementPartner, Document, Organisation
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Ref

TEXT = "Strony współpracują przy projektach.\n\nUmowa wchodzi w życie z dniem zawarcia."


def drafted(world: World, edition: Ref, **terms: object) -> Ref:
    """An agreement whose text is written."""
    ref = world.create("agreement", "draft_agreement", "staff", edition=edition, title="Umowa partnerstwa", **terms)
    world.take(ref, "write_text", "staff", agreement_text=TEXT,
               annexes=[{"annex": "Wykaz projektów", "annex_text": "Świetlica"}])  # fmt: skip
    return ref


def seen(world: World, agreement: Ref, who: str) -> str:
    """The control code of the newest text, which somebody has opened."""
    d = Document
    query = select(d.id, d.data_digest).where(d.kind == DocumentKind.AGREEMENT, d.subject_id == agreement.id)
    with world.writing() as tx:
        row = tx.execute(query.order_by(d.version.desc()).limit(1)).one()
        read_text(tx, row.id, actor=world[who], at=world.at)
    return str(row.data_digest)


def opened(world: World, edition: Ref, **terms: object) -> Ref:
    """An agreement that is open for signature."""
    ref = drafted(world, edition, **terms)
    world.take(ref, "open_for_signature", "staff", digest=seen(world, ref, "staff"))
    return ref


def organisation(world: World, name: str, *, member: str = "") -> int:
    """An organisation, with one of the people of the world in it."""
    with world.writing() as tx:
        values = {
            "name": name,
            "search": fold(name),
            "kind": "association",
            "sector": "kultura",
            "created_at": world.at,
        }
        number = int(tx.execute(insert(Organisation).values(**values).returning(Organisation.id)).scalar_one())
        if member:
            tx.execute(insert(Affiliation).values(person_id=world[member].id, organisation_id=number))
    return number


def invited(world: World, agreement: Ref, names: Sequence[str], *, member: str = "") -> list[Ref]:
    """Partners that were invited just now, in this order."""
    chosen = [organisation(world, name, member=member) for name in names]
    with world.writing() as tx:
        invite_all(tx, agreement, chosen, answer_day=None, actor=world["staff"], at=world.at)
        p = AgreementPartner
        query = select(p.id).where(p.organisation_id.in_(chosen)).order_by(p.number)
        return [Ref("agreement_partner", number) for number in tx.execute(query).scalars()]


def mandated(world: World, partner: Ref, *, person: str = "") -> None:
    """Record who signs for a partner, with an account where one is named."""
    data = {"person": world[person].id} if person else {}
    world.take(partner, "receive_mandate", "staff", signatory_name="Anna Nowak", signatory_function="prezes",
               mandate="KRS, 1 marca", **data)  # fmt: skip


def signed(world: World, partner: Ref) -> None:
    """Record a mandate and a signature on paper."""
    mandated(world, partner)
    world.take(partner, "sign_on_paper", "staff", day=warsaw_date(world.at), paper_in_office=True)
