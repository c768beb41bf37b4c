"""Conferences: their calendar and set-up, what groups work out at the tables, open matters, the report."""
