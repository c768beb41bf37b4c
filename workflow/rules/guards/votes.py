"""Only if: the figures of a vote agree with the committee's seats, the vote has quorum, a majority and sector parity.

Quorum and parity are settings of the edition; the usual 49 % are LEADER practice (Regulation 1303/2013 art. 32(2)(b)),
held against every vote and not only against the composition. Majority: more votes for than against. The figures are
typed, so they are compared with the seats that the database knows; what is announced is checked against the seats of
that day once more.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts, Part, Totals
from workflow.rules.guards.base import above_parity, answers, missing, over_edition
from workflow.rules.roles import Role
from workflow.rules.session import vote_rules
from workflow.rules.settings_catalogue import value

# Who can correct a recorded decision, and who can correct the list of the committee.
RECORDERS = (Role.SECRETARY, Role.COMMITTEE_CHAIR)
WITH_ADMIN = (*RECORDERS, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Vote:
    """The figures of one vote as they were typed; None and empty where nothing was typed."""

    members: int | None
    present: int | None
    votes_for: int | None
    votes_against: int | None
    votes_abstain: int | None
    by_sector: Mapping[str, int]

    @classmethod
    def of(cls, figures: Mapping[str, Any]) -> "Vote":
        """The vote from the answers to the record `decide`, or from what that record keeps."""
        return cls(
            members=figures.get("members"),
            present=figures.get("present"),
            votes_for=figures.get("votes_for"),
            votes_against=figures.get("votes_against"),
            votes_abstain=figures.get("votes_abstain"),
            by_sector=_same_names_added(figures.get("votes_by_sector") or {}),
        )

    @property
    def cast(self) -> int | None:
        """How many votes were cast; None where no votes were typed."""
        typed = [count for count in (self.votes_for, self.votes_against, self.votes_abstain) if count is not None]
        return sum(typed) if typed else None


def _same_names_added(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts under the first spelling of each name: capital letters and blanks make no other sector."""
    spelling: dict[str, str] = {}
    added: Counter[str] = Counter()
    for name, count in counts.items():
        added[spelling.setdefault(_folded(name), name)] += count
    return dict(added)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


Seats = Mapping[str, int]
Check = Callable[[Vote, Seats], Missing | None]


def attendance_given(vote: Vote, _seats: Seats) -> Missing | None:
    """The numbers of members and of those present are recorded."""
    if vote.members is not None and vote.present is not None:
        return None
    return missing("no_attendance", _("The recorded decision does not say how many members were present."), *RECORDERS)


def members_are_seats(vote: Vote, seats: Seats) -> Missing | None:
    """The typed number of members is the number of seats."""
    if vote.members is None or vote.members == sum(seats.values()):
        return None
    return missing(
        "members_differ",
        _(
            "The committee of this edition has {seats} members, not {members}. Correct the number, or have an"
            " administrator correct the committee.",
            seats=sum(seats.values()),
            members=vote.members,
        ),
        *WITH_ADMIN,
        field="members",
    )


def present_are_members(vote: Vote, _seats: Seats) -> Missing | None:
    """Not more people were present than the committee has members."""
    if vote.members is None or (vote.present or 0) <= vote.members:
        return None
    return missing(
        "too_many_present",
        _("More people were present than the committee has members."),
        *RECORDERS,
        field="present",
    )


def quorum(vote: Vote, seats: Seats, *, edition: Mapping[str, Any]) -> Missing | None:
    """The edition's share of the seats; of what was typed and what is known the greater number counts."""
    if vote.members is None or vote.present is None:
        return None
    members = max(vote.members, sum(seats.values()))
    needed = vote_rules(edition).quorum
    if vote.present > needed.share * members or (not needed.strict and vote.present == needed.share * members):
        return None
    return missing(
        "no_quorum",
        _("There was no quorum: {present} of {members} members were present.", present=vote.present, members=members),
        Role.COMMITTEE_CHAIR,
        field="present",
    )


def votes_given(vote: Vote, _seats: Seats) -> Missing | None:
    """The votes for and against are recorded."""
    if vote.votes_for is not None and vote.votes_against is not None:
        return None
    return missing(
        "no_votes", _("The recorded decision does not say how many voted for it and how many against."), *RECORDERS
    )


def cast_by_present(vote: Vote, _seats: Seats) -> Missing | None:
    """Not more votes were cast than members were present."""
    if vote.present is None or (vote.cast or 0) <= vote.present:
        return None
    return missing(
        "too_many_votes", _("More votes were cast than members were present."), *RECORDERS, field="votes_for"
    )


def majority(vote: Vote, _seats: Seats) -> Missing | None:
    """More votes for than against; equal is lost, and those who abstain count on neither side."""
    if vote.votes_for is None or vote.votes_against is None or vote.votes_for > vote.votes_against:
        return None
    return missing(
        "no_majority",
        _(
            "The decision was not adopted: for {votes_for}, against {votes_against}. More have to vote for it than"
            " against it; record the decision that the committee adopted.",
            votes_for=vote.votes_for,
            votes_against=vote.votes_against,
        ),
        *RECORDERS,
        field="votes_for",
    )


def sectors_given(vote: Vote, _seats: Seats) -> Missing | None:
    """The votes by sector are recorded."""
    if sum(vote.by_sector.values()):
        return None
    return missing("no_sector_votes", _("The recorded decision does not say which sectors voted."), *RECORDERS)


def sectors_add_up(vote: Vote, _seats: Seats) -> Missing | None:
    """By sector as many votes as were cast; where only sectors were typed, not more than members were present."""
    by_sector = sum(vote.by_sector.values())
    if not vote.by_sector or by_sector == vote.cast or (vote.cast is None and by_sector <= (vote.present or 0)):
        return None
    return missing(
        "votes_differ",
        _("The votes by sector do not add up to the votes cast."),
        *RECORDERS,
        field="votes_by_sector",
    )


def sectors_have_seats(vote: Vote, seats: Seats) -> Missing | None:
    """No sector cast more votes than it has seats."""
    here = {_folded(name): count for name, count in _same_names_added(seats).items()}
    for sector, votes in vote.by_sector.items():
        if votes > here.get(_folded(sector), 0):
            return missing(
                "sector_seats",
                _(
                    'Votes of the sector "{sector}": {votes}, but the committee has {seats} members of it. Correct the'
                    " votes by sector, or have an administrator correct the committee.",
                    sector=sector,
                    votes=votes,
                    seats=here.get(_folded(sector), 0),
                ),
                *WITH_ADMIN,
                field="votes_by_sector",
            )
    return None


def parity(vote: Vote, _seats: Seats, *, edition: Mapping[str, Any]) -> Missing | None:
    """No sector cast more than its share of the votes."""
    limit = value(edition, "parity")
    above = above_parity(vote.by_sector, limit) if sum(vote.by_sector.values()) else None
    if above is None:
        return None
    return missing(
        "sector_above_limit",
        _(
            'The sector "{sector}" cast {percent} % of the votes; at most {limit} % are allowed.',
            sector=above[0],
            percent=above[1],
            limit=limit,
        ),
        Role.COMMITTEE_CHAIR,
        field="votes_by_sector",
    )


def _first(checks: tuple[Check, ...], figures: Mapping[str, Any], seats: Seats) -> Missing | None:
    """The first check that the figures fail; no figures, such as while only the open steps are listed, fail none."""
    if not figures:
        return None
    vote = Vote.of(figures)
    return next(_failed(checks, vote, seats), None)


def _failed(checks: tuple[Check, ...], vote: Vote, seats: Seats) -> Iterator[Missing]:
    for check in checks:
        if problem := check(vote, seats):
            yield problem


# Of a decision that is being recorded.


@over_edition(Part.COMMITTEE)
def votes_add_up(_facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The figures of the decision agree with each other and with the seats of the committee."""
    checks = (members_are_seats, present_are_members, cast_by_present, sectors_add_up, sectors_have_seats)
    return _first(checks, answers(attempt), totals.committee)


@over_edition(Part.COMMITTEE)
def quorum_present(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The decision that is being recorded was made with quorum."""
    return _first((partial(quorum, edition=facts.edition),), answers(attempt), totals.committee)


@over_edition(Part.COMMITTEE)
def vote_carried(_facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The decision that is being recorded has a majority."""
    return _first((majority,), answers(attempt), totals.committee)


@over_edition(Part.COMMITTEE)
def parity_kept(facts: Facts, attempt: Attempt, totals: Totals) -> Missing | None:
    """The decision that is being recorded keeps sector parity."""
    return _first((partial(parity, edition=facts.edition),), answers(attempt), totals.committee)


# Of the recorded decision that is being announced.


@over_edition(Part.COMMITTEE)
def quorum_reached(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The recorded decision names its attendance and was made with quorum."""
    checks = (attendance_given, present_are_members, partial(quorum, edition=facts.edition))
    return _first(checks, facts.entry("decide"), totals.committee)


@over_edition(Part.COMMITTEE)
def majority_reached(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The recorded decision names its votes and has a majority."""
    return _first((votes_given, cast_by_present, majority), facts.entry("decide"), totals.committee)


@over_edition(Part.COMMITTEE)
def sector_parity(facts: Facts, _attempt: Attempt, totals: Totals) -> Missing | None:
    """The recorded decision names its votes by sector, which fit the seats and keep parity."""
    checks = (sectors_given, sectors_add_up, sectors_have_seats, partial(parity, edition=facts.edition))
    return _first(checks, facts.entry("decide"), totals.committee)
