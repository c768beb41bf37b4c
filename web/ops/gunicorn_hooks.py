"""What gunicorn does just before it divides into workers; read by `partnerstwo web` only."""

import gc


def pre_fork(_server: object, _worker: object) -> None:
    """Leave alone what was read before: a collector that looked through it would give each worker a copy of it.

    Nor did one look through it while it was read, see `web.commands.processes.serve`.
    """
    gc.freeze()


def post_fork(_server: object, _worker: object) -> None:
    """From here on there is something to collect."""
    gc.enable()
