"""The form of an idea: a title is enough; the edition's own sectors, areas and communes to choose from."""

from typing import Any

from flask import request
from msgspec.structs import replace

from web.forms.steps import StepForm, specs_of
from web.http.template_context import say
from workflow.base.i18n import _
from workflow.rules.facts import Facts
from workflow.rules.field_types import Input

WHOLE_COUNTY = _("whole county")
# The edition's list that a field offers.
LISTS = {"sector": "sectors", "area": "areas", "places": "communes"}
# Beside the title; they can be added at any time later.
MORE = ("summary", "sector", "area", "places", "principle")
# Whose a paper card is; nobody is asked this about an idea of one's own.
OF_CARDS = ("person", "name", "under_age")
CARD_LABELS = {
    "person": _("A participant"),
    "name": _("Somebody who is not on the list"),
    "author_as_group": _("The card is from a group, no person is named"),
    "clause": _("The information clause stood on the card or was given with it"),
}
CARD_HINTS = {
    "name": _("Name and surname, as on the card"),
    "under_age": _("Then no name is kept: the group is the author until a consent is recorded."),
}


def asked() -> tuple[Input, ...]:
    """What an idea asks its own author for."""
    return tuple(spec for spec in specs_of("proposal", "record_idea") if spec.name not in OF_CARDS)


def card_asks() -> tuple[Input, ...]:
    """What a paper card asks for: the day first, then the idea, then whose it is."""
    return tuple(
        replace(spec, label=CARD_LABELS.get(spec.name, spec.label), hint=CARD_HINTS.get(spec.name, spec.hint))
        for spec in specs_of("proposal", "record_idea")
    )


def empty(facts: Facts) -> StepForm:
    """The form as it is opened; a minor without consent finds the group as the author."""
    values = {"author_as_group": "1"} if needs_group(facts) else {}
    return fitted(StepForm.of(asked(), version=None, values=values), facts)


def sent(asks: tuple[Input, ...] | None = None) -> StepForm:
    """The form as the browser sent it, with every place that was ticked."""
    form = StepForm.sent_for(asks or asked())
    places = [place for place in request.form.getlist("places") if place]
    form.values = {**form.values, "places": places or None}
    return form


def fitted(form: StepForm, facts: Facts) -> StepForm:
    """The form for this edition and this person: its lists, and the clause where it was not confirmed yet."""
    offer_lists(form, facts)
    if not needs_clause(facts):
        form.asks = tuple(spec for spec in form.asks if spec.name != "clause")
    else:
        form.asks = tuple(replace(spec, required=True) if spec.name == "clause" else spec for spec in form.asks)
    return form


def offer_lists(form: StepForm, facts: Facts) -> None:
    """The edition's own sectors, areas and communes, and what was chosen before."""
    for name, column in LISTS.items():
        if names := facts.edition[column]:
            whole = [say(WHOLE_COUNTY)] if name == "places" else []
            form.choices[name] = [(choice, choice) for choice in dict.fromkeys([*names, *whole, *chosen(form, name)])]


def chosen(form: StepForm, name: str) -> list[str]:
    """What was chosen or written before, so that it comes back."""
    given: Any = form.values.get(name) or []
    return [given] if isinstance(given, str) else list(given)


def needs_clause(facts: Facts) -> bool:
    """Whether the author has not yet confirmed the clause that is in force."""
    return bool(facts.edition["clause_version"]) and facts.rights.clause_version != facts.edition["clause_version"]


def needs_group(facts: Facts) -> bool:
    """Whether the author is a minor for whom nobody has consented yet."""
    return facts.rights.is_minor and not facts.rights.has_consent
