"""The life of a proposal, knowing neither Flask nor Celery; read in this order.

1. lifecycles/local_partnership.toml: the table; where a proposal can be, and every way from there
2. lifecycle.py: reads and checks a table; diagram.py draws it
3. facts.py: all that a decision may look at; permissions.py: who may; guards.py: only if
4. machine.py: decides, takes and undoes a step; open_steps() says what can be done, and what is missing
5. store.py, effects.py: reads facts, writes a move and what else changes with it
6. history.py, outbox.py, database.py: the record, the way out, the only commit
7. actions/: what people do; queries/: what people see; models/: what is kept
"""
