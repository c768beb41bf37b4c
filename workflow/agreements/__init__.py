"""The partnership agreement: its partners, their answers and papers, whom to ask again, its text and certificate."""
