"""The history of a proposal: every entry that the reader may see, oldest first, with its place in the chain."""

from flask import Response

from web.api.answers import HistoryEntry
from web.api.calls import call
from web.api.lists import PAGING, answer_part, asked_part
from web.api.subjects import visible
from web.http.resources import reading
from web.http.security import asks
from workflow.proposals import api_rows as rows
from workflow.rules.facts import Facts, Ref
from workflow.rules.permissions import may_see_private, may_see_working_papers
from workflow.rules.registry import records_of


@call(
    "GET", "/proposals/<int:proposal_id>/history", "What happened to a proposal", {200: "HistoryEntry[]"}, query=PAGING,
    refuses=(404,), about="Records under embargo are left out for whoever may not see them; the chain then has a gap.",
)  # fmt: skip
@asks("signed_in")
def list_history(proposal_id: int) -> Response:
    part = asked_part()
    with reading() as tx:
        facts = visible(tx, Ref("proposal", proposal_id))
        entries = rows.list_history(tx, facts, hidden=hidden_records(facts), after=part.after, limit=part.reach)
    return answer_part([shown_entry(row, facts) for row in entries], part, key="seq")


def hidden_records(facts: Facts) -> list[str]:
    """Records that the reader learns nothing of: those under embargo, and for outsiders all of them."""
    records = records_of(facts.lifecycle)
    whole = may_see_working_papers(facts)
    return sorted({row.name for row in records if not whole or (row.private and not may_see_private(facts))})


def shown_entry(row: rows.Row, facts: Facts) -> HistoryEntry:
    """One entry; who did it and what was said is for people of the edition."""
    whole = may_see_working_papers(facts)
    return {
        "seq": row["seq"], "version": row["version"], "step": row["step"], "from": row["from_state"],
        "to": row["to_state"], "actor": row["actor_id"] if whole else None,
        "actor_name": row["actor_name"] if whole else None, "at": row["at"].isoformat(),
        "note": (row["note"] or "") if whole else "", "prev_hash": row["prev_hash"], "hash": row["hash"],
    }  # fmt: skip
