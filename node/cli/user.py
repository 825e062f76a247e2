"""`hub user`: who works at this hub."""

import click
import sqlite_utils

from content.experts.accounts import ExpertAccountStore
from content.mail.kinds import FOR_STAFF, MailKind
from content.mail.people import MailPerson, MailPersonStore, kinds_named
from content.people.invitations import DAYS, InvitationStore
from content.people.permissions import Right, Role
from content.people.profiles import Profile, ProfileStore
from content.people.store import UserStore
from content.people.user import User
from node.cli.desk import desk
from node.cli.options import RECORD, Common, common
from node.cli.output import Column, note, print_json, print_table, say
from node.cli.topics import topic_ids
from node.cli.user_access import invite, password, reset_factors, welcome_link

_KIND = click.Choice([kind.value for kind in MailKind if kind in FOR_STAFF])


@click.group()
def command() -> None:
    """
    Who works at this hub, and in which role.

    \b
    reader      sees what hubs share among each other
    expert      answers the cases that are assigned to them
    caseworker  works on catalogue, experts and cases, also with other hubs
    operator    approves peers, manages users, looks after the hub
    """


command.add_command(invite)
command.add_command(password)
command.add_command(reset_factors)


@command.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="What they may do.",
)
@click.option("--display-name", metavar="TEXT", help="What people read. Else NAME.")
@click.option("--email", metavar="ADDRESS", help="Where to tell them that there is news.")
@common
def add(common: Common, name: str, role: str, display_name: str | None, email: str | None) -> None:
    """
    Add a user. A name is never used twice.

    \b
    Example:
      hub user add mireia --role caseworker --display-name "Mireia Soler"
    """
    with desk(common, Right.USERS_MANAGE) as at:
        user = User.new(name, display_name or name, Role(role), at.act)

        def work(db: sqlite_utils.Database) -> tuple[MailPerson | None, str]:
            UserStore(db).add(user, at.act)
            secret = InvitationStore(db).make(name, at.act, chance=at.hub.chance)
            if email is None:
                return None, secret
            return MailPersonStore(db, at.hub.vault).put(name, at.act, address=email), secret

        person, secret = at.write(work)
        link = welcome_link(at.settings, secret)
    if common.json:
        print_json({**_answer(user, person, Profile(user=user.name)), "invitation": link})
        return
    say(f"Added {user.name} ({user.role.value}). The link with which they choose a password:\n")
    say(f"  {link}\n")
    note(
        f"It works once, for {DAYS} days, for whoever has it: hand it over in private.\n"
        f'For their programs: hub token add --user {user.name} --label "laptop"'
    )


@command.command("list")
@click.option("--all", "inactive", is_flag=True, help="Also those who are disabled.")
@common
def list_users(common: Common, inactive: bool) -> None:
    """
    List the users.

    \b
    Example:
      hub user list --all
    """
    with desk(common, Right.USERS_MANAGE) as at:
        users = at.read(lambda db: UserStore(db).list(inactive=inactive))
        people = at.read(lambda db: MailPersonStore(db, at.hub.vault).all())
        know = at.read(lambda db: {user.name: ProfileStore(db).find(user.name) for user in users})
    if common.json:
        print_json({"items": [_answer(u, people.get(u.name), know[u.name]) for u in users]})
        return
    print_table(
        [
            Column("name"),
            Column("role"),
            Column("reads as", elastic=True),
            Column("mail", elastic=True),
            Column("topics", elastic=True),
            Column("state"),
        ],
        [
            (
                u.name,
                u.role.value,
                u.display_name,
                people[u.name].address if u.name in people else None,
                ", ".join(know[u.name].topics),
                "active" if u.active else "disabled",
            )
            for u in users
        ],
    )


@command.command("set")
@click.argument("name")
@click.option("--display-name", metavar="TEXT", help="What people read.")
@click.option("--email", metavar="ADDRESS", help="Where to tell them that there is news.")
@click.option("--no-email", is_flag=True, help="Forget the address; no more mails.")
@click.option("--mail-language", metavar="TAG", help="Language of mails, such as ar.")
@click.option("--mute", multiple=True, type=_KIND, help="Send no mails of this kind. Repeatable.")
@click.option("--unmute", multiple=True, type=_KIND, help="Send them again. Repeatable.")
@click.option(
    "--topic", "topics", multiple=True, metavar="TOPIC", help="They know, for matching. Repeatable."
)
@click.option(
    "--language", "languages", multiple=True, metavar="TAG", help="They write in. Repeatable."
)
@click.option("--no-topics", is_flag=True, help="Forget topics and languages; match them no more.")
@click.option(
    "--listing", type=RECORD, metavar="ID", help="They are that listed expert: hours count there."
)
@click.option("--no-listing", is_flag=True, help="They are no listed expert.")
@common
def set_user(
    common: Common,
    name: str,
    display_name: str | None,
    email: str | None,
    no_email: bool,
    mail_language: str | None,
    mute: tuple[str, ...],
    unmute: tuple[str, ...],
    topics: tuple[str, ...],
    languages: tuple[str, ...],
    no_topics: bool,
    listing: str | None,
    no_listing: bool,
) -> None:
    """
    Change what a user reads as, what they know, where mails go, and which. What is not given stays.

    With --listing a user is that listed expert: what they note on cases (hub case hours) counts for
    the listing, so that nobody notes it twice.

    Topics and languages are those that `hub case match` compares a case with; giving some
    replaces those before.

    \b
    Example:
      hub user set mireia --email mireia@hub.example --mail-language es --mute due-soon
      hub user set mireia --topic procurement --topic privacy --language es --language ca
    """
    mail = (email, mail_language, *mute, *unmute)
    if no_email and any(mail):
        raise click.UsageError("--no-email goes with no other option about mails.")
    if no_topics and (topics or languages):
        raise click.UsageError("--no-topics goes with neither --topic nor --language.")
    if listing is not None and no_listing:
        raise click.UsageError("--listing and --no-listing say the opposite of each other.")
    asked = (no_email, no_topics, no_listing, listing, *mail, *topics, *languages)
    if display_name is None and not any(asked):
        raise click.UsageError("Say what to change, such as --email ADDRESS.")
    with desk(common, Right.USERS_MANAGE) as at:
        ids = topic_ids(topics)

        def work(db: sqlite_utils.Database) -> tuple[User, MailPerson | None, Profile]:
            user = UserStore(db).get(name)
            people = MailPersonStore(db, at.hub.vault)
            if display_name is not None:
                user = UserStore(db).rename(name, display_name, at.act)
            if no_listing:
                ExpertAccountStore(db).part(name, at.act)
            elif listing is not None:
                ExpertAccountStore(db).link(name, listing, at.act)
            if no_topics:
                ProfileStore(db).remove(name, at.act)
            elif topics or languages:
                ProfileStore(db).put(name, at.act, topics=ids or None, languages=languages or None)
            person = people.find(name)
            if no_email:
                people.remove(name, at.act)
                person = None
            elif any(mail):
                before = person.muted if person else frozenset()
                muted = (before | kinds_named(mute)) - kinds_named(unmute)
                person = people.put(
                    name, at.act, address=email, language=mail_language, muted=muted
                )
            return user, person, ProfileStore(db).find(name)

        user, person, profile = at.write(work)
    if common.json:
        print_json(_answer(user, person, profile))
        return
    say(f"{user.name} reads as {user.display_name}.")
    if profile.topics or profile.languages:
        known, spoken = ", ".join(profile.topics) or "-", ", ".join(profile.languages) or "-"
        say(f"Matched with cases by topics: {known}; languages: {spoken}.")
    if person is None:
        say("No mails are sent to them.")
        return
    muted_words = ", ".join(sorted(person.muted))
    say(f"Mails go to {person.address}{f', without {muted_words}' if muted_words else ''}.")


def _answer(user: User, person: MailPerson | None, profile: Profile) -> dict[str, object]:
    return {
        **user.model_dump(mode="json"),
        **profile.model_dump(mode="json", include={"topics", "languages"}),
        "email": person.address if person else None,
        "mail_language": person.language or None if person else None,
        "muted": sorted(person.muted) if person else [],
    }


@command.command()
@click.argument("name")
@common
def disable(common: Common, name: str) -> None:
    """
    Let a user in no more; all their tokens end. What they did keeps their name.

    \b
    Example:
      hub user disable mireia
    """
    with desk(common, Right.USERS_MANAGE) as at:
        user = at.write(lambda db: UserStore(db).deactivate(name, at.act))
    if common.json:
        print_json(user)
        return
    say(f"{user.name} is disabled, and their tokens are revoked.")
