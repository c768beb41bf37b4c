"""Votes in the hall of a conference: options, electors who were checked in, ballots, results."""
