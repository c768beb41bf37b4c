"""What every task of a process shares: settings, database, post; made on first use, once a process."""

from functools import cache

from tasks.deliver import Courier
from tasks.mail import post_for
from workflow.base.settings import Settings, load_settings
from workflow.db.database import Database


@cache
def settings() -> Settings:
    """The settings of this process."""
    return load_settings()


@cache
def courier() -> Courier:
    """Sends the letters of this process."""
    return Courier(Database(settings().database_url), settings(), post_for(settings()))
