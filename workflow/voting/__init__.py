"""Votes: how ballots are counted, and how a counted result is written, published and verified."""
