"""The conditions of a resolution, from the settings of an edition."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from workflow.rules.bodies import Body
from workflow.rules.settings_catalogue import value
from workflow.rules.vote import Majority, MajorityKind, Quorum, Recusal, VoteRules


def rules_of(settings: Mapping[str, object]) -> VoteRules:
    """The conditions of a resolution, from the settings of an edition as a poll freezes them."""
    parity = settings["parity"]
    return VoteRules(
        quorum=Quorum(Fraction(str(settings["quorum_share"])), strict=bool(settings["quorum_strict"]),
                      recusal=Recusal(str(settings["recusal"])), floor=int(str(settings["quorum_floor"]))),
        majority=Majority(MajorityKind(str(settings["majority"])),
                          Fraction(str(settings.get("majority_share", "2/3"))),
                          casting_vote=bool(settings.get("casting_vote"))),
        parity=None if parity is None else int(str(parity)),
    )  # fmt: skip


def settings_of_votes(edition: Mapping[str, Any], body: str = Body.COMMITTEE) -> dict[str, Any]:
    """The settings of an edition that a vote of a body is counted by, as a poll freezes them when it opens.

    The appeal body, which is smaller, has a least number of voters and a parity of its own.
    """
    of_appeals = {"quorum_floor": value(edition, "appeal_quorum_floor"), "parity": value(edition, "appeal_parity")}
    return {
        "quorum_share": value(edition, "quorum_share"), "quorum_strict": value(edition, "quorum_strict"),
        "quorum_floor": value(edition, "quorum_floor"), "recusal": value(edition, "recusal"),
        "majority": value(edition, "majority"), "majority_share": value(edition, "majority_share"),
        "casting_vote": value(edition, "casting_vote"), "parity": value(edition, "parity"),
        **(of_appeals if body == Body.APPEAL else {}),
    }  # fmt: skip


def vote_rules(edition: Mapping[str, Any], body: str = Body.COMMITTEE) -> VoteRules:
    """The conditions of a resolution of a body of an edition now."""
    return rules_of(settings_of_votes(edition, body))
