"""`partnerstwo user` and `partnerstwo token`: accounts and keys, made by whoever runs the machine."""

import sys

import click

from web.commands.installation import database
from workflow.accounts import links, passwords, tokens
from workflow.accounts.sign_in import find_account, set_password
from workflow.base import clock
from workflow.base.addresses import folded_address, read_address
from workflow.base.errors import BadInput, NotFound
from workflow.base.i18n import _
from workflow.base.settings import Settings, load_settings
from workflow.people import roles as actions
from workflow.proposals.api_rows import edition_number
from workflow.rules.facts import SYSTEM
from workflow.rules.roles import ROLES, Role

# Plain text: the library would offer the names of enum members instead of their words.
GRANTED = [str(role) for role in (Role.ADMIN, *ROLES)]


@click.group("user")
def command_user() -> None:
    """Create accounts."""


@command_user.command("create")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(GRANTED), help="admin, or a role in an edition.")
@click.option("--edition", help="The edition's key; every role but admin is held in one.")
@click.option("--name", default="", help="Name and surname; the address where left out.")
@click.option("--sector", default="", help="The sector that a member of the committee sits for.")
@click.option("--password-stdin", is_flag=True, help="Read a password from the standard input.")
def create(email: str, role: str, edition: str | None, name: str, sector: str, *, password_stdin: bool) -> None:
    """Add a person, or give one who is known already another role.

    Without a password a sign-in link is printed; it works once, for seven days.
    """
    if not read_address(email):
        raise click.UsageError(f"{email!r} does not look like an e-mail address.")
    if role != Role.ADMIN and not edition:
        raise click.UsageError(f"the role {role} is held in an edition: add --edition KEY.")
    settings = load_settings()
    password = checked_password(email, name) if password_stdin else None
    try:
        printed = create_person(settings, email, role, edition=edition, name=name, sector=sector, password=password)
    except BadInput as refusal:
        raise click.ClickException(" ".join(item.say("en") for item in refusal.missing)) from None
    click.echo(printed)


def checked_password(email: str, name: str) -> str:
    """The password from the standard input, hashed; refused when it is weak."""
    given = sys.stdin.readline().rstrip("\r\n")
    if refused := passwords.objection(given, about=(email, name)):
        raise click.ClickException(refused.say("en"))
    return passwords.hash_password(given)


def create_person(
    settings: Settings, email: str, role: str, *, edition: str | None, name: str, sector: str, password: str | None
) -> str:
    """Write all of it in one transaction and say what was done."""
    with database(settings) as opened, opened.transaction() as tx:
        at = clock.now()
        known = find_account(tx, email)
        if known is None:
            person = actions.NewPerson(email, name or folded_address(email), is_admin=role == Role.ADMIN)
            person_id = actions.add_person(tx, person, at=at)
        else:
            person_id = known.id
        if role != Role.ADMIN:
            edition_id = edition_number(tx, edition or "")
            if edition_id is None:
                raise BadInput({"edition": _("There is no edition {key}.", key=edition)})
            actions.grant_role(tx, person_id, edition_id=edition_id, role=role, sector=sector, actor=SYSTEM, at=at)
        elif known:
            actions.make_admin(tx, person_id)
        if password:
            set_password(tx, person_id, password, at=at)
        link = None if password or known else links.make_link(tx, person_id, purpose=links.Purpose.INVITATION, at=at)
    printed = f"{folded_address(email)}: {role}{f' in {edition}' if edition and role != Role.ADMIN else ''}"
    return f"{printed}\n{settings.base_url}/login/link/{link}" if link else printed


@click.group("token")
def command_token() -> None:
    """Create API tokens."""


@command_token.command("create")
@click.option("--user", "email", required=True, help="The address of the person whom the key acts for.")
@click.option("--name", default="", help="What the key is for.")
def create_token(email: str, name: str) -> None:
    """Print a new key; it is shown this once, works for a year and has its person's rights."""
    with database() as opened, opened.transaction() as tx:
        account = find_account(tx, email)
        if account is None or not account.active:
            raise NotFound(_("Nobody has an open account with the address {email}.", email=email))
        made = tokens.create_token(tx, account.id, name=name, at=clock.now())
    click.echo(made)
