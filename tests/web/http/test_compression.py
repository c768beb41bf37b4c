import gzip
import hashlib
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.web.conftest import Browser
from web.http.template_context import STATIC

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
YEAR = "public, max-age=31536000, immutable"


def get(app: Flask, address: str, **headers: str) -> TestResponse:
    """The whole answer, with the file behind it closed."""
    return app.test_client().get(address, headers=headers, buffered=True)


def addresses(app: Flask) -> list[str]:
    """The files that every page names."""
    page = get(app, "/login").text
    return sorted(set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page)))


def test_texts_of_ours_go_out_compressed_and_say_the_same(app: Flask) -> None:
    texts = [one for one in addresses(app) if re.search(r"\.(css|js)\?", one)]
    assert len(texts) == 3
    for address in texts:
        small, plain = get(app, address, **GZIP), get(app, address)
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(small.data) == plain.data
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
        assert "Accept-Encoding" in small.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]


def test_named_by_their_content_files_are_kept_for_a_year_and_others_are_asked_for(app: Flask) -> None:
    for address in addresses(app):
        kept = get(app, address, **GZIP).headers["Cache-Control"]
        assert kept == YEAR, address
    assert "immutable" not in get(app, "/static/app.css", **GZIP).headers["Cache-Control"]


def test_compressed_file_that_the_browser_has_is_not_sent_again(app: Flask) -> None:
    first = get(app, "/static/app.css", **GZIP)
    again = get(app, "/static/app.css", **GZIP, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert "Accept-Encoding" in again.headers["Vary"]


@pytest.mark.parametrize("refusal", ["", "identity", "gzip;q=0", "br"])
def test_browser_that_does_not_take_gzip_gets_the_plain_file(app: Flask, refusal: str) -> None:
    answer = get(app, "/static/app.css", **{"Accept-Encoding": refusal})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


def test_fonts_and_missing_files_are_left_alone(app: Flask) -> None:
    (font,) = [one for one in addresses(app) if one.endswith(".woff2")]
    assert "Content-Encoding" not in get(app, font, **GZIP).headers
    assert get(app, "/static/none.css", **GZIP).status_code == 404
    assert get(app, "/static/../app.py", **GZIP).status_code == 404


def test_the_name_of_a_font_carries_the_hash_of_its_content() -> None:
    for font in (STATIC / "fonts").glob("*.woff2"):
        assert font.stem.rpartition(".")[2] == hashlib.sha256(font.read_bytes()).hexdigest()[:10]


def test_pages_with_tokens_are_never_compressed(member: Browser, app: Flask) -> None:
    for browser, path in ((Browser(app), "/login"), (member, "/konto")):
        answer = browser.get(path, headers=GZIP)
        assert "csrf_token" in answer.text
        assert "Content-Encoding" not in answer.headers
