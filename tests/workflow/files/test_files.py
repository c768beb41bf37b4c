from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from PIL import Image
from sqlalchemy import select, update

from tests.workflow.lifecycle import documents
from tests.world import World
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady
from workflow.engine import machine
from workflow.files import storage
from workflow.files.actions import GRACE, YOUNG, remove_file, store_file, sweep_files
from workflow.files.storage import path_of, receive
from workflow.models import ProposalFile
from workflow.rules import file_limits
from workflow.rules.facts import Ref


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


def stored(world: World, uploads: Path, ref: Ref, content: bytes = documents.PDF, name: str = "list.pdf",
           who: str = "leader") -> int:  # fmt: skip
    received = receive(uploads, BytesIO(content), name)
    with world.database.transaction() as tx:
        return store_file(tx, uploads, ref, received, kind="letter", actor=world[who], at=world.now)


def rows(world: World) -> list[ProposalFile]:
    with world.database.reading() as tx:
        return list(tx.execute(select(ProposalFile.__table__)).all())


def on_disk(uploads: Path) -> set[str]:
    return {path.name for path in uploads.rglob("*") if path.is_file()}


def test_a_file_is_kept_with_its_size_and_digest_and_stands_in_the_history(world: World, uploads: Path) -> None:
    ref = world.proposal_in("group_work")
    stored(world, uploads, ref)
    (row,) = rows(world)
    assert (row.name, row.media_type, row.size) == ("list.pdf", "application/pdf", len(documents.PDF))
    assert path_of(uploads, row.key).read_bytes() == documents.PDF
    with world.database.reading() as tx:
        facts = machine.facts_of(tx, [ref], actor=world["leader"])[ref]
    assert facts.entry("files") == {"count": 1, "size": len(documents.PDF)}


@pytest.mark.parametrize(("content", "name"), [
    (documents.PDF, "Umowa nr 3 – Łąck.pdf"), (documents.picture(), "zdjęcie.JPG"), (documents.picture("PNG"), "plan.png"),
    (documents.picture("WEBP"), "plan.webp"), (documents.docx(), "list.docx"), (documents.odt(), "list.odt"),
    (documents.docx({"word/embeddings/tabela.xlsx": documents.zipped({"xl/workbook.xml": b"<x/>"})}), "wykres.docx"),
], ids=["pdf", "jpeg", "png", "webp", "docx", "odt", "docx-with-table"])  # fmt: skip
def test_what_people_send_is_taken(uploads: Path, content: bytes, name: str) -> None:
    assert receive(uploads, BytesIO(content), name).size == len(content)


def test_a_picture_gets_a_small_copy_without_what_the_camera_noted(world: World, uploads: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Aparat Kowalskiego"
    ref = world.proposal_in("group_work")
    stored(world, uploads, ref, documents.picture(size=(3000, 2000), exif=exif), "sala.jpg")
    (row,) = rows(world)
    small = path_of(uploads, row.key, small=True)
    with Image.open(small) as picture:
        assert picture.size == (480, 320)
        assert not picture.getexif()
    assert b"Kowalskiego" not in small.read_bytes()


def test_only_those_who_work_on_it_may_attach(world: World, uploads: Path) -> None:
    ref = world.proposal_in("group_work")
    for who in ("member", "animator", "staff"):
        stored(world, uploads, ref, who=who)
    for who in ("participant", "committee1", "leader2"):
        with pytest.raises(NotAllowed):
            stored(world, uploads, ref, who=who)
    assert len(rows(world)) == 3


def test_what_was_handed_in_gets_files_from_the_office_alone(world: World, uploads: Path) -> None:
    ref = world.proposal_in("submitted")
    with pytest.raises(NotAllowed):
        stored(world, uploads, ref)
    assert stored(world, uploads, ref, who="staff")


def test_no_form_and_no_program_can_claim_a_file_that_was_not_taken_in(world: World) -> None:
    ref = world.proposal_in("group_work")
    for claimed in ("list.pdf", {"name": "list.pdf", "size": 1, "type": "application/pdf", "sha256": ""}):
        with pytest.raises(BadInput, match="Files"):
            world.take(ref, "attach_file", "leader", file=claimed, file_kind="letter")


def test_a_full_proposal_takes_no_more_and_nothing_is_left_behind(
    world: World, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflow.rules.guards import files as guards

    monkeypatch.setattr(guards, "LARGEST_SUM", len(documents.PDF) * 2)
    ref = world.proposal_in("group_work")
    for _time in range(2):
        stored(world, uploads, ref)
    received = receive(uploads, BytesIO(documents.PDF), "trzeci.pdf")
    with pytest.raises(NotReady, match="0 kB are left"), world.database.transaction() as tx:
        store_file(tx, uploads, ref, received, kind="other", actor=world["leader"], at=world.now)
    storage.remove(uploads, received.key)
    assert on_disk(uploads) == {row.key for row in rows(world)}
    assert len(rows(world)) == 2


def test_room_comes_back_when_a_file_is_taken_away(world: World, uploads: Path) -> None:
    ref = world.proposal_in("group_work")
    number = stored(world, uploads, ref)
    with world.database.transaction() as tx:
        remove_file(tx, ref, number, actor=world["leader"], at=world.now, reason="Zły plik.")
        facts = machine.facts_of(tx, [ref], actor=world["leader"])[ref]
    (row,) = rows(world)
    assert (row.removed_at, row.removed_by_id) == (world.now, world["leader"].id)
    assert facts.entry("files") == {"count": 0, "size": 0}
    assert path_of(uploads, row.key).exists()
    with pytest.raises(NotFound), world.database.transaction() as tx:
        remove_file(tx, ref, number, actor=world["leader"], at=world.now)


def test_a_file_of_another_proposal_cannot_be_taken_away_from_here(world: World, uploads: Path) -> None:
    ref, other = world.proposal_in("group_work"), world.proposal_in("group_work")
    number = stored(world, uploads, other)
    with pytest.raises(NotFound), world.database.transaction() as tx:
        remove_file(tx, ref, number, actor=world["leader"], at=world.now)


def test_the_sweep_removes_bytes_without_a_row_and_those_taken_away_long_ago(world: World, uploads: Path) -> None:
    ref = world.proposal_in("group_work")
    kept, old = stored(world, uploads, ref), stored(world, uploads, ref, documents.picture(), "stare.jpg")
    receive(uploads, BytesIO(documents.PDF), "przerwane.pdf")
    with world.database.transaction() as tx:
        remove_file(tx, ref, old, actor=world["leader"], at=world.now)
    by_id = {row.id: row for row in rows(world)}
    assert sweep_files(world.database, uploads, at=world.now) == 0
    with world.database.transaction() as tx:
        gone = update(ProposalFile).where(ProposalFile.id == old)
        tx.execute(gone.values(removed_at=world.now - GRACE - YOUNG))
    assert sweep_files(world.database, uploads, at=world.now + 2 * YOUNG) == 2
    assert on_disk(uploads) == {by_id[kept].key}
    assert {row.id for row in rows(world) if row.bytes_removed_at} == {old}


def test_a_full_disk_is_said_before_anything_is_written(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "RESERVED_SPACE", 2**62)
    with pytest.raises(file_limits.BadFile, match="no room"):
        receive(uploads, BytesIO(documents.PDF), "list.pdf")
    assert on_disk(uploads) == set()


def test_a_workbook_as_programs_write_it_is_taken(uploads: Path) -> None:
    book, out = Workbook(), BytesIO()
    for number in range(3000):
        book.active.append([number, "Gąbin", 12.5])
    book.save(out)
    assert receive(uploads, BytesIO(out.getvalue()), "budżet.xlsx").kind.endings == ("xlsx",)
