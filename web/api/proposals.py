"""Proposals: the list, one of them with everything that the reader may see, a new idea, a change of the sheet."""

from decimal import Decimal
from typing import Any

from flask import Response, request

from web.api import body
from web.api.calls import PREFIX, answer, call
from web.api.editions import plainly
from web.api.lists import PAGING, answer_part, asked_part, nothing_asked
from web.api.once import once
from web.api.refusals import Changed, NoVersion
from web.api.shapes import states
from web.api.steps import shown_steps
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from workflow.base.errors import BadInput, NotFound, Stale
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.proposals import api_rows as rows
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see, may_see_working_papers

FILTERS = ("edition", "state", "area", "sector", "q")
# What anybody reads of a sheet; the rest is for people of the edition.
PUBLIC_SHEET = ("principle", "places")


def asked_names(name: str) -> tuple[str, ...]:
    """What the newest table asks for in a step or record of a proposal."""
    table = machine.newest("proposal")
    row = next(one for one in (*table.steps, *table.records) if one.name == name)
    return tuple(ask.name for ask in row.asks)


@call("GET", "/proposals", "Proposals that you may see", {200: "Proposal[]"}, query=(*FILTERS, *PAGING))
@asks("signed_in")
def list_proposals() -> Response:
    part = asked_part(*FILTERS, choices={"state": states("proposal")})
    with reading() as tx:
        wanted = rows.Wanted(**part.filters)
        found = rows.list_proposals(tx, identity.reader(), wanted, after=part.after, limit=part.reach)
    return answer_part([plainly(row) for row in found], part)


@call(
    "POST", "/proposals", "Record an idea", {201: "Proposal"}, takes="NewProposal", headers=("Idempotency-Key",),
    refuses=(403, 404, 409), about="Whoever records an idea leads it until a group is formed.",
)  # fmt: skip
@asks("signed_in")
def add_proposal() -> Response:
    given = body.read_body(known=("edition", *asked_names("record_idea")))
    edition = body.text_in(given, "edition")
    data = {name: value for name, value in given.items() if name != "edition"}

    def record(tx: Any, key: str | None) -> machine.Moved:
        edition_id = rows.edition_number(tx, edition)
        if edition_id is None:
            raise NotFound
        return machine.create(
            tx, CreateCommand(
                "proposal", "record_idea", actor=identity.actor(), at=identity.at(), edition_id=edition_id,
                answers=data, key=key,
            )
        )  # fmt: skip

    row = once(record)
    response = answer(row, 201, version=row["version"])
    response.headers["Location"] = f"{PREFIX}/proposals/{row['id']}"
    return response


def seen(tx: Any, proposal_id: int) -> Facts:
    """The facts of a proposal that exists for the reader, without what its edition amounts to; NotFound otherwise."""
    facts = rows.find_facts(tx, Ref("proposal", proposal_id), actor=identity.actor())
    if facts is None or not may_see(facts):
        raise NotFound
    return facts


@call(
    "GET", "/proposals/<int:proposal_id>", "One proposal with its open steps", {200: "ProposalDetail", 304: ""},
    headers=("If-None-Match",), refuses=(404,),
    about="The tag is the version of the proposal. Which steps are open depends on the edition and on the clock too: "
    "to see them anew, ask without If-None-Match.",
)  # fmt: skip
@asks("signed_in")
def show_proposal(proposal_id: int) -> Response:
    nothing_asked()
    with reading() as tx:
        facts = seen(tx, proposal_id)
        if str(facts.version) in request.if_none_match:
            response = answer(None, 304, version=facts.version)
            response.set_data(b"")
            return response
        facts, group = rows.with_all(tx, facts), shown_group(tx, facts)
    return answer(shown(facts, group), version=facts.version)


def shown(facts: Facts, group: dict[str, Any]) -> dict[str, Any]:
    """A proposal as the reader may see it."""
    lang = identity.language()
    state = machine.lifecycle_of(facts).states[facts.state or ""]
    steps = machine.open_steps(facts, at=identity.at())
    return {
        "id": facts.ref.id, "number": facts["number"], "title": facts["title"], "edition": facts.edition["key"],
        "state": facts.state, "version": facts.version, "updated_at": rows.moment(facts["updated_at"]),
        "state_label": state.label.say(lang), "phase": state.phase, "due_at": rows.moment(facts.due_at),
        "submission_until": rows.moment(facts.submission_until),
        "reserve_position": facts["reserve_position"], "merged_into": facts["merged_into_id"],
        "lifecycle": f"{facts.lifecycle}/{facts.lifecycle_version}",
        "sheet": shown_sheet(facts), "group": group,
        "steps": shown_steps(facts, [one for one in steps if not one.step.is_record]),
        "records": shown_steps(facts, [one for one in steps if one.step.is_record]),
    }  # fmt: skip


def shown_sheet(facts: Facts) -> dict[str, Any]:
    """The sheet by the names of its fields, as PATCH takes them; amounts in złoty."""
    whole = may_see_working_papers(facts)
    kept = {name: value for name, value in facts["sheet"].items() if whole or name in PUBLIC_SHEET}
    own = {name: facts[name] for name in ("title", "summary", "sector", "area")}
    if "budget_lines" in kept:
        kept["budget_lines"] = [{**line, "amount": in_zloty(line["amount"])} for line in kept["budget_lines"]]
    return {**own, "cost": None if facts["cost"] is None else in_zloty(facts["cost"]), **kept}


def in_zloty(grosze: int) -> str:
    """An amount as PATCH takes it."""
    return f"{Decimal(grosze) / 100:.2f}"


def shown_group(tx: Any, facts: Facts) -> dict[str, Any]:
    """Who works on it: names for people of the edition, a count for everybody."""
    bare = {"member_count": facts["member_count"], "leader": None, "coordinator": None, "members": []}
    if not may_see_working_papers(facts):
        return bare
    members = rows.group_of(tx, facts)
    names = rows.names_of(tx, [facts["leader_id"], facts["coordinator_id"]], facts)
    return {
        **bare,
        **{role: _named(facts, role, names) for role in ("leader", "coordinator")},
        "members": [{"id": one.id, "name": one.name} for one in members],
    }


def _named(facts: Facts, role: str, names: Any) -> dict[str, Any] | None:
    number = facts[f"{role}_id"]
    if number is None:
        return None
    return {"id": number, "name": names.get(number, ""), "accepted": facts[f"{role}_accepted_at"] is not None}


@call(
    "PATCH", "/proposals/<int:proposal_id>", "Change the sheet", {200: "Proposal"}, takes="SheetChange",
    headers=("If-Match", "Idempotency-Key"), refuses=(403, 404, 409, 412, 428),
    about="Fields that are not named stay as they are. The change is an entry of the history, as every step is.",
)  # fmt: skip
@asks("signed_in")
def change_sheet(proposal_id: int) -> Response:
    data = body.read_body(known=asked_names("edit_sheet"))
    if not data:
        raise BadInput({"body": _("Name at least one field to change.")})
    # As in a JSON merge patch, null takes out what was there.
    data = {name: "" if value is None else value for name, value in data.items()}
    if not request.if_match:
        raise NoVersion

    def change(tx: Any, key: str | None) -> machine.Moved:
        return machine.take(
            tx, StepCommand(
                Ref("proposal", proposal_id), "edit_sheet", actor=identity.actor(), at=identity.at(),
                version=matched_version(), answers=data, key=key,
            )
        )  # fmt: skip

    try:
        row = once(change)
    except Stale as stale:
        raise Changed(stale) from None
    return answer(row, version=row["version"])


def matched_version() -> int | None:
    """The version that If-Match names: None for any, -1 for a tag that is no version of ours."""
    if request.if_match.star_tag:
        return None
    named = [tag for tag in request.if_match.as_set() if tag.isascii() and tag.isdigit() and len(tag) < 10]
    return int(named[0]) if len(named) == 1 else -1
