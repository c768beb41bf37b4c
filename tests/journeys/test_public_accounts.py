"""The office shows a picture of a project; a visitor finds the project, sees it, and another site shows it in a frame."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.conftest import Meet
from tests.journeys.look import too_wide
from tests.journeys.product import Product
from tests.workflow.lifecycle import documents
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SERVICES = ("web",)
WORDS = "Otwarcie świetlicy w Górce"


@pytest.fixture(scope="module")
def product(shared: Product) -> Product:
    return shared


@contextmanager
def elsewhere(page: str) -> Iterator[str]:
    """A site of somebody else with this page, on a port of its own."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

    with HTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/gmina"
        server.shutdown()


def test_a_visitor_finds_a_project_by_its_words_and_another_site_shows_it(world: World, meet: Meet) -> None:
    ref = world.proposal_in("in_implementation")
    staff, visitor = meet("staff"), meet("", signed_in=False, width=390)

    staff.open(f"/projekty/{ref.id}/pliki")
    photo: FilePayload = {
        "name": "otwarcie.jpg", "mimeType": "image/jpeg", "buffer": documents.picture(size=(1200, 800)),
    }  # fmt: skip
    staff.page.set_input_files("[name=file]", photo)
    staff.fill({"file_kind": "picture"})
    staff.send("Dodaj plik")
    staff.told()
    staff.page.get_by_text("Pokaż na stronie publicznej").first.click()
    staff.page.get_by_label("Co na nim widać").fill(WORDS)
    staff.page.get_by_role("button", name="Pokaż na stronie publicznej").click()
    expect(staff.page.locator(".file-public")).to_contain_text(WORDS)

    visitor.open("/")
    visitor.page.get_by_role("searchbox").fill("swietlice")
    visitor.page.get_by_role("button", name="Szukaj").click()
    visitor.page.get_by_role("link", name="Świetlica „Razem”").click()
    picture = visitor.page.get_by_role("img", name=WORDS)
    picture.scroll_into_view_if_needed()
    visitor.page.wait_for_function("() => document.querySelector('.photos img').naturalWidth > 0")
    assert not list(too_wide(visitor.page, 320))

    (snippet,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", visitor.page.content(), re.DOTALL)
    whole = f"<!doctype html><title>Gmina</title>{html.unescape(snippet)}"
    whole = re.sub(r"https?://[^/]+(/projekty/\d+/osadz)", rf"{visitor.address}\1", whole)
    with elsewhere(whole) as address:
        visitor.page.goto(address)
        expect(visitor.page.frame_locator("iframe").get_by_role("heading", name="Świetlica „Razem”")).to_be_visible()
