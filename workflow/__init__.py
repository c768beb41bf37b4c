"""The life of a proposal, knowing neither Flask nor Celery; read in this order.

1. lifecycles/local_partnership.toml: the table; where a proposal can be, and every step from there
2. lifecycle/: reads, validates, freezes and documents a table
3. rules/: facts, permissions, guards, effects, fields, deadlines: the columns of the table as pure functions
4. engine/: machine.take() decides and takes a step; facts_reader reads under lock, move writes; history, undo, timers
5. notifications/, accounts/: the outbox and its letters; people who sign in
6. one package for each capability: queries.py is what people see, actions.py what they do
"""
