"""Effects that read other rows than their subject's, so that no history determines what they write."""

from collections.abc import Mapping

# Effects that write rows of other tables, and nothing of their subject.
OTHER_ROWS = (
    "add_agenda_item", "note_arrival", "note_departure", "everybody_leaves", "give_proxy", "end_proxy", "put_motion",
    "withdraw_motion", "reopen_motion", "split_motion", "adopt_motion", "generate_minutes", "sign_minutes",
    "approve_minutes", "write_correction", "approve_correction", "note_absence", "generate_report", "approve_report",
    "expect_report", "move_overdue_report", "hand_in_report", "mend_report", "write_report_part", "take_report",
    "send_report_back", "ask_for_report", "shift_report", "skip_report", "hand_in_final_report", "take_final_report",
    "send_final_report_back", "close_accounts", "make_budget_lines", "note_expense", "strike_expense",
    "order_milestone", "carry_out_change", "lay_out_ballots", "lay_out_hall_ballots",
)  # fmt: skip
# Effects that read attendance, motions, ballots, documents and plans, with the columns of the subject that they write.
FROM_ROWS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(OTHER_ROWS, frozenset()),
    "set_report_days": frozenset({"report_days"}),
    "place_milestone": frozenset({"budget_line_id"}),
    "place_change": frozenset({"milestone_id", "budget_line_id", "from_line_id", "before"}),
    "stop_circulation": frozenset({"ended_at"}),
    "begin_session": frozenset({"begun_at", "chair_seat_id", "minute_taker_id"}),
    "freeze_electorate": frozenset({"opened_at", "question", "rules", "rules_digest"}),
    "choose_secrecy": frozenset({"secret"}),
    "count_poll": frozenset({"closed_at", "result", "result_digest"}),
    "freeze_hall_electorate": frozenset({"opened_at", "due_at", "rules", "rules_digest"}),
    "count_hall_poll": frozenset({"closed_at", "result", "result_digest"}),
}
