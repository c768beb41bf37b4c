"""Every page that a browser can open, each with somebody who may: for the test that looks at them, and for pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Row, func, select
from werkzeug.routing import Map

from workflow.db.database import Database
from workflow.models import (
    AgendaSlot,
    Agreement,
    AgreementPartner,
    ChangeRequest,
    Conference,
    Criterion,
    Document,
    Edition,
    GroupInvitation,
    HallPoll,
    Meeting,
    Milestone,
    Person,
    Proposal,
    Registration,
    ScoreCard,
    Seat,
)
from workflow.rules.documents import DocumentKind

STAFF, LEADER, CHAIR, MEMBER = "pracownik", "lider", "przewodniczacy", "komitet1"
COORDINATOR, ANIMATOR, APPEALS = "koordynator", "animator", "odwolania"
PARTICIPANT, PARTNER, ADMIN, NOBODY = "uczestnik", "partner", "admin", ""
PEOPLE = (NOBODY, STAFF, LEADER, CHAIR, COORDINATOR, APPEALS, PARTICIPANT, ANIMATOR, ADMIN, MEMBER, PARTNER)
# Answers for programs, files, and a question that only follows a password (tests/journeys/test_visits.py asks it).
NOT_PAGES = re.compile(
    r"api\.|static$|live\.version$|site\.(alive|ready|figures|robots|sitemap)$|lists\.file$|files\.(fetch|small)$|second_factor\.ask$"
    r"|ideas\.similar$|registration\.short_link$|submission\.(pdf|draft|packet)$|(minutes|publications|conference_report|agreements)\.file$"
    r"|meetings\.(poll|motion_address)$|vote_addresses\.|exclusions\.end_address$|(paper_cards|proxies)\.fetch$|paper_cards\.printed$|hall_desk\.fetch_scan$|agreements\.sheet$|agreement_partners\.paper$"
    r"|implementation\.calendar$|result_files\.(as_json|program)$|what_if\.(ballots|result)$|paper_letters\.pdf$|calendars\."
    r"|feeds\.|public_accounts\.(edition|project)_(json|csv)$|public_pictures\.fetch$"
    r"|(edition_people|activity_log)\.file$|office_contact\.logo$|overview\.(report_file|portfolio_csv)$"
    r"|participant_lists\.result_file$|attendance\.(as_rows|printed)$|check_in_queue\.as_json$"
    # Links to followers, which the demonstration has none of, are looked at in their own journeys and tests.
    r"|hall_votes\.(now|as_json)$|presentations\.slide$|following\.ask_to_"
)
# What others than the office can do with a proposal, by its state.
ALSO = {
    "idea": (LEADER, ANIMATOR),
    "group_work": (LEADER,),
    "returned": (LEADER,),
    "admitted": (LEADER, MEMBER),
    "presented": (CHAIR, MEMBER),
    "selected": (CHAIR,),
    "reserve": (CHAIR, LEADER),
    "not_selected": (LEADER,),
    "appealed": (APPEALS, LEADER),
    "in_implementation": (COORDINATOR, CHAIR),
    "withdrawn": (LEADER,),
    "merged": (LEADER,),
}
# The parts of a proposal, each a page of its own.
PARTS = ("historia", "grupa", "pliki", "rozmowa", "rozmowa/propozycja/goals", "zgloszenie")
ACCOUNTS = ("pieniadze", "sprawozdania", "sprawozdania/1")
STEP = re.compile(r"/(krok/\w+|cofnij)$")
LETTERS = ("powiadomienia", "powiadomienia/proposal.rejected/pl", "wysylki", "wysylki/nowa",
           # Each of these leads back where there is nothing to confirm.
           "powiadomienia/proposal.rejected/pl/podglad", "powiadomienia/proposal.rejected/pl/zatwierdz",
           "powiadomienia/proposal.rejected/pl/przywroc", "wysylki/nowa/odbiorcy")  # fmt: skip
SHEET = ("karta", "karta/title", "karta/places", "karta/goals", "karta/partners", "karta/timetable", "karta/budget",
         "karta/calosc")  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """One page, and whose browser opens it; the name is that of its picture."""

    who: str
    path: str
    status: int = 200

    @property
    def name(self) -> str:
        return f"{re.sub(r'[^a-z0-9]+', '-', self.path.lower()).strip('-') or 'start'}.{self.who or 'gosc'}"


@dataclass
class Tour:
    """The visits of a loaded demo; steps are found on the way, each is opened once by the first who may take it."""

    database: Database
    steps: set[tuple[str, str]] = field(default_factory=set)

    def visits(self) -> Iterator[Visit]:
        """Everything but the pages of steps."""
        yield from self.of_visitors()
        yield from self.of_people()
        yield from self.of_editions()
        yield from self.of_proposals()
        yield from self.of_plans()
        yield from self.of_sheets()

    def of_visitors(self) -> Iterator[Visit]:
        public = ("/", "/edycje", "/edycje/plock-2017", "/edycje/plock-2017/projekty", "/edycje/losice-2017/tablica",
                  "/edycje/demo-implementation/bilans", "/otwarte-dane", "/status", "/szukaj?q=biblioteki",
                  "/edycje/demo-implementation/osadz",
                  "/edycje/demo-selection/lista", "/editions/plock-2017", "/dostepnosc", "/prywatnosc", "/regulamin",
                  "/login", "/login/link", "/login/link/nie-ma-takiego", "/potwierdzenie")  # fmt: skip
        yield from (Visit(NOBODY, path) for path in public)
        yield Visit(NOBODY, "/edycje/demo/zapisy")
        yield Visit(NOBODY, "/edycje/demo/obserwuj")
        yield Visit(NOBODY, f"/projekty/{self.one('in_implementation', edition='demo-implementation')}/obserwuj")
        yield Visit(NOBODY, f"/projekty/{self.one('completed', edition='demo-implementation')}/osadz")
        yield Visit(NOBODY, f"/proposals/{self.one('selected', edition='plock-2017')}")
        yield Visit(NOBODY, "/nie-ma-takiej-strony", 404)
        yield Visit(NOBODY, "/glosowania/987654/wynik", 404)

    def of_people(self) -> Iterator[Visit]:
        for who in (STAFF, LEADER, CHAIR, COORDINATOR, APPEALS, PARTICIPANT):
            yield Visit(who, "/praca")
        # Leads to the worklist.
        yield Visit(STAFF, "/kolejka")
        yield Visit(NOBODY, "/zaproszenie/nie-ma-takiego", 422)
        yield Visit(PARTICIPANT, f"/zaproszenia/{self.invitation()}")
        yield Visit(STAFF, "/poczta")
        yield Visit(STAFF, f"/poczta/osoba/{self.person(LEADER)}")
        yield Visit(STAFF, f"/poczta/projekt/{self.one('selected', edition='demo-selection')}")
        yield Visit(STAFF, "/zadania")
        yield Visit(LEADER, "/skrzynka")
        yield Visit(STAFF, "/skrzynka")
        yield Visit(CHAIR, "/konto")
        yield Visit(CHAIR, "/konto/second-factor")
        yield Visit(LEADER, "/konto/powiadomienia")
        yield Visit(NOBODY, "/wypisz/1-projects-nie-ma-takiego", 404)
        yield Visit(NOBODY, "/przepustka/nie-ma-takiej", 404)
        yield Visit(NOBODY, "/zapis/1-1-nie-ma-takiego", 404)
        yield Visit(NOBODY, f"/konferencje/{self.conference('demo')}/zapisy")
        yield Visit(NOBODY, f"/konferencje/{self.conference('demo')}/zapisy/organizacja")
        yield Visit(ANIMATOR, f"/konferencje/{self.conference('demo')}/odprawa")
        yield Visit(STAFF, f"/konferencje/{self.conference('demo')}/uczestnicy")
        yield Visit(LEADER, "/osoby", 403)
        yield Visit(ADMIN, "/osoby")
        yield Visit(ADMIN, "/osoby/nowa")
        yield Visit(ADMIN, f"/osoby/{self.person(STAFF)}")

    def of_editions(self) -> Iterator[Visit]:
        for key in ("demo", "demo-selection", "demo-implementation"):
            for path in ("", "/tablica", "/lista"):
                yield Visit(STAFF, f"/edycje/{key}{path}")
        for who in (STAFF, CHAIR):
            yield Visit(who, "/edycje/demo-implementation/pulpit")
            yield Visit(who, "/edycje/demo-implementation/portfel")
        yield Visit(STAFF, "/edycje/demo-implementation/pulpit/sprawozdanie")
        yield Visit(STAFF, "/edycje/demo/lista?q=szko%C5%82a&sort=title")
        yield Visit(STAFF, "/edycje/demo/lista?phase=origin&lacks=reviewer&sort=-cost")
        yield Visit(PARTICIPANT, "/edycje/demo/lista?mine=1")
        yield Visit(STAFF, "/edycje/nowa")
        yield Visit(STAFF, "/edycje/demo/konferencje/nowa")
        yield Visit(STAFF, "/edycje/demo/konferencje/plan")
        yield Visit(ANIMATOR, f"/konferencje/{self.conference('demo')}/stoly")
        yield Visit(STAFF, f"/konferencje/{self.conference('demo')}/sprawozdanie")
        yield Visit(STAFF, "/edycje/demo/umowa/nowa")
        yield Visit(PARTICIPANT, "/edycje/demo")
        yield Visit(PARTICIPANT, "/edycje/demo/pomysl")
        yield Visit(PARTICIPANT, f"/projekty/{self.one('idea', edition='demo')}/zapisany")
        yield Visit(ADMIN, "/edycje/demo/pomysl")
        yield Visit(STAFF, "/edycje/demo/kod")
        yield Visit(STAFF, "/edycje/demo/karta-pomyslu")
        yield Visit(STAFF, "/edycje/demo/osoby")
        yield from (Visit(who, "/edycje/demo/do-przeniesienia") for who in (STAFF, LEADER))
        yield Visit(STAFF, "/edycje/demo/osoby/duplikaty")
        yield Visit(STAFF, "/edycje/demo/organizacje/duplikaty")
        yield Visit(STAFF, "/edycje/demo/organizacje/polacz/{}/{}".format(*self.organisations("demo")))
        yield Visit(STAFF, f"/edycje/demo/osoby/polacz/{self.person(LEADER)}/{self.person(PARTICIPANT)}")
        yield Visit(STAFF, "/edycje/demo/osoby/import")
        yield Visit(STAFF, "/edycje/demo/osoby/import/987654", 404)
        yield Visit(STAFF, "/edycje/demo/osoby/import/zadanie/987654", 404)
        yield Visit(STAFF, "/edycje/demo/osoby?q=sz&role=animator")
        yield Visit(STAFF, f"/edycje/demo/osoby/{self.person(LEADER)}")
        yield Visit(STAFF, "/edycje/demo/niepelnoletni")
        yield Visit(STAFF, "/edycje/demo/proba")
        yield Visit(STAFF, "/zadania/987654", 404)
        yield Visit(STAFF, "/edycje/demo/proba/987654", 404)
        yield Visit(STAFF, "/edycje/demo/proba/987654/2026-12-01", 404)
        yield Visit(STAFF, f"/edycje/demo/niepelnoletni/{self.minor()}")
        yield Visit(ANIMATOR, f"/konferencje/{self.conference('demo')}/kod")
        yield from self.presentations(f"/konferencje/{self.conference('demo-selection')}")
        yield Visit(ANIMATOR, f"/konferencje/{self.conference('demo')}/glosowania")
        yield Visit(NOBODY, f"/konferencje/{self.conference('demo')}/glosowania")
        for poll in self.hall_votes():
            yield from (Visit(who, poll) for who in (NOBODY, ANIMATOR))
            yield from (Visit(ANIMATOR, f"{poll}/{page}") for page in ("ekran", "prowadzenie"))
        yield Visit(CHAIR, "/edycje/demo-selection")
        for path in ("wybor", "wybor?pokaz=brak-kart&sort=srednia", "ogloszenie", "ranking", "kryteria"):
            yield Visit(CHAIR, f"/edycje/demo-selection/{path}")
        yield Visit(CHAIR, f"/edycje/demo-selection/kryteria/{self.criterion('demo-selection')}")
        yield Visit(MEMBER, "/edycje/demo-selection/wybor?pokaz=do-oceny")
        yield from (Visit(MEMBER, f"/projekty/{number}/ocena") for number in self.scored("demo-selection"))
        yield Visit(CHAIR, "/edycje/demo-selection/komitet")
        yield Visit(STAFF, "/edycje/demo-selection/komitet")
        yield Visit(STAFF, f"/edycje/demo-selection/komitet/{self.seat('demo-selection')}")
        meeting = f"/posiedzenia/{self.meeting('demo-selection')}"
        yield from (Visit(who, meeting) for who in (CHAIR, MEMBER, STAFF))
        for chosen in ("", "?rodzaj=decide", "?rodzaj=procedural"):
            yield Visit(CHAIR, f"{meeting}/krok/put_motion{chosen}")
        yield Visit(STAFF, "/edycje/demo-selection/posiedzenia")
        yield from (Visit(who, "/edycje/demo-selection/bezstronnosc") for who in (CHAIR, MEMBER, STAFF))
        yield Visit(STAFF, "/edycje/demo-selection/wykluczenia")
        yield from (Visit(who, "/edycje/demo-implementation/rezerwa") for who in (CHAIR, MEMBER, STAFF))
        yield Visit(PARTICIPANT, "/edycje/demo-selection/bezstronnosc", 404)
        yield from (Visit(who, "/edycje/demo-selection/co-jesli") for who in (CHAIR, MEMBER))
        yield Visit(MEMBER, f"{meeting}/protokol")
        held, document = self.minutes("demo-implementation")
        yield from (Visit(MEMBER, f"/posiedzenia/{held}/protokol{part}") for part in ("", f"/{document}"))
        # Nothing of the one is decided, so that such a page does not exist yet; what the other decided is public.
        yield Visit(NOBODY, "/edycje/demo/wyniki", 404)
        for path in ("", "/lista-rankingowa"):
            yield Visit(NOBODY, f"/edycje/demo-implementation/wyniki{path}")
        with self.database.reading() as tx:
            met = tx.execute(select(Conference.state, Conference.id).order_by(Conference.id.desc())).all()
            signed = tx.execute(select(Agreement.state, Agreement.id)).all()
        yield from (Visit(STAFF, f"/konferencje/{number}") for number in dict(map(tuple, met)).values())
        yield from (Visit(STAFF, f"/umowy/{number}") for number in dict(map(tuple, signed)).values())
        yield from self.agreements()

    def agreements(self) -> Iterator[Visit]:
        """The agreement of the edition in implementation, its text and its partners, for the office and for others."""
        p, e = AgreementPartner, Edition
        query = select(p.agreement_id, p.id, p.state, p.signatory_id).join(e, e.id == p.edition_id)
        with self.database.reading() as tx:
            rows = tx.execute(query.where(e.key == "demo-implementation").order_by(p.id)).all()
        agreement = f"/umowy/{rows[0].agreement_id}"
        yield Visit(NOBODY, "/edycje/demo-implementation/umowa")
        yield from (Visit(who, f"{agreement}{part}") for who in (NOBODY, STAFF) for part in ("", "/tekst"))
        for part in ("/partnerzy", "/partnerzy?stan=refused", "/przypomnienia"):
            yield Visit(STAFF, f"{agreement}{part}")
        yield Visit(PARTICIPANT, f"{agreement}/partnerzy", 404)
        for number in {row.state: row.id for row in rows}.values():
            yield Visit(STAFF, f"/partnerzy-umowy/{number}")
        own = next(row.id for row in rows if row.signatory_id == self.person(PARTNER))
        yield from (Visit(PARTNER, f"/partnerzy-umowy/{own}{part}") for part in ("", "/tekst"))
        yield Visit(PARTNER, agreement)

    def of_proposals(self) -> Iterator[Visit]:
        """One in each state for the office, and for those who have something to do with it."""
        seen: set[tuple[str, str]] = set()
        for row in self.proposals():
            for who in (STAFF, *ALSO.get(row.state, ())):
                named = who != LEADER or row.leader_id == self.person(LEADER)
                if named and (who, row.state) not in seen:
                    seen.add((who, row.state))
                    yield Visit(who, f"/projekty/{row.id}")
                    if row.state in ("group_work", "submitted"):
                        yield from (Visit(who, f"/projekty/{row.id}/{part}") for part in PARTS)
                    if row.state == "returned":
                        yield Visit(who, f"/projekty/{row.id}/zgloszenie")
                    if row.state in ("in_implementation", "settled"):
                        yield from (Visit(who, f"/projekty/{row.id}/{part}") for part in ACCOUNTS)
                    if row.state in ("selected", "in_implementation"):
                        yield from (Visit(who, f"/projekty/{row.id}/{part}") for part in self.plan(row.state, who))
                    if row.state == "submitted":
                        yield Visit(STAFF, f"/projekty/{row.id}/zgloszenie/weryfikacja")
                        yield Visit(STAFF, f"/projekty/{row.id}/notatki")

    def plan(self, state: str, who: str) -> Iterator[str]:
        """The plan of a project that was selected, and where it is carried out the forms of its coordinator."""
        yield "realizacja"
        if who == COORDINATOR and state == "in_implementation":
            yield from ("realizacja/z-karty", "realizacja/nowy-kamien", "realizacja/nowa-zmiana")

    def of_plans(self) -> Iterator[Visit]:
        """A milestone in each state, and the requests for a change."""
        with self.database.reading() as tx:
            milestones = dict(map(tuple, tx.execute(select(Milestone.state, Milestone.id)).all()))
            changes = dict(map(tuple, tx.execute(select(ChangeRequest.state, ChangeRequest.id)).all()))
        for who in (STAFF, COORDINATOR):
            yield from (Visit(who, f"/kamienie/{number}") for number in milestones.values())
            yield from (Visit(who, f"/zmiany-planu/{number}") for number in changes.values())

    def of_sheets(self) -> Iterator[Visit]:
        """The sheet of a project that is being written, for its leader and for the office."""
        led = next(
            row for row in self.proposals() if row.state == "group_work" and row.leader_id == self.person(LEADER)
        )
        yield from (Visit(LEADER, f"/projekty/{led.id}/{page}") for page in SHEET)
        yield Visit(STAFF, f"/projekty/{led.id}/karta")
        yield Visit(LEADER, f"/projekty/{led.id}/wersje")
        yield Visit(STAFF, f"/projekty/{self.one('returned', edition='demo')}/wersje?od=1&do=0")
        yield Visit(STAFF, "/edycje/demo/czesci-karty")
        yield Visit(STAFF, "/edycje/demo/ustawienia")
        yield Visit(STAFF, "/edycje/demo/webhooki")
        yield from (Visit(STAFF, f"/edycje/demo/{page}") for page in ("dziennik", "kopia"))
        yield Visit(STAFF, "/biuro/dane")
        yield Visit(STAFF, "/edycje/demo/na-papierze")
        yield Visit(STAFF, "/edycje/demo-selection/ustawienia")
        yield from (Visit(STAFF, f"/edycje/demo/{page}") for page in LETTERS)
        yield Visit(STAFF, "/edycje/demo/wysylki/987654", 404)
        yield from (
            Visit(STAFF, f"/edycje/demo/wysylki/987654/{act}", 404) for act in ("wycofaj", "zmien", "zatwierdz")
        )
        yield Visit(STAFF, "/edycje/demo/webhooki/987654/koniec", 404)
        yield Visit(PARTICIPANT, f"/projekty/{led.id}/karta/goals", 403)

    def steps_on(self, visit: Visit, links: list[str]) -> Iterator[Visit]:
        """The pages of steps that a page leads to, those that nobody has opened yet."""
        for path in links:
            found = STEP.search(path)
            if found and (kind := (path.split("/")[1], found[1])) not in self.steps:
                self.steps.add(kind)
                yield Visit(visit.who, path)

    def proposals(self) -> list[Row[tuple[int, str, int | None]]]:
        """Those of the editions in progress."""
        query = (
            select(Proposal.id, Proposal.state, Proposal.leader_id)
            .join(Edition, Edition.id == Proposal.edition_id)
            .where(Edition.historical.is_(False))
            .order_by(Proposal.id)
        )
        with self.database.reading() as tx:
            return list(tx.execute(query).all())

    def one(self, state: str, *, edition: str) -> int:
        query = select(Proposal.id).join(Edition, Edition.id == Proposal.edition_id)
        with self.database.reading() as tx:
            found = tx.execute(query.where(Edition.key == edition, Proposal.state == state)).scalars().first()
        assert found, f"no {state} proposal in {edition}"
        return found

    def criterion(self, edition: str) -> int:
        """A criterion of an edition."""
        query = select(func.min(Criterion.id)).join(Edition, Edition.id == Criterion.edition_id)
        with self.database.reading() as tx:
            return int(tx.execute(query.where(Edition.key == edition)).scalar_one())

    def scored(self, edition: str) -> list[int]:
        """A project of an edition with all its cards, and one that waits for some."""
        query = select(ScoreCard.proposal_id).join(Proposal, Proposal.id == ScoreCard.proposal_id)
        query = query.join(Edition, Edition.id == Proposal.edition_id).where(Edition.key == edition)
        query = query.group_by(ScoreCard.proposal_id).order_by(func.count(), ScoreCard.proposal_id)
        with self.database.reading() as tx:
            by_cards = tx.execute(query).scalars().all()
        return [by_cards[0], by_cards[-1]]

    def seat(self, edition: str) -> int:
        """A seat of the committee of an edition."""
        query = select(Seat.id).join(Edition, Edition.id == Seat.edition_id).where(Edition.key == edition).limit(1)
        with self.database.reading() as tx:
            return int(tx.execute(query).scalar_one())

    def meeting(self, edition: str) -> int:
        """A meeting of the committee of an edition."""
        query = select(Meeting.id).join(Edition, Edition.id == Meeting.edition_id).where(Edition.key == edition)
        with self.database.reading() as tx:
            return int(tx.execute(query.limit(1)).scalar_one())

    def minutes(self, edition: str) -> tuple[int, int]:
        """A meeting of an edition with its approved minutes."""
        query = select(Document.subject_id, Document.id).join(Edition, Edition.id == Document.edition_id)
        query = query.where(Edition.key == edition, Document.kind == DocumentKind.MINUTES)
        with self.database.reading() as tx:
            meeting, document = tx.execute(query.limit(1)).one()
            return int(meeting), int(document)

    def presentations(self, conference: str) -> Iterator[Visit]:
        """The agenda of a conference, and what is shown of it in the hall."""
        yield from (Visit(who, f"{conference}/program") for who in (STAFF, CHAIR, NOBODY))
        yield Visit(STAFF, f"{conference}/program/{self.slot('demo-selection')}")
        yield from (Visit(NOBODY, f"{conference}/{page}") for page in ("rzutnik", "na-zywo"))
        yield from (Visit(ANIMATOR, f"{conference}/{page}") for page in ("pilot", "pilot/przejmij"))

    def slot(self, edition: str) -> int:
        query = select(func.min(AgendaSlot.id)).where(AgendaSlot.conference_id == self.conference(edition))
        with self.database.reading() as tx:
            return int(tx.execute(query).scalar_one())

    def conference(self, edition: str) -> int:
        query = select(func.max(Conference.id)).join(Edition, Edition.id == Conference.edition_id)
        with self.database.reading() as tx:
            return int(tx.execute(query.where(Edition.key == edition)).scalar_one())

    def organisations(self, edition: str) -> tuple[int, int]:
        """Two organisations with people registered for conferences of an edition."""
        r, c = Registration, Conference
        query = select(r.organisation_id).join(c, c.id == r.conference_id).join(Edition, Edition.id == c.edition_id)
        query = query.where(Edition.key == edition, r.organisation_id.is_not(None)).distinct()
        with self.database.reading() as tx:
            first, second, *_others = tx.execute(query.order_by(r.organisation_id)).scalars()
            return first, second

    def hall_votes(self) -> list[str]:
        """The addresses of the votes of the hall that is under way."""
        with self.database.reading() as tx:
            polls = tx.execute(select(HallPoll.conference_id, HallPoll.id).order_by(HallPoll.id))
            return [f"/konferencje/{conference}/glosowania/{poll}" for conference, poll in polls]

    def invitation(self) -> int:
        i = GroupInvitation
        with self.database.reading() as tx:
            return tx.execute(select(i.id).where(i.email == f"{PARTICIPANT}@example.org")).scalars().one()

    def minor(self) -> int:
        with self.database.reading() as tx:
            return int(tx.execute(select(func.min(Person.id)).where(Person.is_minor.is_(True))).scalar_one())

    def person(self, who: str) -> int:
        with self.database.reading() as tx:
            return tx.execute(select(Person.id).where(Person.email == f"{who}@example.org")).scalar_one()


def pages_of(rules: Map) -> set[str]:
    """The endpoints that answer a browser with a page."""
    return {
        rule.endpoint
        for rule in rules.iter_rules()
        if "GET" in (rule.methods or ()) and not NOT_PAGES.match(rule.endpoint)
    }
