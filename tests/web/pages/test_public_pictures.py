"""Pictures of a project on its public page: shown by the coordinator or the office with words, and hidden again."""

import re
from io import BytesIO

from PIL import Image

from tests.web.pages.test_files import send
from tests.web.stage import Stage, hidden
from workflow.rules.facts import Ref

WORDS = "Otwarcie świetlicy w Górce"
PLACE = 34853


def photograph() -> bytes:
    """A picture as a telephone makes it, with the place where it was taken."""
    file, noted = BytesIO(), Image.Exif()
    noted[PLACE] = {1: "N", 2: (52.0, 33.0, 0.0)}
    Image.new("RGB", (900, 600), "navy").save(file, "JPEG", exif=noted)
    return file.getvalue()


def with_picture(stage: Stage) -> tuple[Ref, str]:
    """A project under way with a picture among its files, and the address of the picture for everybody."""
    ref = stage.world.proposal_in("in_implementation")
    assert send(stage, "staff", ref, photograph(), "otwarcie.jpg", "picture").status_code == 303
    (number,) = re.findall(
        rf"/projekty/{ref.id}/pliki/(\d+)/miniatura", stage.page("staff", f"/projekty/{ref.id}/pliki")
    )
    return ref, f"/projekty/{ref.id}/zdjecia/{number}"


def fetched(stage: Stage, address: str) -> tuple[str, bytes]:
    """The type and the bytes of a picture as a visitor gets it."""
    with stage.as_(None).client.get(address) as answer:
        assert answer.status_code == 200
        return str(answer.mimetype), bytes(answer.data)


def act(stage: Stage, ref: Ref, step: str, address: str, words: str = WORDS) -> int:
    """Show the picture or hide it, by the form beside it; returns the status of the answer."""
    browser, form = stage.as_("staff"), f"/projekty/{ref.id}/krok/{step}"
    fields = hidden(browser.get(f"/projekty/{ref.id}/pliki").text, form)
    picture = {"picture_file": address.rpartition("/")[2]}
    return int(browser.post(form, {**fields, **picture, "picture_description": words}).status_code)


def test_a_picture_is_public_only_while_it_is_shown_and_has_words_beside_it(stage: Stage) -> None:
    ref, address = with_picture(stage)
    assert stage.as_(None).get(address).status_code == 404
    assert act(stage, ref, "show_picture", address) == 303
    assert f'<img src="{address}" alt="{WORDS}"' in stage.page(None, f"/projekty/{ref.id}")
    assert fetched(stage, address)[0] == "image/jpeg"
    assert act(stage, ref, "hide_picture", address) == 303
    assert stage.as_(None).get(address).status_code == 404
    assert address not in stage.page(None, f"/projekty/{ref.id}")


def test_a_public_picture_says_nothing_of_where_it_was_taken(stage: Stage) -> None:
    ref, address = with_picture(stage)
    act(stage, ref, "show_picture", address)
    assert dict(Image.open(BytesIO(fetched(stage, address)[1])).getexif()) == {}


def test_a_picture_without_words_is_not_shown(stage: Stage) -> None:
    ref, address = with_picture(stage)
    assert act(stage, ref, "show_picture", address, words="") == 422
    assert stage.as_(None).get(address).status_code == 404


def test_a_file_that_was_taken_away_is_not_public_any_more(stage: Stage) -> None:
    ref, address = with_picture(stage)
    act(stage, ref, "show_picture", address)
    number = address.rpartition("/")[2]
    browser = stage.as_("staff")
    form = f"/projekty/{ref.id}/pliki/{number}/usun"
    assert browser.post(form, hidden(browser.get(f"/projekty/{ref.id}/pliki").text, form)).status_code == 303
    assert stage.as_(None).get(address).status_code == 404
