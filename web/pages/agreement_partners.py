"""Partners of the agreement: the office's list, inviting and reminding many, one partner with its papers, signing."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct
from sqlalchemy import Connection

from web.http import identity
from web.http.carry_out import carry_out
from web.http.kept_files import needed_file
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.uploads import let_files_in
from web.pages.agreements import body_in_words, found, with_reader
from web.pages.files import ACCEPT, LARGEST_REQUEST
from web.pages.paper_cards import as_attachment
from web.views import timeline
from web.views.open_steps import choices, lead, open_steps, refused_lines, view
from web.views.reminders import reminders
from web.views.subject import find, state_mark
from web.views.unanswered import office_notices
from workflow.agreements import queries
from workflow.agreements.actions import invite_all, keep_paper, remind_all
from workflow.agreements.papers import paper_of, papers_of
from workflow.agreements.promises import promises_of
from workflow.agreements.queries import PartnerRow
from workflow.base.errors import BadInput, NotFound, Refusal
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.files import storage
from workflow.people.duties import OF_PARTNERS
from workflow.people.unanswered import of_editions
from workflow.proposals.reminders import reminders_of
from workflow.proposals.timeline import entries_of
from workflow.rules.agreement import AWAITED, INVITING, WAYS_OF_SIGNING, PartnerPaper
from workflow.rules.choices import PARTNER_PAPERS, PROMISE_ENDS
from workflow.rules.facts import Ref
from workflow.rules.guards.agreements import agreement_of
from workflow.rules.people import KINDS
from workflow.rules.roles import Role
from workflow.rules.states import PromiseState

pages = Blueprint("agreement_partners", __name__)
let_files_in(pages, "agreement_partners.attach", lambda: LARGEST_REQUEST)
LONGEST = 500
KEPT = {PromiseState.OPEN.value: _("not judged yet"), **PROMISE_ENDS}
TONES = {
    PromiseState.OPEN: "", PromiseState.KEPT: "good", PromiseState.PARTLY: "wait", PromiseState.NOT_KEPT: "wait",
}  # fmt: skip
# Taken by forms of their own on these pages.
BESIDE = frozenset({"keep_paper", "sign"})


class Chosen(Struct, frozen=True):
    """What was ticked and typed in a list of partners or organisations."""

    numbers: tuple[int, ...] = ()
    answer_day: str = ""


def sent_choice() -> Chosen:
    """What the form of a list sent; anything that is no number is left out."""
    sent = [number for number in request.form.getlist("chosen")[:LONGEST] if number.isascii() and number.isdecimal()]
    return Chosen(tuple(int(number) for number in sent if len(number) < 12), request.form.get("answer_day", "")[:10])


@pages.get("/umowy/<int:agreement_id>/partnerzy")
@asks("see_partners")
def list_all(agreement_id: int) -> ResponseReturnValue:
    return list_page(agreement_id)


@pages.post("/umowy/<int:agreement_id>/partnerzy")
@asks("staff")
def invite(agreement_id: int) -> ResponseReturnValue:
    """Invite the organisations that were ticked; their letters wait until the office has looked through them."""
    chosen, agreement = sent_choice(), Ref("agreement", agreement_id)

    def work(tx: Connection) -> None:
        find(tx, agreement, None)
        invite_all(tx, agreement, chosen.numbers, answer_day=chosen.answer_day or None, actor=identity.actor(),
                   at=identity.at())  # fmt: skip

    return carry_out(work, url=url_for(".list_all", agreement_id=agreement_id),
                     again=lambda refusal: list_page(agreement_id, chosen, refusal),
                     done=_("The organisations are invited. Their letters wait for approval."))  # fmt: skip


def list_page(
    agreement_id: int, chosen: Chosen | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:  # fmt: skip
    """The partners by state, and the organisations that may be invited."""
    state = request.args.get("stan", "")
    table = machine.newest("agreement_partner")
    with reading() as tx:
        subject = find(tx, Ref("agreement", agreement_id))
        partners = queries.partners_of(tx, agreement_id, states=[state] if state in table.states else ())
        may_invite = Role.STAFF in subject.facts.rights.roles and subject.facts.state in INVITING
        organisations = queries.invitable(tx, subject.edition["id"]) if may_invite else []
    agreement = agreement_of(subject.facts)
    page = render_template(
        "agreements/partners.html", subject=subject, partners=marked(partners), chosen=chosen or Chosen(),
        organisations=organisations, may_invite=may_invite, refusal=refusal, lines=refused_lines(refusal), state=state,
        agreement=agreement, kinds=KINDS, ways=WAYS_OF_SIGNING, total=sum(agreement.counts.values()),
        states=[(state_mark(table, key), agreement.counts.get(key, 0)) for key in table.states],
    )  # fmt: skip
    return page, refusal.status if refusal else 200


def marked(partners: list[PartnerRow]) -> list[tuple[PartnerRow, Any]]:
    """Partners with the marks of their states."""
    table = machine.newest("agreement_partner")
    return [(partner, state_mark(table, partner.state)) for partner in partners]


@pages.get("/umowy/<int:agreement_id>/przypomnienia")
@asks("see_partners")
def chase(agreement_id: int) -> ResponseReturnValue:
    return chase_page(agreement_id)


@pages.post("/umowy/<int:agreement_id>/przypomnienia")
@asks("staff")
def remind(agreement_id: int) -> ResponseReturnValue:
    """Remind the partners that were ticked; the letters wait until the office has looked through them."""
    chosen, agreement = sent_choice(), Ref("agreement", agreement_id)

    def work(tx: Connection) -> None:
        find(tx, agreement, None)
        remind_all(tx, agreement, chosen.numbers, actor=identity.actor(), at=identity.at())

    return carry_out(work, url=url_for(".chase", agreement_id=agreement_id),
                     again=lambda refusal: chase_page(agreement_id, chosen, refusal),
                     done=_("The reminders are written. They wait for approval."))  # fmt: skip


def chase_page(
    agreement_id: int, chosen: Chosen | None = None, refusal: Refusal | None = None
) -> ResponseReturnValue:  # fmt: skip
    """Who has not answered, since when, and when a letter went out last; whoever waits longest comes first."""
    with reading() as tx:
        subject = find(tx, Ref("agreement", agreement_id))
        partners = queries.partners_of(tx, agreement_id)
    awaited = sorted((row for row in partners if row.state in AWAITED), key=lambda row: row.due_at or row.invited_at)
    page = render_template(
        "agreements/chase.html", subject=subject, partners=marked(awaited), chosen=chosen or Chosen(),
        at=subject.late_at, may_remind=Role.STAFF in subject.facts.rights.roles, refusal=refusal,
        lines=refused_lines(refusal),
        unscanned=[row for row in partners if row.lacks_scan],
    )  # fmt: skip
    return page, refusal.status if refusal else 200


@pages.get("/partnerzy-umowy/<int:agreement_partner_id>")
@asks("signed_in")
def show(agreement_partner_id: int) -> ResponseReturnValue:
    return partner_page(agreement_partner_id)


def partner_page(agreement_partner_id: int, refusal: Refusal | None = None) -> ResponseReturnValue:
    """One partner: what is known of it, what can be done, its papers and its history."""
    ref = Ref("agreement_partner", agreement_partner_id)
    with reading() as tx:
        subject = find(tx, ref)
        agreement = find(tx, Ref("agreement", subject.facts["agreement_id"]), None)
        papers = papers_of(tx, agreement_partner_id)
        (row,) = [row for row in queries.partners_of(tx, agreement.ref.id) if row.id == agreement_partner_id]
        entries, promises = entries_of(tx, ref), promises_of(tx, agreement_partner_id)
        ahead = reminders(reminders_of(tx, subject.facts))
        is_office = Role.STAFF in subject.facts.rights.roles
        left = of_editions(tx, [subject.facts["edition_id"]], at=identity.at()) if is_office else []
    steps, next_ = open_steps(subject, identity.at())
    offered = [step for step in steps if step.step.name not in BESIDE]
    signs = any(step.step.name == "sign" and step.permitted for step in steps) and agreement_of(subject.facts).text
    page = render_template(
        "agreements/partner.html", subject=subject, agreement=agreement, row=row, papers=papers, kinds=KINDS,
        paper_kinds=PARTNER_PAPERS, ways=WAYS_OF_SIGNING, lead=lead(subject, next_), accept=ACCEPT,
        choices=choices(subject, offered, next_), promises=promises, kept=KEPT, tones=TONES,
        may_undo=timeline.undoable(subject, entries), history=timeline.lines(subject, entries),
        signs=bool(signs), is_office=is_office, refusal=refusal,
        unanswered=office_notices([one for one in left if one.id == agreement_partner_id], OF_PARTNERS),
        lines=refused_lines(refusal), reminders=ahead,
    )  # fmt: skip
    return page, refusal.status if refusal else 200


@pages.get("/partnerzy-umowy/<int:agreement_partner_id>/tekst")
@asks("signed_in")
def read(agreement_partner_id: int) -> ResponseReturnValue:
    """The text as the partner reads and signs it; it is kept that it was opened."""
    with reading() as tx:
        subject = find(tx, Ref("agreement_partner", agreement_partner_id))
        text = agreement_of(subject.facts).text
        if text is None:
            raise NotFound
        stored = found(tx, text.id)
    subject = with_reader(subject, text)
    steps, _next = open_steps(subject, identity.at())
    sign = next((view(subject, step) for step in steps if step.step.name == "sign" and step.permitted), None)
    return render_template(
        "agreements/sign.html", subject=subject, document=stored, body=body_in_words(stored), sign=sign,
    )  # fmt: skip


@pages.post("/partnerzy-umowy/<int:agreement_partner_id>/pisma")
@asks("staff")
def attach(agreement_partner_id: int) -> ResponseReturnValue:
    """Attach a mandate or a scan."""
    uploads, ref = resources().settings.uploads, Ref("agreement_partner", agreement_partner_id)
    try:
        received = needed_file()
        paper = sent_paper()
    except Refusal as refusal:
        return partner_page(agreement_partner_id, refusal)

    def work(tx: Connection) -> None:
        keep_paper(tx, uploads, ref, received, paper, actor=identity.actor(), at=identity.at())

    return carry_out(work, url=url_for(".show", agreement_partner_id=agreement_partner_id),
                     again=lambda refusal: partner_page(agreement_partner_id, refusal),
                     done=_("The paper is attached."))  # fmt: skip


def sent_paper() -> PartnerPaper:
    """What the file is; BadInput where nothing known was chosen."""
    try:
        return PartnerPaper(request.form.get("partner_paper", ""))
    except ValueError:
        raise BadInput({"partner_paper": _("Choose one of the answers on the list.")}) from None


@pages.get("/partnerzy-umowy/<int:agreement_partner_id>/pisma/<int:number>")
@asks("signed_in")
def paper(agreement_partner_id: int, number: int) -> ResponseReturnValue:
    """A paper of a partner as the file that was attached."""
    with reading() as tx:
        find(tx, Ref("agreement_partner", agreement_partner_id), None)
        row = paper_of(tx, agreement_partner_id, number)
    path = storage.path_of(resources().settings.uploads, row.file_key) if row and row.file_key else None
    if row is None or path is None or not path.is_file():
        raise NotFound
    return as_attachment(path, row.file_name, row.file_type)
