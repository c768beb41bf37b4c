"""Partners of an agreement: invited, mandated, signed on the text that was shown; the count is never typed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select

from tests.agreement import drafted, invited, mandated, opened, organisation, seen, signed
from tests.world import World
from workflow.agreements.actions import invite_all, remind_all
from workflow.agreements.queries import amendments_of, invitable, partners_of, public_partners, versions_of
from workflow.base.calendar import warsaw_date
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.models import (
    Agreement,
    AgreementPartner,
    AgreementPartnerFile,
    HistoryContent,
    HistoryEntry,
    LetterBatch,
    OutboxRow,
)
from workflow.rules.agreement import PartnerPaper
from workflow.rules.documents import DocumentKind
from workflow.rules.facts import Ref
from workflow.rules.letter_batches import BatchKind, BatchState


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On the embedded database alone; `test_replayed_agreement` takes the same steps on both."""
    return sqlite_url


@pytest.fixture
def edition(world: World) -> Ref:
    return world.edition("conferences", minimum_signatures=2)


def codes(refusal: NotReady) -> set[str]:
    return {missing.code for missing in refusal.missing}


def test_signatures_are_counted_from_the_partners_that_signed(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    first, second, third = invited(world, agreement, ("Gmina Gąbin", "Szkoła", "Bank"))
    signed(world, first)
    with pytest.raises(NotReady) as few:
        world.take(agreement, "conclude", "staff")
    assert codes(few.value) == {"too_few_signatures"}
    signed(world, second)
    world.take(third, "refuse", "staff", reason="Rada się nie zgodziła.")
    world.take(agreement, "conclude", "staff")
    with world.writing() as tx:
        row = tx.execute(select(Agreement.partners, Agreement.concluded_on)).one()
        assert (row.partners, row.concluded_on) == (2, world.at)
        assert [partner.name for partner in public_partners(tx, agreement.id)] == ["Gmina Gąbin", "Szkoła"]
        assert len(versions_of(tx, agreement.id, DocumentKind.CERTIFICATE)) == 1


def test_nobody_signs_a_text_that_was_not_opened(world: World, edition: Ref) -> None:
    agreement = drafted(world, edition)
    (partner,) = invited(world, agreement, ("Szkoła",))
    mandated(world, partner, person="leader")
    with pytest.raises(NotReady) as closed:
        world.take(partner, "sign_on_paper", "staff", day=warsaw_date(world.at), paper_in_office=True)
    assert codes(closed.value) == {"not_open"}
    with pytest.raises(NotReady) as unread:
        world.take(agreement, "open_for_signature", "staff", digest="0" * 64)
    assert codes(unread.value) == {"not_read"}
    world.take(agreement, "open_for_signature", "staff", digest=seen(world, agreement, "staff"))
    with pytest.raises(NotReady) as unseen:
        world.take(partner, "sign", "leader", digest="0" * 64)
    assert codes(unseen.value) == {"not_read"}
    digest = seen(world, agreement, "leader")
    with pytest.raises(NotReady) as other:
        world.take(partner, "sign", "leader", digest="0" * 64)
    assert codes(other.value) == {"other_version"}
    world.take(partner, "sign", "leader", digest=digest)
    with world.writing() as tx:
        (row,) = partners_of(tx, agreement.id)
    assert (row.state, row.signed_by, row.signed_on, row.lacks_scan) == ("signed", "system", world.at, False)


def test_only_the_signatory_signs_and_strangers_find_no_invitation(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    (partner,) = invited(world, agreement, ("Szkoła",))
    mandated(world, partner, person="leader")
    with pytest.raises(NotAllowed):
        world.take(partner, "sign", "staff", digest=seen(world, agreement, "staff"))
    with pytest.raises(NotFound):
        world.take(partner, "refuse", "member", reason="Nie.")


def test_an_accession_and_an_exit_are_numbered_amendments(world: World, edition: Ref) -> None:
    agreement = opened(world, edition, minimum_signatures=1)
    first, second = invited(world, agreement, ("Gmina Gąbin", "Szkoła"))
    signed(world, first)
    world.take(agreement, "conclude", "staff")
    signed(world, second)
    world.take(first, "withdraw", "staff", reason="Likwidacja.")
    world.take(agreement, "write_text", "staff", agreement_text="Nowa treść.")
    world.take(agreement, "amend", "staff", reason="Nowy cel.", digest=seen(world, agreement, "staff"))
    with world.writing() as tx:
        lines = [(line.number, line.kind, line.partner, line.text_version) for line in amendments_of(tx, agreement.id)]
        assert lines == [(1, "accession", "Szkoła", None), (2, "exit", "Gmina Gąbin", None), (3, "text", "", 2)]
        assert tx.execute(select(Agreement.partners)).scalar_one() == 1
        assert len(versions_of(tx, agreement.id, DocumentKind.CERTIFICATE)) == 4
        assert [partner.name for partner in public_partners(tx, agreement.id)] == ["Szkoła"]


def test_the_text_cannot_be_replaced_once_somebody_signed(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    (partner,) = invited(world, agreement, ("Szkoła",))
    world.take(agreement, "recall_text", "staff", reason="Błąd w treści.")
    world.take(agreement, "write_text", "staff", agreement_text="Poprawiona.")
    world.take(agreement, "open_for_signature", "staff", digest=seen(world, agreement, "staff"))
    signed(world, partner)
    with pytest.raises(NotReady) as late:
        world.take(agreement, "recall_text", "staff", reason="Błąd.")
    assert codes(late.value) == {"signed_already"}


def test_a_text_written_before_the_terms_changed_is_written_again(world: World, edition: Ref) -> None:
    agreement = drafted(world, edition)
    digest = seen(world, agreement, "staff")
    world.take(agreement, "set_terms", "staff", title="Umowa o współpracy")
    with pytest.raises(NotReady) as outdated:
        world.take(agreement, "open_for_signature", "staff", digest=digest)
    assert codes(outdated.value) == {"text_outdated"}


def test_bad_days_are_refused(world: World, edition: Ref) -> None:
    agreement = opened(world, edition, minimum_signatures=1)
    first, _second = invited(world, agreement, ("Gmina Gąbin", "Szkoła"))
    mandated(world, first)
    tomorrow, yesterday = (warsaw_date(world.at) + timedelta(days=days) for days in (1, -1))
    with pytest.raises(NotReady):
        world.take(first, "sign_on_paper", "staff", day=tomorrow)
    with pytest.raises(NotReady) as long_ago:
        world.take(first, "sign_on_paper", "staff", day=date(1995, 1, 1), paper_in_office=True)
    assert codes(long_ago.value) == {"signed_long_ago"}
    world.take(first, "sign_on_paper", "staff", day=warsaw_date(world.at), paper_in_office=True)
    for day in (tomorrow, yesterday):
        with pytest.raises(NotReady):
            world.take(agreement, "conclude", "staff", day=day)
    other = organisation(world, "Bank")
    with world.writing() as tx, pytest.raises(NotReady):
        invite_all(tx, agreement, [other], answer_day=yesterday, actor=world["staff"], at=world.at)


def test_organisations_are_invited_once_and_letters_wait(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    first = organisation(world, "Szkoła", member="leader")
    with world.writing() as tx:
        assert invitable(tx, edition.id) == [(first, "Szkoła")]
        batch_id = invite_all(tx, agreement, [first], answer_day=None, actor=world["staff"], at=world.at)
        b = LetterBatch
        batch = tx.execute(select(b.kind, b.state).where(b.id == batch_id)).one()
        assert (batch.kind, batch.state) == (BatchKind.AGREEMENT, BatchState.HELD)
        waiting = tx.execute(select(func.count()).where(OutboxRow.batch_id == batch_id)).scalar_one()
        assert (waiting, invitable(tx, edition.id)) == (1, [])
        assert tx.execute(select(AgreementPartner.contact_id)).scalar_one() == world["leader"].id
    with world.writing() as tx, pytest.raises(NotReady) as twice:
        invite_all(tx, agreement, [first], answer_day=None, actor=world["staff"], at=world.at)
    assert codes(twice.value) == {"invited_already"}


def test_only_those_who_have_not_answered_are_reminded(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    first, second = invited(world, agreement, ("Gmina Gąbin", "Szkoła"))
    signed(world, first)
    with world.writing() as tx:
        batch_id = remind_all(tx, agreement, [first.id, second.id], actor=world["staff"], at=world.at)
        rows = tx.execute(select(OutboxRow.subject_id).where(OutboxRow.batch_id == batch_id)).scalars().all()
        assert rows == [second.id]
        with pytest.raises(BadInput):
            remind_all(tx, agreement, [first.id], actor=world["staff"], at=world.at)


def test_a_signature_on_paper_counts_by_its_scan_or_by_the_statement_of_the_office(world: World, edition: Ref) -> None:
    agreement = opened(world, edition)
    scanned, stated = invited(world, agreement, ("Gmina Gąbin", "Szkoła"))
    for partner in (scanned, stated):
        mandated(world, partner)
        with pytest.raises(NotReady) as refused:
            world.take(partner, "sign_on_paper", "staff", day=warsaw_date(world.at))
        assert codes(refused.value) == {"signature_not_shown"}
    with world.writing() as tx:
        paper = {"partner_id": scanned.id, "paper": PartnerPaper.SCAN, "file_name": "podpis.pdf", "file_size": 3,
                 "file_type": "application/pdf", "file_sha256": "0" * 64, "recorded_at": world.at}  # fmt: skip
        tx.execute(insert(AgreementPartnerFile).values(**paper))
    world.take(scanned, "sign_on_paper", "staff", day=warsaw_date(world.at))
    world.take(stated, "sign_on_paper", "staff", day=warsaw_date(world.at), paper_in_office=True)
    with world.writing() as tx:
        assert {row.name: row.lacks_scan for row in partners_of(tx, agreement.id)} == {
            "Gmina Gąbin": False, "Szkoła": True,
        }  # fmt: skip
        given = tx.execute(
            select(HistoryContent.data).join(HistoryEntry, HistoryEntry.id == HistoryContent.history_id)
            .where(HistoryEntry.subject_kind == "agreement_partner", HistoryEntry.subject_id == stated.id)
            .order_by(HistoryEntry.id.desc()).limit(1)
        ).scalar_one()  # fmt: skip
    assert given["paper_in_office"] is True
