"""Names, titles and texts that are one long word or link, put into everything that people write in a demo."""

from sqlalchemy import Connection, Table, func, update

from workflow.models.base import Base

NAME = "Konstantynopolitańczykowianeczka"
WORD = NAME * 3
LINK = f"https://example.org/{'bardzo/dluga/sciezka?' * 6}"
# Table -> the columns in which people write, each with what is added to it; but for what a result counts with its digest.
WRITTEN = {
    "edition": {"title": WORD, "county": WORD[:60]},
    "person": {"name": WORD, "organisation": WORD},
    "organisation": {"name": WORD, "contact": LINK},
    "proposal": {"title": WORD, "summary": LINK, "sector": WORD[:60], "area": WORD[:60], "group_name": WORD, "theme": WORD},
    "agreement": {"title": WORD, "purpose": LINK},
    "agreement_partner": {"name": WORD, "signatory_name": WORD, "signatory_function": WORD, "mandate_note": LINK},
    "conference": {"purpose": LINK, "host_commune": WORD[:60], "venue": WORD, "theme": WORD},
    "agenda_slot": {"title": WORD, "presenter": WORD},
    "budget_line": {"label": WORD, "source": WORD},
    "comment": {"text": LINK},
    "conference_output": {"text": LINK},
    "group_member": {"name": WORD},
    "group_task": {"text": LINK},
    "open_matter": {"text": LINK, "result": LINK},
    "proposal_file": {"name": WORD},
    "risk": {"title": WORD, "response": LINK},
    "suggestion": {"text": LINK, "word": WORD},
    "expense": {"what": WORD},
    "meeting": {"place": WORD},
    "milestone": {"title": WORD, "description": LINK, "outcome": LINK},
    "score_card": {"comment": LINK},
    "promise": {"partner": WORD, "text": LINK},
    "decision": {"justification": LINK},
}  # fmt: skip
SHEET = "sheet"


def write_hostile_names(tx: Connection) -> None:
    """Add a long word or link to everything that is written already; the history is not touched, so it does not verify."""
    for name, columns in WRITTEN.items():
        table = Base.metadata.tables[name]
        for column, more in columns.items():
            place = table.c[column]
            longest = getattr(place.type, "length", None) or 20_000
            added = func.substr(place, 1, longest - len(more) - 1) + f" {more}"
            tx.execute(update(table).where(place != "").values({column: added}))
    _write_sheets(tx, Base.metadata.tables["proposal"])


def bytes_put_in(page: str) -> int:
    """How much of an uncompressed page is these words and links; cut ones count by their whole parts."""
    return sum(page.count(put_in) * len(put_in.encode()) for put_in in (NAME, LINK))


def _write_sheets(tx: Connection, proposal: Table) -> None:
    for row in tx.execute(proposal.select()).mappings().all():
        values = {name: _longer(value) for name, value in row[SHEET].items()}
        tx.execute(update(proposal).where(proposal.c.id == row["id"]).values({SHEET: values}))


def _longer(value: object) -> object:
    if isinstance(value, str) and value.strip() and " " in value:
        return f"{value} {LINK}"
    if isinstance(value, list):
        return [
            {k: _longer(cell) for k, cell in each.items()} if isinstance(each, dict) else _longer(each)
            for each in value
        ]
    return value
