"""Then: what else a step of a proposal writes."""

from datetime import datetime, timedelta
from typing import Any

from workflow.base.calendar import deadline, end_of_day, term_end, warsaw_date
from workflow.base.collation import fold, sort_key
from workflow.rules.effects.appeals import settle_appeal
from workflow.rules.effects.base import Change, EffectContext, effect, plain
from workflow.rules.effects.reserve import drop_resolution
from workflow.rules.effects.sheet import version_of
from workflow.rules.facts import Ref
from workflow.rules.membership_changes import AddMember
from workflow.rules.settings_catalogue import value
from workflow.rules.states import ProposalState


@effect
def begin_idea(context: EffectContext, change: Change) -> None:
    """Write the texts of a new idea; its author leads it unless it comes from a paper card or a source."""
    data, attempt = context.data, context.attempt
    own = {name: data[name] for name in ("title", "summary", "sector", "area") if name in data}
    change.columns |= own | {"search": fold(" ".join(map(str, own.values()))), "sort_key": sort_key(data["title"])}
    change.columns["sheet"] = {name: data[name] for name in ("principle", "places") if name in data}
    as_group = bool(data.get("author_as_group"))
    # Whoever writes down somebody else's paper card, or what a source says, is not its author.
    own_hand = attempt.paper_on is None and "as_published" not in data
    if context.actor_id is not None and own_hand and not as_group:
        change.columns |= {"author_id": context.actor_id}
    if context.actor_id is not None and own_hand:
        change.columns |= {"leader_id": context.actor_id, "leader_accepted_at": context.at}
        change.join.append(AddMember(context.actor_id))
    if attempt.paper_on is not None:
        _take_card(context, change)


def _take_card(context: EffectContext, change: Change) -> None:
    """The author of a paper card is the person or the bare name on it, or the group; nobody leads yet."""
    data = {} if context.data.get("author_as_group") else context.data
    if person := data.get("person"):
        change.columns["author_id"] = person
        change.join.append(AddMember(person))
    elif name := data.get("name"):
        change.join.append(AddMember(None, name))
    change.recorded["card"] = {
        "by": context.actor_id, "by_name": context.actor_name, "at": context.at.isoformat(),
        **plain({"paper_on": context.attempt.paper_on}),
        **{name: data[name] for name in ("name", "author_as_group") if data.get(name)},
    }  # fmt: skip


@effect
def clear_duplicate(_context: EffectContext, change: Change) -> None:
    """Take the warning about a duplicate back."""
    change.recorded["flag_duplicate"] = None


@effect
def call_for_completion(context: EffectContext, change: Change) -> None:
    """Record what has to be completed, and until when."""
    change.recorded["completion_call"] = context.entry()
    change.columns["due_at"] = _completion_due(context)


def _completion_due(context: EffectContext) -> datetime:
    day = context.data.get("due_on")
    return term_end(day) if day else deadline(context.at, days=value(context.facts.edition, "completion_days"))


@effect
def reopen_sheet(context: EffectContext, change: Change) -> None:
    """Set the term of reopened changes, which ends before the presentations unless a day is given."""
    due, summary = _completion_due(context), context.facts.edition["summary_on"]
    if summary is not None and "due_on" not in context.data:
        freeze = end_of_day(warsaw_date(summary) - timedelta(days=value(context.facts.edition, "freeze_days")))
        due = min(due, freeze)
    change.columns["due_at"] = due
    change.recorded["ask_for_changes"] = None


@effect
def move_due_date(context: EffectContext, change: Change) -> None:
    """Set the due date to the day given."""
    change.columns["due_at"] = term_end(context.data["due_on"])


@effect
def extend_term(context: EffectContext, change: Change) -> None:
    """Give this group alone a longer term for submitting."""
    change.columns["submission_until"] = term_end(context.data["due_on"])


@effect
def shift_due(context: EffectContext, change: Change) -> None:
    """Move the due date by a number of days."""
    due = context.facts.due_at
    if due is not None:
        change.columns["due_at"] = term_end(warsaw_date(due) + timedelta(days=context.data["days"]))


@effect
def note_expiry(context: EffectContext, change: Change) -> None:
    """Record that the term for completion passed; nothing is due any more."""
    change.recorded["expiry"] = context.entry(reason="not completed in time")
    change.columns["due_at"] = None


@effect
def note_decider(context: EffectContext, change: Change) -> None:
    """Remember who took part in the first decision, so that another person decides an appeal."""
    ids = {context.actor_id, context.facts.entry("draft_refusal").get("by")} - {None}
    change.recorded["deciders"] = {"ids": sorted(ids), "at": context.at.isoformat()}


@effect
def open_appeal_window(context: EffectContext, change: Change) -> None:
    """The term runs from the notice, which the message sent with this step is."""
    until = deadline(context.at, days=value(context.facts.edition, "appeal_days"))
    change.recorded["appeal_window"] = {"from": context.at.isoformat(), "until": until.isoformat()}


@effect
def note_presentation(context: EffectContext, change: Change) -> None:
    """Record the presentation."""
    change.recorded["presentation"] = context.entry()


@effect
def keep_presented(context: EffectContext, change: Change) -> None:
    """Record the presentation, and keep the text of the sheet as it was presented, with its digest."""
    change.recorded["presentation"] = context.entry(digest=context.facts.sheet_digest())
    change.rows.append(version_of(context, reason="presented"))


@effect
def note_decision(context: EffectContext, change: Change) -> None:
    """Record the announced decision, and who took part in it, so that others decide about an appeal."""
    decision = context.facts.entry("decide")
    change.recorded["decision"] = {**decision, "announced_at": context.at.isoformat(), "announced_by": context.actor_id}
    ids = {context.actor_id, decision.get("by"), *decision.get("electors", ())} - {None}
    change.recorded["deciders"] = {"ids": sorted(ids), "at": context.at.isoformat()}
    if context.facts.decision is not None:
        change.updates.append(("decision", _effective(context), {"announced_at": context.at}))


def _effective(context: EffectContext) -> dict[str, Any]:
    """The key of the effective decision about the proposal, if a resolution made one."""
    return {"proposal_id": context.facts.ref.id, "active": True}


@effect
def take_position(context: EffectContext, change: Change) -> None:
    """Take the decided position on the reserve list."""
    change.columns["reserve_position"] = context.facts.entry("decide").get("position")


@effect
def leave_position(_context: EffectContext, change: Change) -> None:
    """Free the position on the reserve list."""
    change.columns["reserve_position"] = None


@effect
def clear_decision(context: EffectContext, change: Change) -> None:
    """Take the decision, its position and the term for an appeal out of the case file; no decision is effective."""
    change.columns["reserve_position"] = None
    change.recorded |= dict.fromkeys(("decide", "decision", "appeal_window"))
    change.updates.append(("decision", _effective(context), {"active": False}))
    drop_resolution(context, change)


@effect
def file_appeal(context: EffectContext, change: Change) -> None:
    """Add the appeal with the state that it is against, and set the term for deciding it."""
    change.note(context.facts, "appeals", context.entry(against=context.facts.state))
    change.columns["due_at"] = deadline(context.at, days=value(context.facts.edition, "appeal_decision_days"))


@effect
def finish_appeal(context: EffectContext, change: Change) -> None:
    """An appeal decided or taken back is final: there is no second one against the same decision."""
    settle_appeal(context, change)


@effect
def note_withdrawal(context: EffectContext, change: Change) -> None:
    """Record the withdrawal and the state that was left; after a selection the office has some days to respond."""
    change.recorded["withdrawal"] = context.entry(left=context.facts.state)
    was_chosen = context.facts.state == ProposalState.SELECTED
    days = value(context.facts.edition, "withdrawal_days")
    change.columns["due_at"] = deadline(context.at, days=days) if was_chosen else None


@effect
def forget_withdrawal(_context: EffectContext, change: Change) -> None:
    """Take out of the case file what belonged to the withdrawal; nothing is due any more."""
    change.recorded |= {"ask_to_reinstate": None, "expiry": None, "acknowledge_withdrawal": None}
    change.columns["due_at"] = None


@effect
def link_target(context: EffectContext, change: Change) -> None:
    """Link the proposal to the one that it is merged into, which takes its members in."""
    change.columns |= {"merged_into_id": context.data["target"], "due_at": None}
    change.recorded["merger"] = context.entry(left=context.facts.state)
    if not context.facts.edition["historical"]:
        change.follow.append((Ref("proposal", context.data["target"]), "take_in", {"target": context.facts.ref.id}))


@effect
def unlink_target(context: EffectContext, change: Change) -> None:
    """Separate the proposal from the one that it was merged into, which lets its members go."""
    change.columns["merged_into_id"] = None
    change.recorded |= dict.fromkeys(("merger", "agree_to_merge", "ask_to_unmerge"))
    if not context.facts.edition["historical"]:
        joint = Ref("proposal", context.facts["merged_into_id"])
        change.follow.append((joint, "let_go", {"target": context.facts.ref.id}))
