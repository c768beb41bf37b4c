"""The Celery object without its tasks: beat only sends their names, and so starts in a fifth of the time."""

import logging
from typing import Any

from celery import Celery, signals

from tasks.worker import configuration
from workflow.base.settings import load_settings

app = Celery("partnerstwo", set_as_current=False)
app.add_defaults(lambda: configuration(load_settings()))


@signals.after_setup_logger.connect
def log_only_faults(**_: Any) -> None:
    """Wake-up messages come every few seconds; only what goes wrong belongs into the log."""
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(name).setLevel(logging.WARNING)
