"""Pure and exact counting: ballots and rules in, outcome or undecided tie out; standard library only, no floats."""
