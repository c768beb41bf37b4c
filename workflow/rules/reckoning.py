"""The conditions of a resolution line by line, in words: what was compared with what, and whether it holds; pure."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from msgspec import Struct

from workflow.base.i18n import Sentence, _
from workflow.rules.vote import Figures, Majority, MajorityKind, Quorum, VoteRules, has_quorum, quorum_figures


class Condition(Struct, frozen=True):
    """One condition with the figures that were compared; `holds` is None where nothing is judged."""

    label: Sentence
    text: Sentence
    holds: bool | None = None


def counted(figures: Mapping[str, Any], rules: VoteRules) -> tuple[Condition, ...]:
    """Majority, quorum and parity as they were counted, from the figures of a motion."""
    quorum, parity = figures["quorum"], parity_condition(figures["by_sector"], rules.parity)
    return (
        Condition(_("Majority"), _majority(figures, rules.majority), figures["majority"]),
        Condition(_("Quorum"), _presence(quorum["present"], quorum["base"], rules.quorum), quorum["held"]),
        Condition(parity.label, parity.text, figures["parity"]),
    )


def _majority(figures: Mapping[str, Any], majority: Majority) -> Sentence:
    """What the votes for a motion were compared with."""
    ayes, noes, holds = figures["for"], figures["against"], figures["majority"]
    if majority.kind is MajorityKind.SIMPLE:
        if holds and ayes == noes:
            return _("{ayes} for and {noes} against: the chair's vote for it decides.", ayes=ayes, noes=noes)
        if holds:
            return _("{ayes} for is more than {noes} against.", ayes=ayes, noes=noes)
        return _("{ayes} for is not more than {noes} against.", ayes=ayes, noes=noes)
    if majority.kind is MajorityKind.QUALIFIED:
        share, cast = str(majority.share), ayes + noes
        if holds:
            return _("{ayes} for of {cast} for and against is at least {share}.", ayes=ayes, cast=cast, share=share)
        return _("{ayes} for of {cast} for and against is less than {share}.", ayes=ayes, cast=cast, share=share)
    if majority.kind is MajorityKind.BODY:
        if holds:
            return _("{ayes} for is more than half of {seats} seats.", ayes=ayes, seats=figures["seats"])
        return _("{ayes} for is not more than half of {seats} seats.", ayes=ayes, seats=figures["seats"])
    cast = ayes + noes + figures["abstain"]
    if holds:
        return _("{ayes} for is more than half of {cast} votes.", ayes=ayes, cast=cast)
    return _("{ayes} for is not more than half of {cast} votes.", ayes=ayes, cast=cast)


def quorum_condition(figures: Figures, quorum: Quorum) -> Condition:
    """The quorum as the figures give it."""
    base, present = quorum_figures(figures, quorum)
    return Condition(_("Quorum"), _presence(present, base, quorum), has_quorum(figures, quorum))


def _presence(present: int, base: int, quorum: Quorum) -> Sentence:
    return _("{present} of {base} present, {needed} needed.", present=present, base=base, needed=needed(quorum, base))


def needed(quorum: Quorum, base: int) -> int:
    """How many have to be present of a base."""
    share = quorum.share * base
    return max(floor(share) + 1 if quorum.strict else ceil(share), quorum.floor)


def parity_condition(sectors: Mapping[str, int], limit: int | None) -> Condition:
    """The sector with the largest share of votes beside the limit."""
    label, total = _("Parity of sectors"), sum(sectors.values())
    if limit is None:
        return Condition(label, _("This edition has no such condition."))
    if not total:
        return Condition(label, _("No votes."))
    sector, votes = max(sorted(sectors.items()), key=lambda pair: pair[1])
    sentence = _("sector “{sector}” has {votes} of {total} votes: {share}%, the limit is {limit}%.", sector=sector,
                 votes=votes, total=total, share=_percent(votes, total), limit=limit)  # fmt: skip
    return Condition(label, sentence, 100 * votes <= limit * total)


def _percent(part: int, total: int) -> Decimal:
    return Decimal(round(Fraction(1000 * part, total))) / 10
