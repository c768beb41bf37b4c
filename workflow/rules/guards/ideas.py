"""Only if: ideas, groups, the deadline, and the ways out before selection."""

from collections.abc import Collection
from datetime import timedelta

from workflow.base.calendar import end_of_day, warsaw_date
from workflow.base.errors import Missing
from workflow.base.i18n import _
from workflow.rules.facts import Attempt, Facts
from workflow.rules.guards.base import answers, demands, guard, missing
from workflow.rules.roles import Role
from workflow.rules.settings_catalogue import value
from workflow.rules.states import TAKING_IN, WELCOMING, ProposalState


@demands("edition_closed_to_ideas", _("This edition does not take ideas now."), Role.STAFF)
def edition_welcomes_ideas(facts: Facts, _attempt: Attempt) -> bool:
    """The edition takes ideas now."""
    return facts.edition["state"] in WELCOMING


@demands("clause_not_shown", _("Read first how your data are used, then confirm it."), Role.PARTICIPANT, field="clause")
def clause_shown(facts: Facts, attempt: Attempt) -> bool:
    """The actor has read the current information clause, before or with this step."""
    current = facts.edition["clause_version"]
    return bool(facts.rights.clause_version == current or attempt.data is None or answers(attempt).get("clause"))


@guard
def minor_protected(facts: Facts, attempt: Attempt) -> Missing | None:
    """A minor without consent enters an idea in the name of the group."""
    rights = facts.rights
    if not rights.is_minor or rights.has_consent or attempt.data is None or answers(attempt).get("author_as_group"):
        return None
    return _minor_without_consent()


@demands("card_of_tomorrow", _("The day of receipt has not come yet."), field="paper_on")
def card_has_come(_facts: Facts, attempt: Attempt) -> bool:
    """The day of receipt of a paper card is not in the future."""
    return attempt.paper_on is None or attempt.paper_on <= warsaw_date(attempt.at)


@guard
def card_names_its_author(facts: Facts, attempt: Attempt) -> Missing | None:
    """Somebody else is named as author only from a paper card; a minor only with consent, and never by name alone."""
    given = answers(attempt)
    person, name = given.get("person"), given.get("name")
    if not (person or name) or given.get("author_as_group"):
        return None
    if attempt.paper_on is None:
        return missing("no_card", _("Only a paper card can name another author."), Role.STAFF, field="paper_on")
    if person and not facts.person_known(person):
        return missing("unknown_person", _("This person has no role in the edition."), Role.STAFF, field="person")
    author = facts.referenced_person if person else None
    if (author and author.is_minor and not author.has_consent) or (name and given.get("under_age")):
        return _minor_without_consent()
    return None


def _minor_without_consent() -> Missing:
    return missing(
        "minor_without_consent",
        _("The author is a minor: record a guardian's or the school's consent, or keep the group as author."),
        Role.STAFF,
        field="author_as_group",
    )


@guard
def leader_accepted(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The group has a leader who has accepted."""
    if facts["leader_id"] is None:
        return missing("no_leader", _("The group has no leader yet."), Role.STAFF, Role.ANIMATOR)
    if facts["leader_accepted_at"] is None:
        return missing("leader_not_accepted", _("The person named as leader has not accepted yet."), Role.NAMED_LEADER)
    return None


@guard
def enough_members(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The group has as many members as the edition demands."""
    needed, there = facts.edition["minimum_members"], facts["member_count"]
    if there >= needed:
        return None
    return missing(
        "too_few_members",
        _("The group has {there} of at least {needed} people.", there=there, needed=needed),
        Role.GROUP_LEADER,
        Role.ANIMATOR,
    )


@demands("no_sector", _("Name the sector first."), Role.GROUP_LEADER, Role.GROUP_MEMBER, field="sector")
def sector_named(facts: Facts, _attempt: Attempt) -> bool:
    """The idea has a sector."""
    return bool(facts["sector"])


@demands(
    "duplicate_open",
    _("Somebody has flagged this as a possible duplicate; it has to be cleared first."),
    Role.STAFF,
    Role.ANIMATOR,
)
def no_duplicate_warning(facts: Facts, _attempt: Attempt) -> bool:
    """No warning about a duplicate is open."""
    return not facts.entry("flag_duplicate")


@demands("no_duplicate", _("Nothing has been flagged as a duplicate."))
def duplicate_flagged(facts: Facts, _attempt: Attempt) -> bool:
    """A warning about a duplicate is open."""
    return bool(facts.entry("flag_duplicate"))


@demands("unknown_person", _("This person has no role in the edition."), Role.STAFF, field="person")
def person_of_edition(facts: Facts, attempt: Attempt) -> bool:
    """The chosen person has a role in the edition."""
    person = answers(attempt).get("person")
    return person is None or facts.person_known(person)


@demands("group_not_told", _("Tell the group first, then confirm it."), Role.GROUP_LEADER, field="group_informed")
def group_informed(facts: Facts, attempt: Attempt) -> bool:
    """The leader confirms that the group knows of the withdrawal."""
    return bool(attempt.data is None or facts["member_count"] <= 1 or answers(attempt).get("group_informed"))


@demands("reinstatement_not_asked", _("The leader has not asked for it."), Role.GROUP_LEADER)
def reinstatement_asked_for(facts: Facts, _attempt: Attempt) -> bool:
    """The leader has asked to reinstate the proposal."""
    return bool(facts.entry("ask_to_reinstate"))


def _target_among(facts: Facts, attempt: Attempt, states: Collection[str]) -> Missing | None:
    """Whether the other proposal that the answers name can take part in a merger from the state that it is in."""
    if answers(attempt).get("target") is None:
        return None
    target = facts.referenced_proposal
    if target is None or target.edition_id != facts["edition_id"] or target.id == facts.ref.id:
        return missing("no_such_target", _("There is no such other proposal in this edition."), field="target")
    if target.merged_into_id is not None or target.state not in states:
        return missing(
            "target_unfit", _("The other proposal cannot take this one in from its present state."), field="target"
        )
    return None


@guard
def merge_target_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """The other proposal is in a state in which it can take this one in."""
    return _target_among(facts, attempt, TAKING_IN)


@guard
def merge_partner_fits(facts: Facts, attempt: Attempt) -> Missing | None:
    """Consent is given on both sides: the other proposal may take in or be taken in, which an idea can as well."""
    return _target_among(facts, attempt, TAKING_IN | {ProposalState.IDEA})


@demands("no_consent", _("Both leaders have to agree to the merger first."), Role.GROUP_LEADER, Role.EITHER_LEADER)
def both_leaders_agreed(facts: Facts, attempt: Attempt) -> bool:
    """The leaders of both proposals have agreed to the merger."""
    target = answers(attempt).get("target")
    if target is None or facts.referenced_proposal is None:
        return True
    here = any(entry.get("target") == target for entry in facts.entries("agree_to_merge"))
    theirs = facts.referenced_proposal.recorded.get("agree_to_merge") or []
    there = any(entry.get("target") == facts.ref.id for entry in theirs)
    return here and there


@guard
def before_presentation_freeze(facts: Facts, attempt: Attempt) -> Missing | None:
    """The days before the summary conference in which nothing changes have not begun."""
    summary = facts.edition["summary_on"]
    if summary is None:
        return None
    freeze = end_of_day(warsaw_date(summary) - timedelta(days=value(facts.edition, "freeze_days")))
    if attempt.at < freeze:
        return None
    return missing(
        "presentation_frozen", _("Changes before the summary conference ended on {until}.", until=freeze), until=freeze
    )


@guard
def target_not_presented(facts: Facts, _attempt: Attempt) -> Missing | None:
    """The joint project was not presented yet and is not merged itself."""
    target = facts.referenced_proposal
    if target is not None and target.state in TAKING_IN | {ProposalState.WITHDRAWN}:
        return None
    if target is not None and target.state == ProposalState.MERGED:
        return missing("target_merged", _("The joint project is merged into another one itself; separate that first."))
    return missing("target_presented", _("The joint project has been presented already."))


@demands("unmerge_not_asked", _("One of the two leaders has to ask for it first."), Role.EITHER_LEADER)
def unmerge_asked_for(facts: Facts, _attempt: Attempt) -> bool:
    """One of the two leaders has asked to separate the proposals."""
    return bool(facts.entry("ask_to_unmerge"))
