"""Every page asks the database the same number of questions, however large the programme, and no more than it says here.

This is where each page is opened on PostgreSQL, so what outsiders are told of minors is looked at here too.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from werkzeug.routing import Rule

from tests.agreement import invited
from tests.growth import copies
from tests.journeys.tour import pages_of
from tests.web.pages.test_minors import NAMES, pupils, text_of
from tests.web.stage import Stage
from tests.workflow.selection.scoring import ASKED
from workflow.base.calendar import utc_now, warsaw_date
from workflow.demo.seats import seat_members
from workflow.hall.preparing import PollDraft, prepare
from workflow.letters.actions import write_to_list
from workflow.models import AgendaSlot, Person, RoleGrant, Seat
from workflow.notifications import webhooks
from workflow.operations.rehearsal.job import ask_for_rehearsal
from workflow.presentations.actions import add_slot, generate
from workflow.rules.hall import HallMethod
from workflow.rules.webhook_scopes import WebhookScope
from workflow.selection.criteria import add_criterion

READERS = ("staff", "leader", "chair", "admin", None)
# To whom the minors of the programme, its leader and a member, are nobody.
OUTSIDERS = ("chair", None)
# The most statements that a page may take, whoever reads it; the session with all that it brings is one of them.
# Whoever adds a page adds its line: as few as it can do with, and never more than MOST.
MOST = 13
# The session of a meeting is read table by table, and so are a conference for its report and the letters of a batch.
MOST_OF_A_MEETING = 27
OF_MEETINGS = frozenset({"conference_report.show", "meetings.show", "minutes.document", "minutes.show", "steps.ask of a meeting",
                         "committee_room.show", "committee_room.ranking", "scoring.show",
                         "what_if.show", "letter_batches.show", "letter_batches.ask_to_withdraw",
                         "letter_batches.ask_to_change", "undo.ask_to_undo", "motions.choose of a meeting"})  # fmt: skip
CEILINGS = {
    "accounts.account": 5, "accounts.ask_for_link": 1, "accounts.link": 2, "accounts.login": 1,
    "new_subjects.agreement": 3, "new_subjects.conference": 3, "new_subjects.edition": 2,
    "agenda.edit": 6, "agenda.show": 6,
    "attendance.show": 6, "board.show": 7, "check_in.show": 5,
    "idea_cards.new": 5, "carry_over.show": 4, "organisation_duplicates.ask": 4,
    "conferences.show": 7, "conference_tables.show": 9, "conference_report.show": 14, "conference_plan.show": 6, "agreements.show": 12, "agreements.of_edition": 4, "agreement_partners.paper": 3, "agreements.sheet": 11,
    "agreements.file": 12, "agreements.text": 12, "agreement_partners.list_all": 12,
    "agreement_partners.chase": 12, "agreement_partners.show": 12, "agreement_partners.read": 12, "editions.list_all": 2, "editions.show": 13,
    "following.ask_to_confirm": 1, "following.ask_to_end": 1, "following.edition": 3, "following.project": 3,
    "files.show": 5,
    "project_money.show": 12, "progress_reports.show": 11, "progress_reports.report": 12,
    # What nobody selected has no plan; tests/web/pages/test_implementation.py counts for a project that has one.
    "implementation.show": 6, "implementation.from_sheet": 6, "implementation.ask": 6, "implementation.calendar": 2,
    "plan_parts.milestone": 2, "plan_parts.change": 2,
    "groups.show": 9,
    "ideas.new": 5, "ideas.recorded": 4,
    "inbox.show": 3,
    "jobs.list_all": 2, "jobs.show": 4,
    "invitations.show": 3, "invitations.show_own": 3,
    "letter_texts.list_all": 7, "letter_texts.show": 11, "letter_texts.show_again": 2,
    "letter_texts.ask_to_approve": 8, "letter_texts.ask_to_reset": 8, "letter_batches.ask_to_change": 18,
    "letter_batches.batch_again": 2, "letter_batches.form_again": 2, "letter_batches.ask_to_withdraw": 27,
    "webhooks.ask_to_end": 6,
    "letter_batches.list_all": 7, "letter_batches.new": 7,
    # Whom each letter reaches, and what it says to whom.
    "letter_batches.show": 27,
    "lists.show": 4,
    "meetings.list_all": 4, "meetings.show": 27,
    "motions.choose of a meeting": 14, "vote_addresses.of_motion": 3, "vote_addresses.of_proxies": 3,
    "vote_addresses.of_poll": 3, "vote_addresses.of_seat": 3,
    "minutes.document": 16, "minutes.show": 15,
    "publications.document": 3, "publications.show": 4,
    "result_files.show": 3,
    # Cards, seats, conflicts, ballots and ties, table by table.
    "what_if.show": 24,
    # The plans of all selected projects, table by table.
    "overview.dashboard": 12, "overview.portfolio": 9, "overview.report": 12,
    "my_work.show": 13,
    "minors.list_all": 6, "minors.person": 5,
    "duplicates.list_all": 6, "duplicates.ask": 12, "organisation_duplicates.list_all": 6,
    "participant_lists.start": 6, "participant_lists.of_job": 3, "participant_lists.show": 12,
    "edition_people.show": 10, "edition_people.file": 2, "edition_people.person": 12,
    "people.list_people": 5, "people.new_person": 1, "people.person": 6,
    "delivery_log.show": 12, "delivery_log.person": 6, "delivery_log.project": 5,
    "hall_votes.show": 8, "hall_votes.now": 2, "hall_votes.screen": 6, "hall_votes.as_json": 3,
    "hall_desk.list_all": 5, "hall_desk.conduct": 12,
    "idea_posters.conference": 3, "idea_posters.edition": 6,
    "proposals.history": 3, "proposals.show": 9,
    "presentations.ask_to_take": 6, "presentations.audience": 6, "presentations.projector": 5,
    "presentations.remote": 6, "presentations.slide": 5,
    "paper_letters.show": 6, "webhooks.show": 6,
    "passes.show": 2, "preferences.ask": 1, "preferences.show": 2,
    "my_work.queue": 1,
    "public.edition_address": 0, "public.front": 6, "public.projects": 3, "public.proposal_address": 0, "public.search": 3,
    "site.status": 8, "embeds.edition": 9, "embeds.project": 9,
    "public_accounts.about": 2, "public_accounts.edition": 9,
    "office_notes.show": 4, "office_contact.show": 2, "office_contact.logo": 2, "activity_log.show": 4, "activity_log.file": 2,
    "edition_copies.ask": 4,
    "registration.enter": 5, "registrations.enter": 5, "registrations.enter_organisation": 5, "registrations.show": 1,
    "rehearsals.show": 6, "rehearsals.result": 6, "rehearsals.day": 6,
    "second_factor.enrol": 2,
    "announcement.show": 12,
    "sheet.edit": 4, "sheet.show": 4,
    "sheet_sections.show": 6, "edition_settings.show": 6,
    "site.accessibility": 2, "site.privacy": 2, "site.rules": 3,
    # With what the step would do, and whom a letter would reach.
    "steps.ask": 12, "steps.ask of an agreement": 12, "steps.ask of a meeting": 22,
    "submission.check": 1, "submission.checks": 2, "submission.show": 5,
    "committee_room.ranking": 18, "committee_room.show": 18, "scoring.show": 18,
    "criteria.edit": 6, "criteria.show": 6,
    "committee.seat": 7, "committee.show": 7,
    "conflicts.show": 8,
    "reserve_list.show": 12, "exclusions.show": 5, "exclusions.end_address": 2,
    "comments.ask_suggestion": 2, "comments.show": 7,
    # With what it would do, and whom a letter would reach.
    "undo.ask_to_undo": 17,
    "versions.show": 3,
}  # fmt: skip
# Steps that somebody may take in the programme below, by the beginning of their address.
STEPS = {"/projekty/": "withdraw", "/edycje/": "set_calendar", "/konferencje/": "hold", "/umowy/": "set_terms",
         "/partnerzy-umowy/": "refuse",
         "/posiedzenia/": "add_agenda_item", "/glosowania/": "annul", "/kamienie/": "finish",
         "/zmiany-planu/": "approve"}  # fmt: skip
SECTION = "goals"
DAY = "2026-12-01"
MEETING_STEPS = tuple(f"{prefix}1/krok/" for prefix in ("/posiedzenia/", "/glosowania/"))
STEPS_OF = {" of a meeting": MEETING_STEPS, " of an agreement": ("/umowy/1/krok/", "/partnerzy-umowy/1/krok/")}


class Programme:
    """One of everything, so that every address leads somewhere; `grow` makes much more of it."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world = stage, stage.world
        self.told: list[tuple[str, str | None]] = []
        pupils(stage)
        with self.world.writing():
            self.edition = self.world.edition("conferences", key="duza", requires_agreement=True)
            self.ideas = [self.world.idea(self.edition, title=f"Pomysł {number}") for number in range(3)]
            self.world.lead(self.ideas[0], "group_work")
            self.world.take(self.ideas[0], "edit_sheet", "leader", risks="Deszcz.")
            self.world.lead(self.ideas[1], "submitted")
            self.agreement = self.world.create("agreement", "draft_agreement", "staff", edition=self.edition,
                                               title="Umowa partnerska", purpose="Razem.")  # fmt: skip
            self.world.take(self.agreement, "write_text", "staff", agreement_text="Strony współpracują.")
            (self.partner,) = invited(self.world, self.agreement, ["Szkoła w Gąbinie"], member="leader")
            self.conference = self.world.summaries[self.edition]
        with stage.db.transaction() as tx:
            seat_members(tx, self.edition.id, at=self.world.now - timedelta(days=30))
            self.criterion = add_criterion(tx, self.edition.id, ASKED, actor=self.world["chair"], at=self.world.at)
            self.job = ask_for_rehearsal(tx, self.edition.id, title="Próba", until=None, at=self.world.now,
                                         owner_id=self.world["staff"].id or 0)  # fmt: skip
            letter = {"recipients": "everybody", "subject": "Dyżur", "text": "W środę do 18."}
            self.batch = write_to_list(tx, self.edition.id, letter, actor=self.world["staff"], at=self.world.now)
            self.webhook = webhooks.add(tx, self.edition.id, url="https://example.org/hook", scope=WebhookScope.PUBLIC,
                                        box="", by=self.world["staff"].id or 0, at=self.world.now)  # fmt: skip
            vote = PollDraft(question="Za?", method=HallMethod.AYES)
            self.hall_poll = prepare(tx, self.conference.id, vote, actor=self.world["staff"], at=self.world.at)
            self.seat = tx.execute(select(Seat.id).where(Seat.edition_id == self.edition.id).limit(1)).scalar_one()
            generate(tx, self.conference.id, actor=self.world["staff"], at=self.world.now)
            item = {"kind": "break", "minutes": 15}
            add_slot(tx, self.conference.id, item, version=0, actor=self.world["staff"], at=self.world.now)
            own = AgendaSlot.conference_id == self.conference.id
            self.slot = tx.execute(select(AgendaSlot.id).where(own)).scalar_one()
        self.convene()

    def convene(self) -> None:
        """A meeting in session with a procedural motion and its open vote."""
        self.meeting = self.world.create("meeting", "prepare_meeting", "chair", edition=self.edition, body="committee",
                                         form="room", day=warsaw_date(self.world.at), hour="00:00")  # fmt: skip
        self.world.take(self.meeting, "add_agenda_item", "chair", item="Wybór")
        self.world.take(self.meeting, "convene", "chair")
        session = self.world.facts(self.meeting, "chair").session
        for seat in session.seats if session else ():
            self.world.take(self.meeting, "note_arrival", "chair", seat=seat.id, person=seat.holder)
        self.world.take(self.meeting, "begin", "chair")
        self.world.take(self.meeting, "put_motion", "chair", motion_kind="procedural", wording="Przerwa.")
        self.poll = self.world.create("poll", "prepare_poll", "chair", edition=self.edition, meeting=self.meeting.id,
                                      motion=1)  # fmt: skip
        self.world.take(self.poll, "open", "chair")

    def grow(self) -> None:
        for number in range(5):
            self.world.take(self.ideas[0], "edit_sheet", "leader", risks=f"Ryzyko {number}.")
        rest = {"county": "powiat przykładowy", "year": 2027}
        self.world.create("edition", "create_edition", "admin", key="inna", title="Inna", **rest)
        invited(self.world, self.agreement, [f"Partner {number}" for number in range(20)])
        with self.stage.db.transaction() as tx:
            for number in range(30):
                row = {"name": f"Osoba {number}", "email": f"osoba{number}@example.org", "created_at": utc_now()}
                person = tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one()
                tx.execute(insert(RoleGrant).values(person_id=person, edition_id=self.edition.id, role="participant",
                                                    granted_at=utc_now()))  # fmt: skip
            for ref in self.ideas:
                copies(tx, ref, 40)

    def address(self, rule: Rule) -> str:
        """An address of the route, with everything that it names put in."""
        prefix = next((one for one in STEPS if rule.rule.startswith(one)), "")
        known = {
            "edition_key": "duza", "proposal_id": self.ideas[0].id, "conference_id": self.conference.id,
            "agreement_id": self.agreement.id, "agreement_partner_id": self.partner.id, "person_id": self.world["leader"].id,
            "token": "nie-ma-takiego", "number": 1, "seat_id": self.seat,
            "meeting_id": self.meeting.id, "poll_id": self.poll.id, "hall_poll_id": self.hall_poll.id, "document_id": 1, "letter_id": 1, "form": "pdf", "kind": "csv", "ending": "csv",
            "criterion_id": self.criterion, "job_id": self.job, "day": DAY,
            "topic": "proposal.admitted", "language": "pl", "batch_id": self.batch,
            "webhook_id": self.webhook, "organisation_id": 1, "milestone_id": 1, "change_request_id": 1, "what": "nowy-kamien",
            "slot_id": self.slot, "list_id": 1, "other_id": self.world["leader2"].id,
            "section": SECTION, "name": STEPS.get(prefix) if "/krok/" in rule.rule else SECTION,
        }  # fmt: skip
        named = rule.arguments - (rule.defaults or {}).keys()
        unknown = named - known.keys()
        assert not unknown, f"{rule.rule} names {unknown}: say in Programme.address what it is in this programme"
        found = rule.build({name: known[name] for name in named} | dict(rule.defaults or {}))
        assert found
        return found[1]


def asked_by_pages(programme: Programme) -> Iterator[tuple[str, str, str | None, int, int]]:
    """Endpoint, address, reader, status and number of statements of every page."""
    app, stage = programme.stage.app, programme.stage
    endpoints = pages_of(app.url_map)
    browsers = {name: stage.as_(name) for name in READERS}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in endpoints and "GET" in (rule.methods or ())]
    for rule in sorted(rules, key=lambda one: one.rule):
        address = programme.address(rule)
        for name, browser in browsers.items():
            with stage.statements() as asked:
                answer = browser.client.get(address)
            if name in OUTSIDERS and any(minor in text_of(answer) for minor in NAMES):
                programme.told.append((address, name))
            # An export is no page: it reads everything, so many rows at a time.
            if answer.mimetype == "text/html":
                kind = next((kind for kind, begins in STEPS_OF.items() if address.startswith(begins)), "")
                yield rule.endpoint + kind, address, name, answer.status_code, len(asked)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_every_page_takes_as_many_statements_in_a_large_programme_as_in_a_small_one(stage: Stage) -> None:
    programme = Programme(stage)
    few = {(address, reader): (status, count) for _, address, reader, status, count in asked_by_pages(programme)}
    programme.grow()
    most: dict[str, int] = {}
    growing = []
    for endpoint, address, reader, status, count in asked_by_pages(programme):
        before = few[address, reader]
        if status != before[0] or count > before[1]:
            growing.append(f"{address} for {reader}: status and statements were {before}, now {status, count}")
        most[endpoint] = max(count, most.get(endpoint, 0))
    assert not programme.told, f"the name of a minor is told to an outsider: {programme.told}"
    assert not growing, "pages that grow with the programme:\n" + "\n".join(growing)
    new = [f'"{endpoint}": {count},' for endpoint, count in most.items() if endpoint not in CEILINGS]
    assert not new, "new pages: give each a line in CEILINGS, after a look at what it asks for:\n" + "\n".join(new)
    above = [f"{endpoint}: {count}" for endpoint, count in most.items() if count > CEILINGS[endpoint]]
    assert not above, "pages that take more statements than their ceiling allows:\n" + "\n".join(above)
    for endpoint, ceiling in CEILINGS.items():
        assert ceiling <= (MOST_OF_A_MEETING if endpoint in OF_MEETINGS else MOST), endpoint
