"""The packet of sheets: a bookmark for each project, everything of its sheet, tagged, forty within seconds."""

from io import BytesIO
from time import perf_counter

from msgspec.structs import replace
from pypdf import PdfReader

from tests.workflow.sheet.test_pdf import AT, CONTENT, PRINT, SHEET, words
from tests.world import World
from workflow.db.database import Database
from workflow.sheet.packet import Packet, packet_pdf
from workflow.submission.packet import packet_of

FORTY = [
    replace(PRINT, number=number, content={**CONTENT, "title": f"Projekt {number}",
                                           "sheet": {**SHEET, "goals": "Zażółcić gęślą jaźń. " * 150}})
    for number in range(1, 41)
]  # fmt: skip


def test_every_project_has_a_bookmark_on_its_own_page_with_its_sections_below() -> None:
    reader = PdfReader(BytesIO(packet_pdf(Packet("Edycja 2027", FORTY[:3], AT))))
    title, *rest = reader.outline
    assert title["/Title"] == "Komplet kart projektów"
    projects = [one for one in rest if not isinstance(one, list)]
    assert [one["/Title"] for one in projects] == ["1. Projekt 1", "2. Projekt 2", "3. Projekt 3"]
    pages = [reader.get_destination_page_number(one) for one in projects]
    assert pages == sorted(set(pages))
    assert all(number > 0 for number in pages)
    sections = [one["/Title"] for one in next(one for one in rest if isinstance(one, list))]
    assert sections == [label for name, label in PRINT.sections if name != "title"]


def test_it_is_tagged_and_the_same_each_time_and_lists_projects_with_their_pages() -> None:
    made = packet_pdf(Packet("Edycja 2027", FORTY[:2], AT))
    root = PdfReader(BytesIO(made)).trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"])
    assert root["/Lang"] == "pl-PL"
    assert made == packet_pdf(Packet("Edycja 2027", FORTY[:2], AT))
    for part in ("1 Projekt 1 kultura 1 349,99 zł 2", "Gmina Gąbin", "demo/12/34", "Zażółcić gęślą jaźń."):
        assert part in words(made), part


def test_forty_sheets_are_made_within_a_request() -> None:
    began = perf_counter()
    reader = PdfReader(BytesIO(packet_pdf(Packet("Edycja 2027", FORTY, AT))))
    assert perf_counter() - began < 20, "about a second on a machine that does nothing else"
    assert len([one for one in reader.outline if not isinstance(one, list)]) == 41


def test_the_packet_holds_what_the_committee_has_before_it_with_receipts(database: Database) -> None:
    world = World(database)
    ref = world.proposal_in("presented")
    edition = world.edition_of(ref)
    young = world.edition("conferences")
    world.idea(young, title="Jeszcze nie zgłoszony")
    with database.reading() as tx:
        packet = packet_of(tx, world.facts(edition).edition, at=world.at, names_minors=True)
        assert packet_of(tx, world.facts(young).edition, at=world.at, names_minors=True).sheets == []
    assert [sheet.content["title"] for sheet in packet.sheets] == [world.facts(ref)["title"]]
    assert packet.sheets[0].handed_in
    assert packet.sheets[0].handed_in.digest == world.facts(ref).sheet_digest()
