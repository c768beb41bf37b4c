"""What gunicorn does just before it divides into workers; read by `partnerstwo web` only."""

import gc


def pre_fork(_server: object, _worker: object) -> None:
    """Leave alone what was read before: a collector that looked through it would give each worker a copy of it."""
    gc.collect()
    gc.freeze()
