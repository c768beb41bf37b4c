"""The result file of an edition's list: what its rule proposes on the ballots of its hall, to be counted by anybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.base.errors import Missing, NotFound, NotReady, not_ready
from workflow.base.i18n import _
from workflow.base.version import VERSION
from workflow.models import HallVote
from workflow.rules.facts import Ref
from workflow.selection.list_queries import Selection, selection_of
from workflow.selection.proposed_list import counted_rule, is_applicable
from workflow.selection.what_if import has_limits
from workflow.voting.counting.election import CountError, Undecided
from workflow.voting.counting.profile import Profile
from workflow.voting.results.project_list import CountedList, Draw, list_file
from workflow.voting.results.writing import BrokenBy, RecordedBreaks, TieBreak


def result_of_list(tx: Connection, edition: Mapping[str, Any], *, at: datetime) -> bytes:
    """The result file of the edition's rule on the ballots of its hall, as costs and projects are now.

    Decisions change nothing in it: it is what the rule makes of all ballots, places and money. The caller asks who may
    have it. NotFound without ballots of a hall or where the rule does not count them, NotReady where a tie is not
    broken or there is no outcome.
    """
    selection = selection_of(tx, edition, reader_id=None, at=at, whole=True)
    imported_at = tx.execute(select(HallVote.imported_at).where(HallVote.edition_id == edition["id"])).scalar()
    ballots = selection.ballots
    fits = is_applicable(selection.rule, ballots) and has_limits(selection.election, selection.rule)
    if imported_at is None or not isinstance(ballots, Profile) or not fits:
        raise NotFound(_("There are no ballots of a hall that the rule of this edition counts."))
    try:
        data = list_file(_counted(selection, ballots, edition, imported_at))
    except CountError as error:
        raise not_ready("no_outcome", _("The count has no outcome ({reason}).", reason=error.reason)) from None
    if isinstance(data, Undecided):
        raise NotReady([Missing("undecided", _("First record how this tie was broken: {members}.",
                                               members=", ".join(data.tie.members)))])  # fmt: skip
    return data


def _counted(selection: Selection, ballots: Profile, edition: Mapping[str, Any], at: datetime) -> CountedList:
    draw = selection.draw
    breaks = {frozenset(tie.members): TieBreak(BrokenBy(tie.broken_by), tie.order) for tie in selection.ties}
    return CountedList(
        str(Ref("edition", edition["id"])), edition["title"], at, edition["rules_version"], VERSION,
        counted_rule(selection.rule), selection.election, ballots, RecordedBreaks(breaks),
        Draw(draw.commitment, draw.seed, draw.word) if draw and draw.drawn_at else None,
    )  # fmt: skip
