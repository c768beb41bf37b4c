"""Who reads and who writes what in the talk about a proposal; pure, and the one place that says so."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec.structs import replace

from workflow.rules.facts import Facts
from workflow.rules.permissions import deputy, group_commenter, group_leader
from workflow.rules.roles import COMMITTEE, OFFICE, Role
from workflow.rules.states import JUDGED, OVER, ProposalState

# How long one's own words can still be put right.
EDITABLE = timedelta(minutes=15)
# How long they can be withdrawn; that they were, and by whom, stays.
WITHDRAWABLE = timedelta(hours=24)
# Whom the office is: staff, and the animator who goes along with the groups.
NOBODY: frozenset["Circle"] = frozenset()


class Circle(StrEnum):
    """Who sees a comment."""

    GROUP = "group"
    # The group and the programme office.
    OFFICE = "office"
    # Everybody who reads the working papers of the edition.
    ALL = "all"
    # The committee and its minute-taker, without whoever has a conflict of interest about the project.
    COMMITTEE = "committee"


OF_COMMITTEE: frozenset[Circle] = frozenset({Circle.COMMITTEE})
OTHERS: frozenset[Circle] = frozenset(Circle) - OF_COMMITTEE
# Whoever may belong to the circle of the committee.
COMMITTEE_ROLES = COMMITTEE | {Role.SECRETARY}


def with_committee(facts: Facts, recused: Collection[int]) -> Facts:
    """The facts with whether their actor belongs to the circle of the committee; `recused` are those who do not.

    There is no such circle before the committee has the proposal before it.
    """
    rights, judged = facts.rights, facts.state in JUDGED
    belongs = judged and bool(rights.roles & COMMITTEE_ROLES) and not rights.in_group and rights.id not in recused
    return replace(facts, rights=replace(rights, in_committee_talk=belongs))


def readable(facts: Facts) -> frozenset[Circle]:
    """The circles whose words the actor of these facts reads; none for outsiders."""
    return _readable(facts) | (OF_COMMITTEE if facts.rights.in_committee_talk else NOBODY)


def _readable(facts: Facts) -> frozenset[Circle]:
    rights = facts.rights
    if rights.in_group and rights.roles:
        return OTHERS
    if rights.roles & OFFICE:
        return frozenset({Circle.OFFICE, Circle.ALL})
    return frozenset({Circle.ALL}) if rights.roles or rights.is_admin else NOBODY


def writable(facts: Facts) -> frozenset[Circle]:
    """The circles in which the actor may speak: the group's commenters, the office, and the committee among itself.

    What the committee has to say to a group goes by the office, so that nobody is advised by those who decide. A
    merged proposal is talked about where it went; in an edition that is over nobody talks.
    """
    if facts.edition["state"] in OVER or facts.edition["historical"] or facts.state == ProposalState.MERGED:
        return NOBODY
    own = OF_COMMITTEE if facts.rights.in_committee_talk else NOBODY
    if group_commenter(facts) or leads(facts):
        return OTHERS
    return own | (frozenset({Circle.OFFICE, Circle.ALL}) if facts.rights.roles & OFFICE else NOBODY)


def leads(facts: Facts) -> bool:
    """Whether the actor answers suggestions: the leader, or whoever stands in for the leader."""
    return group_leader(facts) or deputy(facts)


def may_edit(facts: Facts, author_id: int, written_at: datetime, at: datetime) -> bool:
    """Whether the actor may still put these words right: only one's own, and not for long."""
    return author_id == facts.rights.id and at - written_at <= EDITABLE


def speaks_for_office(facts: Facts) -> bool:
    """Whether what the actor says about the proposal is a remark of the programme office."""
    return bool(facts.rights.roles & OFFICE) and not facts.rights.in_group


def may_withdraw(facts: Facts, author_id: int, written_at: datetime, at: datetime) -> bool:
    """Whether the actor may withdraw these words: only one's own, and not for long.

    A remark of the office is never withdrawn, only closed as resolved: the group has answered it, or has to.
    """
    is_own = author_id == facts.rights.id and not speaks_for_office(facts)
    return is_own and at - written_at <= WITHDRAWABLE
