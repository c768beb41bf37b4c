"""Hooks that gunicorn calls around the fork of a worker; read by `partnerstwo web` only."""

from web.ops import garbage, start_signal
from workflow.base.i18n import DEFAULT, translator


def pre_fork(_server: object, _worker: object) -> None:
    """Read the sentences that each worker would have to read for its first page, for all of them.

    What was imported and read is excluded from garbage collection, which would write to it and so copy it into each
    worker. Nothing is served before the supervisor says so.
    """
    translator(DEFAULT)
    garbage.keep()
    start_signal.wait()


def post_fork(_server: object, _worker: object) -> None:
    """Switch garbage collection on in the worker."""
    garbage.collect()
