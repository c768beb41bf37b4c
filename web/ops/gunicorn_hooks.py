"""Hooks that gunicorn calls around the fork of a worker; read by `partnerstwo web` only."""

from web.ops import garbage, start_signal


def pre_fork(_server: object, _worker: object) -> None:
    """Exclude what was imported from garbage collection, which would write to it and so copy it into each worker.

    Nothing is served before the supervisor says so.
    """
    garbage.keep()
    start_signal.wait()


def post_fork(_server: object, _worker: object) -> None:
    """Switch garbage collection on in the worker."""
    garbage.collect()
