"""The template of a conference's report: what its rows say, in the words of an office."""

from collections.abc import Iterator, Mapping

from workflow.base.i18n import Sentence, _
from workflow.documents.blocks import Block, Grid, Heading, Items, Paragraph
from workflow.documents.wording import Data, day, heading, moment, paragraph, particulars, said, table
from workflow.rules.conference_outputs import KINDS, NAMES
from workflow.rules.hall import NO_SECTOR_IN_WORDS, stratum_in_words


def title(data: Data) -> Sentence:
    """What the report is called."""
    return _("Report of conference no. {number}", number=data["number"])


def blocks(data: Data) -> Iterator[Block]:
    """Everything that a report says, in the order in which a conference goes."""
    yield _head(data)
    yield from _attendance(data)
    yield from _lists(data)
    if data["presented"]:
        yield heading(_("Projects presented"))
        yield Items([f"{project['number']}. {project['title']}" for project in data["presented"]])
    if data.get("votes"):
        yield heading(_("Votes in the hall"))
        for vote in data["votes"]:
            yield from _vote(vote)
    yield from _matters(data)
    yield heading(_("Remarks"))
    yield Paragraph(data["remarks"] or said(_("No remarks.")))


def _head(data: Data) -> Grid:
    rows = [
        (_("Edition"), data["edition"]), (_("Theme"), data["theme"]), (_("Purpose"), data["purpose"]),
        (_("Begun"), moment(data["starts_at"])), (_("Ended"), moment(data["ends_at"])),
        (_("Host commune"), data["host_commune"]), (_("Venue"), data["venue"]),
    ]  # fmt: skip
    return particulars(_("The conference"), rows)


def _attendance(data: Data) -> Iterator[Block]:
    yield heading(_("Attendance"))
    present = sum(line["count"] for line in data["sectors"])
    if "registered" in data:
        yield paragraph(_("Registered: {registered}. Checked in: {present}.", registered=data["registered"],
                          present=present))  # fmt: skip
    elif present:
        yield paragraph(_("Checked in: {present}.", present=present))
    elif data["participants"] is None:
        yield paragraph(_("No number of participants was noted."))
    if data["participants"] is not None:
        figure = f"{data['qualifier']} {data['participants']}".strip()
        yield paragraph(_("Participants as noted: {figure}. Source: {source}", figure=figure,
                          source=data["source"] or "–"))  # fmt: skip
    if data["sectors"]:
        rows = [(_sector(line), str(line["count"])) for line in data["sectors"]]
        yield table(_("People checked in, by sector"), (_("Sector"), _("People")), rows, widths=(4, 1), numbers={1})


def _sector(line: Data) -> str:
    missing = _("sector not given") if line.get("unknown") else _("without an organisation")
    return str(line["sector"] or said(missing))


def _lists(data: Data) -> Iterator[Block]:
    if not data["outputs"]:
        return
    yield heading(NAMES[data["outputs"]])
    if not data["lists"]:
        yield paragraph(_("The groups wrote nothing down."))
    for group in data["lists"]:
        yield Heading(f"{said(KINDS[data['outputs']][group['kind']])}: {group['table']}", level=3)
        yield Items(group["lines"])


def _vote(vote: Data) -> Iterator[Block]:
    """A counted vote: what was asked, how many voted, places with ties as ties, sectors that are not tiny."""
    heading, *listed = vote["question"].split("\n")
    yield Heading(heading, level=3)
    if listed:
        yield Items(listed)
    manner = _("Secret vote.") if vote["secret"] else _("Vote by name.")
    yield Paragraph(" ".join((
        said(manner),
        said(_("Closed: {moment}.", moment=moment(vote["closed_at"]))),
        said(_("People who could vote: {electors}. People who voted: {voted}.", electors=vote["electors"],
               voted=vote["voted"])),
    )))  # fmt: skip
    columns = (_("Place"), _("Option"), _("Votes or points"), _("Tie"))
    rows = [(str(option["place"]), option["label"], str(option["score"]), said(_("yes")) if option["tied"] else "")
            for option in vote["options"]]  # fmt: skip
    yield table(_("Options by result"), columns, rows, widths=(1, 6, 2, 1), numbers={0, 2})
    yield from _by_sector(vote)
    yield paragraph(_("Result file of vote no. {number}, SHA-256: {digest}", number=vote["poll"],
                      digest=vote["digest"]))  # fmt: skip


def _by_sector(vote: Data) -> Iterator[Block]:
    strata: Mapping[str, Mapping[str, int]] = vote["strata"]
    if not strata:
        return
    none = said(NO_SECTOR_IN_WORDS)
    columns = [said(_("Option")), *(stratum_in_words(stratum, none) for stratum in strata)]
    rows = [(option["label"], *(str(scores.get(option["key"], 0)) for scores in strata.values()))
            for option in vote["options"]]  # fmt: skip
    widths = (4, *([2] * len(strata)))
    numbers = frozenset(range(1, len(columns)))
    yield Grid(said(_("Options in each sector")), columns, rows, widths=widths, numbers=numbers)


def _matters(data: Data) -> Iterator[Block]:
    yield heading(_("Left to be done"))
    if not data["matters"]:
        yield paragraph(_("Nothing was left open."))
        return
    columns = (_("What"), _("Who"), _("Until when"), _("Result"))
    rows = [(matter["text"], matter["owner"], day(matter["due_at"]), matter["result"]) for matter in data["matters"]]
    yield table(_("What the conference left to be done"), columns, rows, widths=(4, 2, 2, 3))
