"""Following by e-mail on the page: asked for without an account, confirmed and ended only by pressing."""

from sqlalchemy import select

from tests.web.stage import Stage, send
from workflow.editions import followers
from workflow.models import Follower


def rows(stage: Stage) -> list[tuple[str, bool, bool]]:
    f = Follower
    with stage.db.reading() as tx:
        return [(row.email, row.confirmed_at is not None, row.ended_at is not None) for row in tx.execute(
            select(f.email, f.confirmed_at, f.ended_at).order_by(f.id))]  # fmt: skip


def token(stage: Stage, purpose: str) -> str:
    return followers.token(stage.app.extensions["partnerstwo"].settings, 1, purpose)


def test_an_address_is_asked_to_confirm_and_pressed_links_do_it(stage: Stage) -> None:
    stage.world.edition("conferences", key="obserwowana")
    assert "/edycje/obserwowana/obserwuj" in stage.page(None, "/edycje/obserwowana")
    first = send(stage.as_(None), "/edycje/obserwowana/obserwuj", email="Sasiad@Example.org")
    again = send(stage.as_(None), "/edycje/obserwowana/obserwuj", email="sasiad@example.org")
    assert (first.status_code, first.text.count("Dziękujemy")) == (again.status_code, again.text.count("Dziękujemy"))
    assert rows(stage) == [("sasiad@example.org", False, False)]
    address = f"/obserwowanie/{token(stage, followers.CONFIRM)}"
    assert stage.as_(None).get(address).status_code == 200
    assert rows(stage)[0][1] is False
    assert send(stage.as_(None), address).status_code == 200
    assert rows(stage)[0][1] is True
    # As a mail program sends it: no form, no cookie.
    ended = stage.as_(None).post(
        f"/obserwowanie/koniec/{token(stage, followers.END)}", data={"List-Unsubscribe": "One-Click"}
    )
    assert ended.status_code == 200
    assert rows(stage) == [("", True, True)]


def test_a_forged_link_does_nothing(stage: Stage) -> None:
    stage.world.edition("conferences", key="obserwowana")
    send(stage.as_(None), "/edycje/obserwowana/obserwuj", email="sasiad@example.org")
    for address in ("/obserwowanie/1-zly", f"/obserwowanie/{token(stage, followers.END)}"):
        assert stage.as_(None).get(address).status_code == 404
    assert rows(stage) == [("sasiad@example.org", False, False)]


def test_a_wrong_address_is_refused_and_stays_typed(stage: Stage) -> None:
    stage.world.edition("conferences", key="obserwowana")
    answer = send(stage.as_(None), "/edycje/obserwowana/obserwuj", email="nie adres")
    assert answer.status_code == 422
    assert 'value="nie adres"' in answer.text
