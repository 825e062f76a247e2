"""`hub user password|invite|reset-factors`: how people get to sign in."""

from pathlib import Path

import click

from content.people.invitations import DAYS, InvitationStore
from content.people.passwords import PasswordStore, check_password, hash_password
from content.people.permissions import Right
from content.people.second_factors import forget_second_factors
from content.people.store import UserStore
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import note, print_json, say
from node.cli.passphrase import ask_passphrase
from node.settings import Settings


def welcome_link(settings: Settings, secret: str) -> str:
    """Return the address of the page on which the invited chooses a password."""
    return f"{settings.origin}/welcome/{secret}"


@click.command()
@click.argument("name")
@common
def invite(common: Common, name: str) -> None:
    """
    Print a link with which a user chooses a password: the first one, or a new one.

    It works once and for seven days; the one before works no more. The password they have now
    stays until they choose another.

    \b
    Example:
      hub user invite mireia
    """
    with desk(common, Right.USERS_MANAGE) as at:
        secret = at.write(lambda db: InvitationStore(db).make(name, at.act, chance=at.hub.chance))
        link = welcome_link(at.settings, secret)
    if common.json:
        print_json({"name": name, "invitation": link})
        return
    say(link)
    note(f"It works once, for {DAYS} days, for whoever has it: hand it over in private.")


@click.command()
@click.argument("name")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Its first line. Else asked, or stdin.",
)
@common
def password(common: Common, name: str, password_file: Path | None) -> None:
    """
    Give a user a password. All their sessions end.

    It is asked for unseen, or read from stdin or from a file; never given as an argument.

    \b
    Example:
      hub user password mireia
    """
    with desk(common, Right.USERS_MANAGE) as at:
        at.read(lambda db: UserStore(db).get(name))
        chosen = ask_passphrase(password_file, new=True, what="Password")
        check_password(chosen, name)
        phc = hash_password(chosen, at.hub.chance)
        at.write(lambda db: PasswordStore(db).put(name, phc, at.act))
    if common.json:
        print_json({"name": name, "password": "set"})
        return
    say(f"{name} has a new password, and is signed in nowhere.")
    note("They sign in on the page /sign-in of this hub.")


@click.command("reset-factors")
@click.argument("name")
@common
def reset_factors(common: Common, name: str) -> None:
    """
    Forget authenticator app, recovery codes and passkeys of a user who lost them.

    Be sure first that it is they who ask. Their password stays; all their sessions end. At the next
    sign-in they set up an app anew, where the hub asks for one.

    \b
    Example:
      hub user reset-factors mireia
    """
    with desk(common, Right.USERS_MANAGE) as at:
        at.write(lambda db: forget_second_factors(db, at.hub.vault, name, at.act))
    if common.json:
        print_json({"name": name, "second_factors": "forgotten"})
        return
    say(f"{name} signs in with the password alone, until they set up an app again.")
