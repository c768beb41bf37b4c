"""Who is told of what, and who is not."""

import pytest
from sqlalchemy import insert, update

from tests.listening import statements_of
from tests.tasks.programme import MORNING, Programme
from tests.world import World
from workflow.models import Edition, HistoryContent, HistoryEntry, Person, Proposal, RoleGrant
from workflow.notifications.relay import relay_all
from workflow.notifications.shipped_texts import SHIPPED
from workflow.notifications.topic_audiences import AUDIENCES, SILENT
from workflow.notifications.topic_recipients import recipients_of
from workflow.rules.facts import Ref
from workflow.rules.topics import Notice, Topic

BASE = "https://partnerstwo.example"
# The programme's own description: trigger of the step -> audiences to notify; whoever registered for a conference
# hears results and what becomes of the edition as well.
PUBLISHED = {
    Topic.IDEA_RECORDED: "author staff",
    Topic.GROUP_FORMED: "leader group",
    Topic.SUBMITTED: "leader group staff",
    Topic.RETURNED: "leader group",
    Topic.RESUBMITTED: "staff leader",
    Topic.COMPLETION_EXPIRED: "leader group staff",
    Topic.ADMITTED: "leader group",
    Topic.ADMISSION_REFUSED: "leader group public",
    Topic.REOPENED_FOR_CHANGES: "leader group",
    Topic.PRESENTED: "leader committee",
    Topic.NOT_PRESENTED: "leader group",
    Topic.SELECTED: "leader group all_leaders partners public",
    Topic.PLACED_ON_RESERVE: "leader group public",
    Topic.REJECTED: "leader group public",
    Topic.APPEALED: "appeal_body staff chair leader",
    Topic.ADMISSION_APPEAL_UPHELD: "leader group staff committee",
    Topic.SELECTION_APPEAL_UPHELD: "leader group committee chair",
    Topic.APPEAL_DISMISSED: "leader group staff",
    Topic.APPEAL_WITHDRAWN: "appeal_body staff",
    Topic.NOTICE_NOTED: "leader group staff",
    Topic.PROMOTED_FROM_RESERVE: "leader group all_leaders public",
    Topic.RESERVE_EXPIRED: "leader",
    Topic.DECISION_ANNULLED: "leader group all_leaders committee chair public",
    Topic.IMPLEMENTATION_STARTED: "leader group coordinator partners public",
    Topic.PROGRESS_REPORTED: "staff",
    Topic.SUSPENDED: "leader coordinator partners public",
    Topic.RESUMED: "leader coordinator partners",
    Topic.COMPLETED: "leader group partners committee public",
    Topic.SETTLED: "coordinator leader",
    Topic.REOPENED: "coordinator leader partners",
    Topic.CANCELLED: "leader group partners coordinator public",
    Topic.WITHDRAWN: "staff group committee public",
    Topic.UNSUBMITTED_EXPIRED: "leader author",
    Topic.REINSTATED: "leader group",
    Topic.MERGED: "leader group other_leader staff",
    Topic.UNMERGED: "leader group other_leader",
    Topic.EDITION_CREATED: "staff",
    Topic.EDITION_ANNOUNCED: "public",
    Topic.CONFERENCES_OPENED: "public",
    Topic.SUMMARY_OPENED: "all_leaders committee public",
    Topic.SELECTION_OPENED: "committee",
    Topic.RESULTS_ANNOUNCED: "all_leaders registered public",
    Topic.APPEALS_CLOSED: "all_leaders public",
    Topic.SELECTION_REOPENED: "committee",
    Topic.AGREEMENT_CONCLUDED: "partners public",
    Topic.CLOSING_STARTED: "partners public",
    Topic.EDITION_CLOSED: "public",
    Topic.EDITION_SUSPENDED: "registered public",
    Topic.EDITION_RESUMED: "registered public",
    Topic.EDITION_CANCELLED: "registered public",
}
# Audience -> the people of the small programme who are in it.
MEMBERS = {
    "author": {"author"},
    "leader": {"leader"},
    "group": {"leader", "member"},
    "staff": {"staff"},
    "committee": {"committee_member", "committee_chair"},
    "chair": {"committee_chair"},
    "appeal_body": {"appeal_body"},
    "coordinator": {"coordinator"},
    "partners": {"partner"},
    "all_leaders": {"leader", "other_leader"},
    "other_leader": {"other_leader"},
    "public": set[str](),
}


def notified(programme: Programme) -> set[str]:
    relay_all(programme.db, base_url=BASE, at=MORNING)
    return programme.names()


@pytest.mark.parametrize("topic", list(Topic))
def test_topic_is_told_or_silent_and_never_both(topic: Topic) -> None:
    assert (topic in AUDIENCES) != (topic in SILENT)


@pytest.mark.parametrize("topic", sorted(AUDIENCES))
def test_told_topic_has_words_for_everybody_of_whom_something_is_expected(topic: Topic) -> None:
    assert SHIPPED.keys() == AUDIENCES.keys()
    assert set(SHIPPED[topic].expected) <= set(AUDIENCES[topic])


@pytest.mark.parametrize("topic", sorted(PUBLISHED))
def test_table_tells_whom_the_programme_names(topic: Topic) -> None:
    assert {str(audience) for audience in AUDIENCES[topic]} == set(PUBLISHED[topic].split())


@pytest.mark.slow
@pytest.mark.parametrize("topic", sorted(topic for topic in PUBLISHED if topic.startswith("proposal.")))
def test_exactly_the_audiences_of_a_topic_get_a_letter(topic: Topic, sqlite_url: str) -> None:
    from workflow.db.database import Database

    db = Database(sqlite_url)
    programme = Programme(db)
    if topic is Topic.UNMERGED:
        merged_before(programme)
    programme.tell(topic, data={"target": programme.other} if topic is Topic.MERGED else None)
    wanted = set().union(*(MEMBERS[audience] for audience in PUBLISHED[topic].split()))
    assert notified(programme) == wanted
    assert programme.names("inbox") == wanted
    db.close()


def merged_before(programme: Programme) -> None:
    """Only the history still knows what a separated proposal had been merged into."""
    entry = {
        "subject_kind": "proposal", "subject_id": programme.proposal, "version": 900, "lifecycle": "x",
        "lifecycle_version": 1, "row": "T34", "step": "merge_into", "to_state": "merged", "role": "staff",
        "at": MORNING, "prev_hash": "", "hash": "",
    }  # fmt: skip
    with programme.db.transaction() as tx:
        number = tx.execute(insert(HistoryEntry).values(**entry).returning(HistoryEntry.id)).scalar_one()
        words = {"history_id": number, "salt": "s", "data": {"target": programme.other}}
        tx.execute(insert(HistoryContent).values(**words))


def test_audiences_are_the_same_on_both_databases(programme: Programme) -> None:
    programme.tell(Topic.SELECTED)
    assert notified(programme) == {"leader", "member", "other_leader", "partner"}


def test_edition_and_conference_find_their_people(programme: Programme) -> None:
    programme.tell(Topic.SUMMARY_OPENED, ref=Ref("edition", programme.edition))
    assert notified(programme) == {"leader", "other_leader", "committee_member", "committee_chair"}
    programme.tell(Topic.CONFERENCE_POSTPONED, ref=Ref("conference", programme.conference()))
    assert notified(programme) >= {"staff"}


def test_one_person_in_two_audiences_gets_one_letter(programme: Programme) -> None:
    programme.tell(Topic.SUBMITTED)
    notified(programme)
    recipients = [row.recipient_id for row in programme.deliveries()]
    assert len(recipients) == len(set(recipients))


def test_actor_gets_no_letter_about_his_own_click(programme: Programme) -> None:
    programme.tell(Topic.SUBMITTED, actor="staff")
    assert notified(programme) == {"leader", "member"}


def test_leader_gets_a_receipt_for_his_own_click(programme: Programme) -> None:
    programme.tell(Topic.SUBMITTED, actor="leader")
    assert notified(programme) == {"leader", "member", "staff"}


def test_author_is_told_as_leader_until_there_is_one(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(Proposal).where(Proposal.id == programme.proposal).values(leader_id=None))
    programme.tell(Topic.RESERVE_EXPIRED)
    assert notified(programme) == {"author"}


def test_withdrawn_role_is_told_nothing(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(RoleGrant).where(RoleGrant.role == "staff").values(withdrawn_at=MORNING))
    programme.tell(Topic.PROGRESS_REPORTED)
    assert notified(programme) == set()


def test_record_of_the_past_is_told_to_nobody(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(Edition).values(historical=True))
    for topic in (Topic.SELECTED, Topic.SUBMITTED, Topic.WITHDRAWN):
        programme.tell(topic)
    assert notified(programme) == set()
    assert programme.names("inbox") == set()


def test_role_in_another_edition_is_told_nothing(programme: Programme) -> None:
    with programme.db.transaction() as tx:
        programme.person(tx, "stranger")
    programme.tell(Topic.PROGRESS_REPORTED)
    assert notified(programme) == {"staff"}


@pytest.mark.parametrize("change", [{"active": False}, {"erased_at": MORNING}])
def test_deactivated_or_erased_person_is_told_nothing(programme: Programme, change: dict[str, object]) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == programme.people["member"]).values(**change))
    programme.tell(Topic.ADMITTED)
    assert notified(programme) == {"leader"}
    assert programme.names("inbox") == {"leader"}


@pytest.mark.parametrize("change", [{"is_minor": True}, {"mail_refused_at": MORNING}, {"email": None}])
def test_pupil_and_refuser_find_the_message_in_the_application_only(
    programme: Programme, change: dict[str, object]
) -> None:
    with programme.db.transaction() as tx:
        tx.execute(update(Person).where(Person.id == programme.people["member"]).values(**change))
    programme.tell(Topic.ADMITTED)
    assert notified(programme) == {"leader"}
    assert programme.names("inbox") == {"leader", "member"}


def test_letter_about_an_account_goes_to_its_owner_by_mail_alone(programme: Programme) -> None:
    programme.tell(Topic.SIGN_IN_LINK, ref=Ref("person", programme.people["partner"]), payload={"box": "x"})
    assert notified(programme) == {"partner"}
    assert programme.names("inbox") == set()


def test_what_is_said_in_a_talk_waits_in_the_inbox_of_the_others(programme: Programme) -> None:
    programme.tell(Topic.COMMENTED, payload={"by": programme.people["member"], "by_name": "Member"})
    assert notified(programme) == set()
    assert programme.names("inbox") == {"leader"}


def test_the_mentioned_gets_a_letter_and_nobody_else_does(programme: Programme) -> None:
    programme.tell(Topic.MENTIONED, payload={"by": programme.people["leader"], "person": programme.people["staff"]})
    assert notified(programme) == {"staff"}
    assert programme.names("inbox") == {"staff"}


@pytest.mark.parametrize("topic", [Topic.RETURNED, Topic.SELECTED])
def test_the_leaders_of_all_groups_are_looked_for_only_where_they_are_told(topic: Topic, world: World) -> None:
    """Otherwise every letter, and what a step will do, would take the longer, the more projects an edition has."""
    ref = world.proposal_in("group_work")
    with statements_of(world.database) as asked, world.database.reading() as tx:
        recipients_of(tx, [Notice(topic, ref, None, world.now, {})])
    assert any("proposal.leader_id IS NOT NULL" in each for each in asked) == (topic is Topic.SELECTED)
