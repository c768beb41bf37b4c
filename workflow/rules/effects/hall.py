"""Then: what the steps of a vote in the hall write; its box is changed by the engine, in the same move."""

from datetime import timedelta

from workflow.rules.documents import digest_of
from workflow.rules.effects.base import BoxChange, Change, EffectContext, effect
from workflow.rules.facts import Facts
from workflow.rules.guards.hall import hall_of
from workflow.rules.hall import bytes_of_ballot, strata_of
from workflow.rules.settings_catalogue import value
from workflow.rules.states import PollState


@effect
def begin_hall_poll(context: EffectContext, change: Change) -> None:
    """Write the conference and the question; method, limits and options are given with the command."""
    change.columns |= {"conference_id": context.data["conference"], "question": context.data["question"]}


@effect
def freeze_hall_electorate(context: EffectContext, change: Change) -> None:
    """Everybody who is checked in is an elector; strata, limits and the length of a ballot are frozen with them."""
    facts, hall = context.facts, hall_of(context.facts)
    strata = strata_of(person.sector for person in hall.present)
    rules = {
        "strata": sorted(set(strata.values())), "linked_from": value(facts.edition, "secret_linked_from"),
        "bytes": bytes_of_ballot(len(hall.options)),
        "method": facts["method"], "max_choices": facts["max_choices"], "points_total": facts["points_total"],
        "points_each": facts["points_each"], "options": [option.key for option in hall.options],
    }  # fmt: skip
    change.columns |= {"opened_at": context.at, "rules": rules, "rules_digest": digest_of(rules)}
    if facts["minutes"]:
        change.columns["due_at"] = context.at + timedelta(minutes=facts["minutes"])
    change.rows += [
        ("hall_elector", {"poll_id": facts.ref.id, "registration_id": person.registration_id,
                          "person_id": person.person_id, "sector": person.sector, "stratum": strata[person.sector]})
        for person in hall.present
    ]  # fmt: skip
    if facts["secret"]:
        change.box = BoxChange.MAKE


def has_box(facts: Facts) -> bool:
    """Whether the ballots of a secret vote lie in the box."""
    return bool(facts["secret"]) and facts.state == PollState.OPEN


@effect
def lay_out_hall_ballots(context: EffectContext, change: Change) -> None:
    """The ballots of the box, or those of cards, become rows that name nobody, in random order; box and key go."""
    laid_out, poll_id = hall_of(context.facts).laid_out, context.facts.ref.id
    if laid_out is not None:
        change.rows += [
            ("hall_ballot", {"poll_id": poll_id, "code": code, "choice": choice, "stratum": stratum})
            for code, choice, stratum in laid_out.ballots
        ]
        change.rows += [("hall_receipt", {"poll_id": poll_id, "number": number}) for number in laid_out.receipts]
    if has_box(context.facts):
        change.box = BoxChange.EMPTY


@effect
def count_hall_poll(context: EffectContext, change: Change) -> None:
    """What the count amounts to, and the digest of its result file."""
    hall = hall_of(context.facts)
    change.columns |= {"closed_at": context.facts.own.get("closed_at") or context.at, "due_at": None,
                       "result": dict(hall.result), "result_digest": hall.result_digest}  # fmt: skip
    change.words["result"] = hall.result_digest


@effect
def close_hall_poll(context: EffectContext, change: Change) -> None:
    """Record when the box was closed; the cards are typed afterwards."""
    change.columns |= {"closed_at": context.at, "due_at": None}


@effect
def destroy_hall_box(context: EffectContext, change: Change) -> None:
    """The ballots of an open secret vote go unread, and so does its key; ballots that are laid out stay, marked."""
    change.columns["due_at"] = None
    if has_box(context.facts):
        change.box = BoxChange.EMPTY
