"""The page of an undoing: whose letter is withdrawn, who gets which correction, and what has changed since."""

import pytest
from sqlalchemy import select, update

from tests.web.stage import Stage, hidden, send
from workflow.base.calendar import utc_now
from workflow.models import Delivery, OutboxRow
from workflow.notifications.channels import Channel
from workflow.notifications.deliveries import DeliveryState
from workflow.notifications.relay import relay_all
from workflow.rules.facts import Ref
from workflow.rules.topics import Topic

REASON = "Kliknięto nie ten projekt."


@pytest.fixture
def admitted(stage: Stage) -> Ref:
    ref = stage.world.proposal_in("admitted")
    with stage.db.transaction() as tx:
        tx.execute(update(OutboxRow).where(OutboxRow.topic != Topic.ADMITTED).values(relayed_at=stage.world.now))
    return ref


def deliver_to(stage: Stage, name: str) -> None:
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    with stage.db.transaction() as tx:
        mine = Delivery.channel == Channel.EMAIL, Delivery.recipient_id == stage.world[name].id
        tx.execute(update(Delivery).where(*mine).values(state=DeliveryState.SENT, sent_at=utc_now()))


def corrections(stage: Stage) -> list[dict[str, object]]:
    with stage.db.reading() as tx:
        return list(tx.execute(select(OutboxRow.payload).where(OutboxRow.topic == Topic.CORRECTED)).scalars())


def test_the_page_names_who_loses_the_letter_and_who_gets_which_correction(stage: Stage, admitted: Ref) -> None:
    deliver_to(stage, "leader")
    page = stage.page("staff", f"/projekty/{admitted.id}/cofnij").partition("<main")[2]
    withdrawn, _, corrected = page.partition("Już dotarło")
    assert stage.world["member"].name in withdrawn
    assert stage.world["leader"].name in corrected
    assert "Sprostowanie: Projekt dopuszczono do prezentacji" in corrected
    assert "jest nieaktualne" in corrected


def test_the_usual_correction_is_said_in_the_language_of_each_reader(stage: Stage, admitted: Ref) -> None:
    deliver_to(stage, "leader")
    path = f"/projekty/{admitted.id}/cofnij"
    page = stage.page("staff", path)
    usual = page.partition('name="correction"')[2].partition(">")[2].partition("</textarea>")[0]
    assert send(stage.as_("staff"), path, reason=REASON, correction=usual).status_code == 303
    (payload,) = corrections(stage)
    assert (payload["words"], payload["people"]) == ("", [stage.world["leader"].id])
    assert stage.world.facts(admitted).state == "submitted"


def test_a_correction_can_be_written_in_own_words(stage: Stage, admitted: Ref) -> None:
    deliver_to(stage, "leader")
    path, words = f"/projekty/{admitted.id}/cofnij", "Przepraszamy za pomyłkę."
    assert send(stage.as_("staff"), path, reason=REASON, correction=words).status_code == 303
    assert [payload["words"] for payload in corrections(stage)] == [words]


def test_a_letter_that_went_out_since_is_named_and_nothing_typed_is_lost(stage: Stage, admitted: Ref) -> None:
    deliver_to(stage, "leader")
    path, staff = f"/projekty/{admitted.id}/cofnij", stage.as_("staff")
    fields = {"reason": REASON, "correction": "Przepraszamy."}
    opened = staff.get(path).text
    deliver_to(stage, "member")
    answer = staff.post(path, {**hidden(opened, path), **fields})
    assert answer.status_code == 409
    page = answer.text.partition("<main")[2]
    assert f"Powiadomienie dotarło już do adresata: {stage.world['member'].name}" in page
    assert REASON in page
    assert "Przepraszamy." in page
    assert stage.world.facts(admitted).state == "admitted"
    assert staff.post(path, {**hidden(answer.text, path), **fields}).status_code == 303
    assert {tuple(payload["people"]) for payload in corrections(stage)} == {  # type: ignore[arg-type]
        tuple(sorted(stage.world[name].id or 0 for name in ("leader", "member")))
    }


def test_a_correction_that_is_too_long_is_refused_and_kept(stage: Stage, admitted: Ref) -> None:
    deliver_to(stage, "leader")
    answer = send(stage.as_("staff"), f"/projekty/{admitted.id}/cofnij", reason=REASON, correction="x" * 2001)
    assert answer.status_code == 422
    assert "x" * 2001 in answer.text
    assert stage.world.facts(admitted).state == "admitted"


def test_nobody_who_has_not_got_it_is_asked_for_a_correction(stage: Stage, admitted: Ref) -> None:
    page = stage.page("staff", f"/projekty/{admitted.id}/cofnij")
    assert 'name="correction"' not in page
    assert send(stage.as_("staff"), f"/projekty/{admitted.id}/cofnij", reason=REASON).status_code == 303
    assert corrections(stage) == []


def test_the_pages_of_letters_say_what_was_taken_back_and_which_letter_a_correction_is_about(
    stage: Stage, admitted: Ref
) -> None:
    deliver_to(stage, "leader")
    send(stage.as_("staff"), f"/projekty/{admitted.id}/cofnij", reason=REASON, correction="Przepraszamy.")
    relay_all(stage.db, base_url="http://127.0.0.1:8000", at=utc_now())
    letters = stage.page("staff", f"/poczta/osoba/{stage.world['member'].id}").partition("<main")[2]
    assert "wycofano" in letters
    assert "jeszcze nieotwarte" not in letters
    about = "Sprostowanie: Projekt dopuszczono do prezentacji"
    for path in (f"/poczta/osoba/{stage.world['leader'].id}", f"/poczta/projekt/{admitted.id}"):
        page = stage.page("staff", path)
        assert about in page
        assert "Sprostowanie: …" not in page


def test_a_second_press_of_taking_back_leads_where_the_first_did(stage: Stage, admitted: Ref) -> None:
    path, staff = f"/projekty/{admitted.id}/cofnij", stage.as_("staff")
    opened = staff.get(path).text
    sent = {**hidden(opened, path), "reason": REASON}
    first = staff.post(path, sent)
    # Once more from a page that was asked anew, and by following its address again.
    again = staff.post(path, {**sent, "form_key": "another"})
    for answer in (first, again, staff.get(path)):
        assert (answer.status_code, answer.location) == (303, f"/projekty/{admitted.id}")
    assert stage.world.facts(admitted).state == "submitted"
    assert "Ostatni krok jest już cofnięty" in staff.get(f"/projekty/{admitted.id}").text
    # Whoever could not have taken it back learns nothing.
    assert stage.as_("member").get(path).status_code == 403
