"""What every task of a process shares: settings, database, transport; made on first use, once a process."""

from functools import cache

from tasks.deliver import Sender
from tasks.mail import transport_for
from workflow.base.settings import Settings, load_settings
from workflow.db.database import Database
from workflow.operations.clock import start_clock


@cache
def settings() -> Settings:
    """The settings of this process, by whose clock it goes from now on."""
    loaded = load_settings()
    start_clock(loaded)
    return loaded


@cache
def sender() -> Sender:
    """Sends the letters of this process."""
    opened = Database(settings().database_url, poll_keys=settings().poll_keys)
    return Sender(opened, settings(), transport_for(settings()))
