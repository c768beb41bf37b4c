"""The `partnerstwo` command: finds a command, runs it, and turns every error into one sentence.

What takes long to import is imported within functions, so that it happens while garbage collection is off.
"""

import importlib
import os
import sys
import traceback
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

import click

from web.commands import COMMANDS
from web.ops import garbage

FINDING, USAGE, INTERRUPTED = 1, 2, 130


class CommandTable(click.Group):
    """A group whose commands are named in `web.commands.COMMANDS` and imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        return [name for name, entry in COMMANDS.items() if find_spec(f"web.commands.{entry.module}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        if COMMANDS[cmd_name].permission not in permitted():
            raise click.ClickException(f"{cmd_name} names no permission, so nobody may call it.")
        module = importlib.import_module(f"web.commands.{COMMANDS[cmd_name].module}")
        command: click.Command = getattr(module, f"command_{cmd_name}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def permitted() -> Collection[str]:
    """The permissions that there are; read when a command is called, so that help answers at once."""
    from workflow.rules.page_permissions import PAGES

    return PAGES.keys()


@click.command(cls=CommandTable, context_settings={"help_option_names": ["-h", "--help"]})
def partnerstwo() -> None:
    """Partnerstwo: the life of a local partnership programme."""


def main() -> int:
    """Run one command; returns 0, 1 for a finding or a refusal, or 2 for wrong usage."""
    garbage.postpone()
    try:
        exit_code = partnerstwo.main(prog_name="partnerstwo", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return USAGE
    except click.ClickException as error:
        return fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; what is left to flush has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last door: people get a sentence, never a traceback
        return fail(sentence(error), FINDING)
    finally:
        garbage.collect()
    return exit_code if isinstance(exit_code, int) else 0


def fail(message: str, code: int) -> int:
    click.echo(f"partnerstwo: {' '.join(message.split())}", err=True)
    return code


def sentence(error: Exception) -> str:
    """What went wrong, in one sentence; an error that nobody foresaw keeps its details in a file."""
    from workflow.base.settings import SettingsError

    if isinstance(error, SettingsError):
        return str(error)
    say = getattr(error, "say", None)
    if callable(say):
        return str(say("en"))
    if type(error).__module__.startswith("sqlalchemy") and type(error).__name__ == "OperationalError":
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        return f"the database does not answer ({reason}): check DATABASE_URL, or run `partnerstwo doctor`."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}."
    kept = keep_details(error)
    return f"something unforeseen happened ({type(error).__name__}: {error}); its details are in {kept}."


def keep_details(error: Exception) -> Path:
    from workflow.base.settings import HOME

    path = Path(os.environ.get("PARTNERSTWO_DATA") or HOME / "var") / "last-error.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return Path(os.devnull)
    return path


if __name__ == "__main__":
    sys.exit(main())
