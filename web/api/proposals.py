"""Proposals: the list, one of them with everything that the reader may see, a new idea, a change of the sheet."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Response
from sqlalchemy import Connection

from web.api import body
from web.api.answers import Group, Holder, ProposalParts, plain_row
from web.api.calls import PREFIX, answer, call
from web.api.lists import PAGING, answer_part, asked_part
from web.api.once import once
from web.api.preconditions import IfMatch
from web.api.schemas import states
from web.api.subjects import SubjectCalls, numbered, serve
from web.http import identity
from web.http.resources import reading
from web.http.security import asks
from workflow.base.errors import BadInput, NotFound, Stale
from workflow.base.i18n import _
from workflow.engine import machine
from workflow.engine.command import CreateCommand, StepCommand
from workflow.proposals import api_rows as rows
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see_working_papers

FILTERS = ("edition", "state", "area", "sector", "q")
# What anybody reads of a sheet; the rest is for people of the edition.
PUBLIC_SHEET = ("principle", "places")


def asked_names(name: str) -> tuple[str, ...]:
    """What the newest table asks for in a step or record of a proposal."""
    table = machine.newest("proposal")
    row = next(one for one in table.rows if one.name == name)
    return tuple(ask.name for ask in row.asks)


@call("GET", "/proposals", "Proposals that you may see", {200: "Proposal[]"}, query=(*FILTERS, *PAGING))
@asks("signed_in")
def list_proposals() -> Response:
    part = asked_part(*FILTERS, choices={"state": states("proposal")})
    with reading() as tx:
        wanted = rows.Wanted(**part.filters)
        proposals = rows.list_proposals(tx, identity.reader(), wanted, after=part.after, limit=part.reach)
    return answer_part([plain_row(row) for row in proposals], part)


@call(
    "POST", "/proposals", "Record an idea", {201: "Proposal"}, takes="NewProposal", headers=("Idempotency-Key",),
    refuses=(403, 404, 409), about="Whoever records an idea leads it until a group is formed.",
)  # fmt: skip
@asks("signed_in")
def add_proposal() -> Response:
    given = body.read_body(known=("edition", *asked_names("record_idea")))
    edition = body.text_in(given, "edition")
    data = {name: value for name, value in given.items() if name != "edition"}

    def record(tx: Connection, key: str | None) -> machine.Moved:
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


def proposal_parts(tx: Connection, facts: Facts) -> dict[str, Any]:
    """What a proposal shows besides what every subject shows."""
    parts: ProposalParts = {
        "submission_until": rows.moment(facts.submission_until), "reserve_position": facts["reserve_position"],
        "merged_into": facts["merged_into_id"], "group": shown_group(tx, facts),
    }  # fmt: skip
    return {**parts, "sheet": shown_sheet(facts)}


def shown_sheet(facts: Facts) -> dict[str, Any]:
    """The sheet by the names of its fields, as PATCH takes them; amounts in złoty."""
    whole = may_see_working_papers(facts)
    fields = {name: value for name, value in facts["sheet"].items() if whole or name in PUBLIC_SHEET}
    own = {name: facts[name] for name in ("title", "summary", "sector", "area")}
    if "budget_lines" in fields:
        fields["budget_lines"] = [{**line, "amount": in_zloty(line["amount"])} for line in fields["budget_lines"]]
    return {**own, "cost": None if facts["cost"] is None else in_zloty(facts["cost"]), **fields}


def in_zloty(grosze: int) -> str:
    """An amount as PATCH takes it."""
    return f"{Decimal(grosze) / 100:.2f}"


def shown_group(tx: Connection, facts: Facts) -> Group:
    """Who works on it: names for people of the edition, a count for everybody."""
    if not may_see_working_papers(facts):
        return {"member_count": facts["member_count"], "leader": None, "coordinator": None, "members": []}
    names = rows.names_of(tx, [facts["leader_id"], facts["coordinator_id"]], facts)
    return {
        "member_count": facts["member_count"],
        "leader": _holder(facts, "leader_id", "leader_accepted_at", names),
        "coordinator": _holder(facts, "coordinator_id", "coordinator_accepted_at", names),
        "members": [{"id": member.id, "name": member.name} for member in rows.group_of(tx, facts)],
    }


def _holder(facts: Facts, person: str, accepted: str, names: Mapping[int, str]) -> Holder | None:
    """Whom a column names, and whether that person has accepted."""
    number = facts[person]
    if number is None:
        return None
    return {"id": number, "name": names.get(number, ""), "accepted": facts[accepted] is not None}


# Before PATCH of the same address, or a number too large for it would be answered as a wrong method.
serve(SubjectCalls("proposal", "proposals", "int:proposal_id", numbered("proposal"), proposal_parts))


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
    if_match = IfMatch.sent()

    def change(tx: Connection, key: str | None) -> machine.Moved:
        return machine.take(
            tx, StepCommand(
                Ref("proposal", proposal_id), "edit_sheet", actor=identity.actor(), at=identity.at(),
                version=if_match.versions(), answers=data, key=key,
            )
        )  # fmt: skip

    try:
        row = once(change)
    except Stale as stale:
        raise if_match.refusal(stale) from None
    return answer(row, version=row["version"])
