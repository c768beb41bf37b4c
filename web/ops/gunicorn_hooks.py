"""Hooks that gunicorn calls around the fork of a worker; read by `partnerstwo web` only."""

import gc


def pre_fork(_server: object, _worker: object) -> None:
    """Exclude what was imported from garbage collection, which would write to it and so copy it into each worker.

    Collection was off during the import as well, see `web.commands.processes.serve`.
    """
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """Switch garbage collection on in the worker."""
    gc.enable()
