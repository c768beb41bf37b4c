"""The rule of an edition, from its settings."""

from collections.abc import Mapping
from typing import Any

from workflow.rules.selection_rules import EditionRule, SelectionRule
from workflow.rules.settings_catalogue import value


def rule_of(edition: Mapping[str, Any]) -> EditionRule:
    """The rule that the settings of an edition name; `edition` has its columns."""
    return EditionRule(
        SelectionRule(value(edition, "selection_rule")), value(edition, "selection_threshold"),
        value(edition, "selection_needs_vote"), value(edition, "equal_shares_utility"),
        value(edition, "equal_shares_increase"), value(edition, "equal_shares_utilitarian"),
    )  # fmt: skip
