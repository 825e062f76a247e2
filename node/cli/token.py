"""`hub token`: secrets with which programs act for a user."""

from datetime import timedelta

import click

from content.people.permissions import Right, Role
from content.people.tokens import Token, TokenStore
from node.cli.desk import desk
from node.cli.options import Common, common
from node.cli.output import Column, note, print_json, print_table, say, when


@click.group()
def command() -> None:
    """Secrets with which programs act for a user; the hub itself keeps only a digest."""


@command.command()
@click.option("--user", metavar="NAME", help="Whom it acts for. Else whoever acts now.")
@click.option("--label", required=True, metavar="TEXT", help="What it is for, such as 'website'.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="At most the role of the user; less is safer.",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), metavar="N", help="Ends after so many days. Else never."
)
@common
def add(common: Common, user: str | None, label: str, role: str | None, days: int | None) -> None:
    """
    Make a token. It is printed once, and cannot be shown again.

    \b
    Example:
      hub token add --user mireia --label "city website" --role reader --days 365
    """
    with desk(common, Right.USERS_MANAGE) as at:
        issued = at.write(
            lambda db: TokenStore(db).issue(
                user or at.act.by,
                at.act,
                chance=at.hub.chance,
                label=label,
                role=None if role is None else Role(role),
                expires_at=None if days is None else at.act.at + timedelta(days=days),
            )
        )
    if common.json:
        print_json({**_plain(issued.token), "secret": issued.secret})
        return
    say(issued.secret)
    note(
        f"This is the token of {issued.token.user} ({issued.token.role.value}). It is not shown "
        f"again; if it gets lost or seen: hub token revoke {issued.token.id}"
    )


@command.command("list")
@click.option("--user", metavar="NAME", help="Only the tokens of this user.")
@common
def list_tokens(common: Common, user: str | None) -> None:
    """
    List the tokens, without their secrets.

    \b
    Example:
      hub token list --user mireia
    """
    with desk(common, Right.USERS_MANAGE) as at:
        tokens = at.read(lambda db: TokenStore(db).list(user))
        now = at.act.at
    if common.json:
        print_json({"items": [_plain(token) for token in tokens]})
        return
    if not tokens:
        note('No tokens yet. Make one: hub token add --label "what it is for"')
        return

    def state(token: Token) -> str:
        if token.revoked_at is not None:
            return "revoked"
        return "expired" if token.expires_at is not None and token.expires_at <= now else "valid"

    print_table(
        [
            Column("id"),
            Column("user", elastic=True),
            Column("role"),
            Column("label", elastic=True),
            Column("state"),
            Column("last used"),
        ],
        [(t.id, t.user, t.role.value, t.label, state(t), t.last_used) for t in tokens],
    )


@command.command()
@click.argument("token_id", metavar="ID")
@common
def revoke(common: Common, token_id: str) -> None:
    """
    End a token now. ID is what `hub token list` shows, not the secret.

    \b
    Example:
      hub token revoke 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.USERS_MANAGE) as at:
        token = at.write(lambda db: TokenStore(db).revoke(token_id, at.act))
    if common.json:
        print_json(_plain(token))
        return
    say(f"The token {token.id} of {token.user} is revoked since {when(token.revoked_at)} UTC.")


def _plain(token: Token) -> dict[str, object]:
    return {name: getattr(token, name) for name in token.__dataclass_fields__}
