"""The commands of `partnerstwo`: which there are, what each is for, who may call it, and which module holds it.

A module is imported only when its command is called, so that `partnerstwo --help` answers at once. A new
command is a line here and a click command or group named `command_<name>` in its module.

Each names a permission of `workflow.rules.page_permissions.PAGES`; one without is refused. The operator is whoever the
operating system lets read this installation's settings and secret: the command line knows no other sign-in.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """Where a command lives, its one line in `partnerstwo --help`, and who may call it."""

    module: str
    help: str
    permission: str


COMMANDS = {
    "run": Entry("run", "Migrate, then run web, worker and beat under one supervisor.", "operator"),
    "web": Entry("processes", "One web process, for production.", "operator"),
    "worker": Entry("processes", "One worker process, for production.", "operator"),
    "beat": Entry("processes", "One beat process, for production.", "operator"),
    "db": Entry("db", "Bring the database up to date; compare it with the models.", "operator"),
    "demo": Entry("demo", "Load the demo editions and accounts.", "operator"),
    "user": Entry("people", "Create accounts.", "operator"),
    "token": Entry("people", "Create API tokens.", "operator"),
    "lifecycle": Entry("lifecycle", "Check, draw and print the lifecycle tables.", "operator"),
    "history": Entry("history", "Verify and dump the record.", "operator"),
    "outbox": Entry("outbox", "Look at, retry, pause and release letters.", "operator"),
    "state": Entry("state", "Dump the state of every subject.", "operator"),
    "routes": Entry("routes", "List every route and the permission that it asks.", "operator"),
    "backup": Entry("backup", "Write a consistent copy of database and uploads.", "operator"),
    "restore": Entry("backup", "Restore a copy into an empty installation.", "operator"),
    "import": Entry("exchange", "Read participants from a file.", "operator"),
    "export": Entry("exchange", "Write an edition to a file.", "operator"),
    "selection": Entry("selection", "Count a Pabulib file by a rule; write one.", "operator"),
    "result": Entry("result", "Verify a published result; write one.", "operator"),
    "rehearse": Entry("rehearse", "Show every letter and timer of an edition ahead, on a copy.", "operator"),
    "doctor": Entry("doctor", "Check settings, database, broker, mail, clock and rights.", "operator"),
}
