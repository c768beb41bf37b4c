"""How fast a step is, beside hand-written SQL on the same database in the same run: `make bench`."""
