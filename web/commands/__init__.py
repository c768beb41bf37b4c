"""The commands of `partnerstwo`: which there are, what each is for, and which module holds it.

A module is imported only when its command is called, so that `partnerstwo --help` answers at once. A new
command is a line here and a click command or group named `command_<name>` in its module.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Where a command lives, and its one line in `partnerstwo --help`."""

    module: str
    help: str


COMMANDS = {
    "run": Entry("run", "Migrate, then run web, worker and beat under one supervisor."),
    "web": Entry("processes", "One web process, for production."),
    "worker": Entry("processes", "One worker process, for production."),
    "beat": Entry("processes", "One beat process, for production."),
    "db": Entry("db", "Bring the database up to date; compare it with the models."),
    "demo": Entry("demo", "Load the demo editions and accounts."),
    "user": Entry("people", "Create accounts."),
    "token": Entry("people", "Create API tokens."),
    "lifecycle": Entry("lifecycle", "Check, draw and print the lifecycle tables."),
    "history": Entry("history", "Verify and dump the record."),
    "outbox": Entry("outbox", "Look at, retry, pause and release letters."),
    "state": Entry("state", "Dump the state of every subject."),
    "routes": Entry("routes", "List every route and the permission that it asks."),
    "backup": Entry("backup", "Write a consistent copy of database and uploads."),
    "restore": Entry("backup", "Restore a copy into an empty installation."),
    "import": Entry("exchange", "Read participants from a file."),
    "export": Entry("exchange", "Write an edition to a file."),
    "doctor": Entry("doctor", "Check settings, database, broker, mail, clock and rights."),
}
