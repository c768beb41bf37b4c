"""Who reads and who writes what in the talk about a proposal; pure, and the one place that says so."""

from datetime import datetime, timedelta
from enum import StrEnum

from workflow.rules.facts import Facts
from workflow.rules.permissions import deputy, group_commenter, group_leader
from workflow.rules.roles import OFFICE, Role
from workflow.rules.states import OVER, ProposalState

# How long one's own words can still be put right.
EDITABLE = timedelta(minutes=15)
# Whom the office is: staff, and the animator who goes along with the groups.
NOBODY: frozenset["Circle"] = frozenset()


class Circle(StrEnum):
    """Who sees a comment."""

    GROUP = "group"
    # The group and the programme office.
    OFFICE = "office"
    # Everybody who reads the working papers of the edition.
    ALL = "all"


def readable(facts: Facts) -> frozenset[Circle]:
    """The circles whose words the actor of these facts reads; none for outsiders."""
    rights = facts.rights
    if rights.in_group and rights.roles:
        return frozenset(Circle)
    if rights.roles & OFFICE:
        return frozenset({Circle.OFFICE, Circle.ALL})
    return frozenset({Circle.ALL}) if rights.roles or rights.is_admin else NOBODY


def writable(facts: Facts) -> frozenset[Circle]:
    """The circles in which the actor may speak: the group's commenters and the office, nobody else.

    The committee does not: what it has to say to a group goes by the office, so that nobody is advised by those who
    decide. A merged proposal is talked about where it went; in an edition that is over nobody talks.
    """
    if facts.edition["state"] in OVER or facts.edition["historical"] or facts.state == ProposalState.MERGED:
        return NOBODY
    if group_commenter(facts) or leads(facts):
        return frozenset(Circle)
    return frozenset({Circle.OFFICE, Circle.ALL}) if facts.rights.roles & OFFICE else NOBODY


def leads(facts: Facts) -> bool:
    """Whether the actor answers suggestions: the leader, or whoever stands in for the leader."""
    return group_leader(facts) or deputy(facts)


def may_edit(facts: Facts, author_id: int, written_at: datetime, at: datetime) -> bool:
    """Whether the actor may still put these words right: only one's own, and not for long."""
    return author_id == facts.rights.id and at - written_at <= EDITABLE


def may_remove(facts: Facts, author_id: int) -> bool:
    """Whether the actor may remove these words: one's own, or as the leader or the office."""
    return author_id == facts.rights.id or leads(facts) or Role.STAFF in facts.rights.roles
