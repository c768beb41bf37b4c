"""Comments on a proposal by section, answers, mentions, and suggested texts for the leader to answer."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection

from web.http import identity
from web.http.resources import reading, resources
from web.http.security import asks
from web.http.template_context import say
from web.views.subject import Subject, find
from workflow.base.errors import BadInput, NotAllowed, NotFound, NotReady, Refusal
from workflow.base.i18n import Sentence, _
from workflow.comments import actions, queries, suggestions
from workflow.comments.visibility import OF_COMMITTEE, Circle, leads, may_edit, may_withdraw, readable, writable
from workflow.rules.facts import Actor, Ref
from workflow.rules.permissions import may_name_minors
from workflow.rules.sheet_sections import Section, asked_sections, section_digest, sections_of, values_of

pages = Blueprint("comments", __name__)
CIRCLES: Mapping[Circle, Sentence] = {
    Circle.GROUP: _("The group"),
    Circle.OFFICE: _("The group and the programme office"),
    Circle.ALL: _("Everybody who works in this edition"),
    Circle.COMMITTEE: _("The committee alone"),
}
SAID, CHANGED = _("Your comment is there."), _("Your comment is changed.")
WITHDRAWN = _("Your comment is withdrawn.")
RESOLVED, REOPENED = _("The talk is closed as resolved."), _("The talk is open again.")
SUGGESTED, TAKEN_BACK = _("Your suggestion waits for the leader."), _("Your suggestion is taken back.")
ACCEPTED, DECLINED = _("The text is in the sheet now."), _("The suggestion is declined; its author is told.")
LONGEST_LIST = 50
WHOLE = "calosc"
LONGEST_NUMBER = 18


class Typed(Struct, frozen=True):
    """What was typed into one of the forms of the page that was refused; `where` says into which."""

    where: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def refused(cls, where: str, refusal: Refusal) -> "Typed":
        """Everything from the request, with a sentence beside each field that is wrong."""
        end = f"-{where}" if where else ""
        errors = {f"{item.field or 'text'}{end}": item.say(identity.language()) for item in refusal.missing}
        values = {**request.form.to_dict(), "mentions": request.form.getlist("mentions")}
        return cls(where, values, errors or {f"text{end}": say(refusal.sentence)})

    def of(self, where: str, name: str) -> Any:
        """What was typed into a field of a form, where it was this form."""
        return self.values.get(name) if where == self.where else None

    def wrong(self, where: str, name: str) -> str | None:
        """What is wrong with a field of a form."""
        return self.errors.get(f"{name}-{where}" if where else name)


@pages.get("/projekty/<int:proposal_id>/rozmowa")
@asks("signed_in")
def show(proposal_id: int) -> ResponseReturnValue:
    return comments_page(proposal_id)


@pages.post("/projekty/<int:proposal_id>/rozmowa")
@asks("signed_in")
def add(proposal_id: int) -> ResponseReturnValue:
    form = request.form
    return do(proposal_id, "", SAID, lambda tx, ref, who: actions.add_comment(
        tx, ref, text=form.get("text", ""), section=form.get("section", ""), circle=form.get("circle", ""),
        mentions=mentioned(), **who,
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/<int:number>/odpowiedz")
@asks("signed_in")
def answer(proposal_id: int, number: int) -> ResponseReturnValue:
    text = request.form.get("text", "")
    return do(proposal_id, f"answer-{number}", SAID, lambda tx, ref, who: actions.answer_comment(
        tx, ref, number, text=text, mentions=mentioned(), **who
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/<int:number>/popraw")
@asks("signed_in")
def edit(proposal_id: int, number: int) -> ResponseReturnValue:
    text = request.form.get("text", "")
    return do(proposal_id, f"edit-{number}", CHANGED, lambda tx, ref, who: actions.edit_comment(
        tx, ref, number, text=text, **who
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/<int:number>/wycofaj")
@asks("signed_in")
def withdraw_words(proposal_id: int, number: int) -> ResponseReturnValue:
    return do(proposal_id, "", WITHDRAWN, lambda tx, ref, who: actions.withdraw_comment(tx, ref, number, **who))


@pages.post("/projekty/<int:proposal_id>/rozmowa/<int:number>/zalatwione")
@asks("signed_in")
def resolve(proposal_id: int, number: int) -> ResponseReturnValue:
    return do(proposal_id, "", RESOLVED, lambda tx, ref, who: actions.resolve_comment(
        tx, ref, number, resolved=True, **who
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/<int:number>/otworz")
@asks("signed_in")
def reopen(proposal_id: int, number: int) -> ResponseReturnValue:
    return do(proposal_id, "", REOPENED, lambda tx, ref, who: actions.resolve_comment(
        tx, ref, number, resolved=False, **who
    ))  # fmt: skip


@pages.get("/projekty/<int:proposal_id>/rozmowa/propozycja/<section>")
@asks("signed_in")
def ask_suggestion(proposal_id: int, section: str) -> ResponseReturnValue:
    return suggestion_page(proposal_id, section)


@pages.post("/projekty/<int:proposal_id>/rozmowa/propozycja/<section>")
@asks("signed_in")
def suggest(proposal_id: int, section: str) -> ResponseReturnValue:
    form = request.form
    return do(proposal_id, "", SUGGESTED, lambda tx, ref, who: suggestions.suggest(
        tx, ref, section=section, text=form.get("text", ""), word=form.get("word", ""), base=form.get("base", ""), **who
    ), again=lambda typed: suggestion_page(proposal_id, section, typed))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/propozycje/<int:number>/przyjmij")
@asks("signed_in")
def accept(proposal_id: int, number: int) -> ResponseReturnValue:
    form = request.form
    return do(proposal_id, f"accept-{number}", ACCEPTED, lambda tx, ref, who: suggestions.accept(
        tx, ref, number, base=form.get("base", ""), answer=form.get("answer", ""), **who
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/propozycje/<int:number>/odrzuc")
@asks("signed_in")
def decline(proposal_id: int, number: int) -> ResponseReturnValue:
    text = request.form.get("answer", "")
    return do(proposal_id, f"accept-{number}", DECLINED, lambda tx, ref, who: suggestions.decline(
        tx, ref, number, answer=text, **who
    ))  # fmt: skip


@pages.post("/projekty/<int:proposal_id>/rozmowa/propozycje/<int:number>/wycofaj")
@asks("signed_in")
def withdraw(proposal_id: int, number: int) -> ResponseReturnValue:
    return do(proposal_id, "", TAKEN_BACK, lambda tx, ref, who: suggestions.withdraw(tx, ref, number, **who))


Work = Callable[[Connection, Ref, dict[str, Any]], Any]


def do(
    proposal_id: int,
    where: str,
    said: Sentence,
    work: Work,
    *,
    again: Callable[[Typed], ResponseReturnValue] | None = None,
) -> ResponseReturnValue:
    """Do one thing in a transaction and go back to the comments; a refusal returns what was typed in its form."""
    ref = Ref("proposal", proposal_id)
    who: dict[str, Actor | Any] = {"actor": identity.actor(), "at": identity.at()}
    try:
        resources().database.in_transaction(lambda tx: work(tx, ref, who))
    except (BadInput, NotReady) as refusal:
        typed = Typed.refused(where, refusal)
        return again(typed) if again else comments_page(proposal_id, typed)
    flash(say(said), "success")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


def mentioned() -> list[int]:
    """The people who were ticked; what is no number counts as somebody who is not there."""
    chosen = request.form.getlist("mentions")[: LONGEST_LIST + 1]
    return [int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else 0 for number in chosen]


def comments_page(proposal_id: int, typed: Typed | None = None) -> ResponseReturnValue:
    """One page of the comments that the reader may read, with the forms that the reader may use."""
    about, below = request.args.get("sekcja", ""), request.args.get("before", "")
    # Nothing chosen is everything; the whole project is a choice of its own.
    chosen = "" if about == WHOLE else about or None
    before = int(below) if below.isdecimal() and len(below) < LONGEST_NUMBER else None
    with reading() as tx:
        subject = find(tx, Ref("proposal", proposal_id))
        subject = readers(replace(subject, facts=queries.read_committee(tx, subject.facts)))
        facts = subject.facts
        open_only = request.args.get("stan") == "otwarte"
        threads = queries.threads_of(tx, facts, section=chosen, open_only=open_only, before=before)
        counts = queries.open_counts(tx, facts)
        suggested = queries.suggestions_of(tx, facts)
        people = queries.people_to_mention(tx, facts) if writable(facts) - OF_COMMITTEE else []
        merged = queries.merged_into(tx, proposal_id)
    at = identity.at()
    page = render_template(
        "comments/show.html", subject=subject, threads=threads, typed=typed or Typed(), counts=counts, about=about,
        whole=WHOLE, open_only=open_only, merged=merged, all_circles=CIRCLES,
        circles={circle: label for circle, label in CIRCLES.items() if circle in writable(facts)},
        only_committee=writable(facts) == OF_COMMITTEE, labels=labels(subject),
        asked=asked_sections(facts.edition), people=people,
        suggested=[(suggestion, *saved(subject, suggestion)) for suggestion in suggested],
        leads=leads(facts) and bool(writable(facts)),
        suggestable=suggestable(subject), me=identity.reader().id, may_name_minors=may_name_minors(subject.facts),
        may_edit=lambda comment: bool(writable(facts)) and may_edit(facts, comment.author.id, comment.written_at, at),
        may_withdraw=lambda comment: may_withdraw(facts, comment.author.id, comment.written_at, at),
        may_speak=lambda comment: comment.circle in writable(facts),
    )  # fmt: skip
    return page, 422 if typed else 200


def readers(subject: Subject) -> Subject:
    """The subject, for those who may read any of its comments; raises NotFound for everybody else."""
    if not readable(subject.facts):
        raise NotFound
    return subject


def labels(subject: Subject) -> dict[str, str]:
    """What each section is called in this edition; those that are switched off too, for what was said about them."""
    return {section.name: say(section.label) for section in sections_of(subject.edition)}


def suggestable(subject: Subject) -> list[Section]:
    """The sections for which the reader may suggest a text."""
    sections = [section for section in asked_sections(subject.edition) if section.kind in suggestions.SUGGESTED]
    return sections if writable(subject.facts) - OF_COMMITTEE else []


def text_of(subject: Subject, section: str) -> str:
    """The saved text of a section, as it stands in a field."""
    value = values_of(subject.facts.own).get(section) or ""
    return "\n".join(value) if isinstance(value, list) else str(value)


def saved(subject: Subject, suggestion: queries.SuggestionRow) -> tuple[str, str, bool]:
    """The text that a suggestion would replace, its digest, and whether it was saved after the suggestion."""
    digest = section_digest(suggestion.section, values_of(subject.facts.own))
    return text_of(subject, suggestion.section), digest, digest != suggestion.base


def suggestion_page(proposal_id: int, section: str, typed: Typed | None = None) -> ResponseReturnValue:
    """The form for a new text of one section, with the saved one to begin with."""
    with reading() as tx:
        subject = readers(find(tx, Ref("proposal", proposal_id)))
    chosen = next((asked for asked in asked_sections(subject.edition) if asked.name == section), None)
    if chosen is None or chosen.kind not in suggestions.SUGGESTED:
        raise NotFound
    if chosen not in suggestable(subject):
        raise NotAllowed
    base = section_digest(section, values_of(subject.facts.own))
    page = render_template(
        "comments/suggest.html", subject=subject, section=chosen, typed=typed or Typed(),
        text=text_of(subject, section), base=base, word=suggestions.WORD,
    )  # fmt: skip
    return page, 422 if typed else 200
