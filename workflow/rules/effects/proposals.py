"""Then: what else a step of a proposal writes."""

from datetime import datetime, timedelta

from workflow.base.calendar import deadline, end_of_day, term_end, warsaw_date
from workflow.base.collation import fold, sort_key
from workflow.rules.effects.base import Change, Doing, effect, plain
from workflow.rules.facts import Ref
from workflow.rules.membership_changes import AddMember
from workflow.rules.states import ProposalState


@effect
def begin_idea(doing: Doing, change: Change) -> None:
    data, attempt = doing.data, doing.attempt
    own = {name: data[name] for name in ("title", "summary", "sector", "area") if name in data}
    change.columns |= own | {"search": fold(" ".join(map(str, own.values()))), "sort_key": sort_key(data["title"])}
    change.columns["sheet"] = {name: data[name] for name in ("principle", "places") if name in data}
    as_group = bool(data.get("author_as_group"))
    # Whoever writes down somebody else's paper card, or what a source says, is not its author.
    own_hand = attempt.paper_on is None and "as_published" not in data
    if doing.actor_id is not None and own_hand and not as_group:
        change.columns |= {"author_id": doing.actor_id}
    if doing.actor_id is not None and own_hand:
        change.columns |= {"leader_id": doing.actor_id, "leader_accepted_at": doing.at}
        change.join.append(AddMember(doing.actor_id))
    if attempt.paper_on is not None:
        _take_card(doing, change)


def _take_card(doing: Doing, change: Change) -> None:
    """The author of a paper card is the person or the bare name on it, or the group; nobody leads yet."""
    data = {} if doing.data.get("author_as_group") else doing.data
    if person := data.get("person"):
        change.columns["author_id"] = person
        change.join.append(AddMember(person))
    elif name := data.get("name"):
        change.join.append(AddMember(None, name))
    change.recorded["card"] = {
        "by": doing.actor_id, "by_name": doing.actor_name, "at": doing.at.isoformat(),
        **plain({"paper_on": doing.attempt.paper_on}),
        **{name: data[name] for name in ("name", "author_as_group") if data.get(name)},
    }  # fmt: skip


@effect
def clear_duplicate(_doing: Doing, change: Change) -> None:
    change.recorded["flag_duplicate"] = None


@effect
def call_for_completion(doing: Doing, change: Change) -> None:
    change.recorded["completion_call"] = doing.stamp()
    change.columns["due_at"] = _completion_due(doing)


def _completion_due(doing: Doing) -> datetime:
    day = doing.data.get("due_on")
    return term_end(day) if day else deadline(doing.at, days=doing.facts.edition["completion_days"])


@effect
def reopen_sheet(doing: Doing, change: Change) -> None:
    due, summary = _completion_due(doing), doing.facts.edition["summary_on"]
    if summary is not None and "due_on" not in doing.data:
        freeze = end_of_day(warsaw_date(summary) - timedelta(days=doing.facts.edition["freeze_days"]))
        due = min(due, freeze)
    change.columns["due_at"] = due
    change.recorded["ask_for_changes"] = None


@effect
def move_due_date(doing: Doing, change: Change) -> None:
    change.columns["due_at"] = term_end(doing.data["due_on"])


@effect
def extend_term(doing: Doing, change: Change) -> None:
    change.columns["submission_until"] = term_end(doing.data["due_on"])


@effect
def shift_due(doing: Doing, change: Change) -> None:
    due = doing.facts.due_at
    if due is not None:
        change.columns["due_at"] = term_end(warsaw_date(due) + timedelta(days=doing.data["days"]))


@effect
def note_expiry(doing: Doing, change: Change) -> None:
    change.recorded["expiry"] = doing.stamp(reason="not completed in time")
    change.columns["due_at"] = None


@effect
def note_decider(doing: Doing, change: Change) -> None:
    """Remember who took part in the first decision, so that another person decides an appeal."""
    ids = {doing.actor_id, doing.facts.entry("draft_refusal").get("by")} - {None}
    change.recorded["deciders"] = {"ids": sorted(ids), "at": doing.at.isoformat()}


@effect
def open_appeal_window(doing: Doing, change: Change) -> None:
    """The term runs from the notice, which the message sent with this step is."""
    until = deadline(doing.at, days=doing.facts.edition["appeal_days"])
    change.recorded["appeal_window"] = {"from": doing.at.isoformat(), "until": until.isoformat()}


@effect
def note_presentation(doing: Doing, change: Change) -> None:
    change.recorded["presentation"] = doing.stamp()


@effect
def note_decision(doing: Doing, change: Change) -> None:
    decision = doing.facts.entry("decide")
    change.recorded["decision"] = {**decision, "announced_at": doing.at.isoformat(), "announced_by": doing.actor_id}
    ids = {doing.actor_id, decision.get("by")} - {None}
    change.recorded["deciders"] = {"ids": sorted(ids), "at": doing.at.isoformat()}


@effect
def take_position(doing: Doing, change: Change) -> None:
    change.columns["reserve_position"] = doing.facts.entry("decide").get("position")


@effect
def leave_position(_doing: Doing, change: Change) -> None:
    change.columns["reserve_position"] = None


@effect
def clear_decision(_doing: Doing, change: Change) -> None:
    change.columns["reserve_position"] = None
    change.recorded |= dict.fromkeys(("decide", "decision", "appeal_window"))


@effect
def file_appeal(doing: Doing, change: Change) -> None:
    change.note(doing.facts, "appeals", doing.stamp(against=doing.facts.state))
    change.columns["due_at"] = deadline(doing.at, days=doing.facts.edition["appeal_decision_days"])


@effect
def finish_appeal(doing: Doing, change: Change) -> None:
    """An appeal decided or taken back is final: there is no second one against the same decision."""
    appeals = [dict(appeal) for appeal in doing.facts.entries("appeals")]
    if appeals:
        appeals[-1] |= {"decided_at": doing.at.isoformat(), "decided_by": doing.actor_id, "final": True,
                        "outcome": doing.step, **plain(doing.data)}  # fmt: skip
        change.recorded["appeals"] = appeals
    if doing.data.get("slot_on"):
        change.recorded["extra_slot"] = {"on": doing.data["slot_on"].isoformat()}
    change.columns["due_at"] = None


@effect
def note_promotion(doing: Doing, change: Change) -> None:
    change.recorded["promotion"] = doing.stamp()


@effect
def note_withdrawal(doing: Doing, change: Change) -> None:
    change.recorded["withdrawal"] = doing.stamp(left=doing.facts.state)
    was_chosen = doing.facts.state == ProposalState.SELECTED
    change.columns["due_at"] = deadline(doing.at, days=7) if was_chosen else None


@effect
def forget_withdrawal(_doing: Doing, change: Change) -> None:
    change.recorded |= {"ask_to_reinstate": None, "expiry": None, "acknowledge_withdrawal": None}
    change.columns["due_at"] = None


@effect
def link_target(doing: Doing, change: Change) -> None:
    change.columns |= {"merged_into_id": doing.data["target"], "due_at": None}
    change.recorded["merger"] = doing.stamp(left=doing.facts.state)
    if not doing.facts.edition["historical"]:
        change.follow.append((Ref("proposal", doing.data["target"]), "take_in", {"target": doing.facts.ref.id}))


@effect
def unlink_target(doing: Doing, change: Change) -> None:
    change.columns["merged_into_id"] = None
    change.recorded |= dict.fromkeys(("merger", "agree_to_merge", "ask_to_unmerge"))
    if not doing.facts.edition["historical"]:
        joint = Ref("proposal", doing.facts["merged_into_id"])
        change.follow.append((joint, "let_go", {"target": doing.facts.ref.id}))
