"""The commands that customize the framework: set, add, drop, move, attach."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import sqlite_utils

from content.catalogue import own_url
from content.framework import customizing
from content.framework.item import PART_NAMES, PARTS, PILLARS, Framework, read_item
from content.framework.store import UPSTREAM, FrameworkStore
from content.framework.work import Verb, customize
from content.ids import is_id
from content.people.permissions import Right
from federation.publishing_framework import withdraw_what_went
from node.cli.desk import desk
from node.cli.framework_output import plain_item
from node.cli.options import Common, common
from node.cli.output import print_json, say
from node.cli.refusals import Refused
from node.cli.topics import topic_ids

F = TypeVar("F", bound=Callable[..., Any])


def _worded(function: F) -> F:
    """Add the options for all that an item says."""
    for part in reversed(PARTS):
        function = click.option(f"--{part}", metavar="TEXT", help=f"{PART_NAMES[part]}.")(function)
    function = click.option("--title", metavar="TEXT", help="Its name.")(function)
    function = click.option(
        "--responsible", metavar="TEXT", help="The body in charge here; no names of persons."
    )(function)
    function = click.option(
        "--topic", "topics", multiple=True, metavar="TOPIC", help="What it is about; all of them."
    )(function)
    return click.option(
        "--language",
        default="en",
        show_default=True,
        metavar="TAG",
        help="Of the texts given here; those in other languages stay.",
    )(function)


@click.command("set")
@click.argument("item", metavar="ITEM")
@_worded
@common
def set_texts(
    common: Common,
    item: str,
    language: str,
    topics: tuple[str, ...],
    responsible: str | None,
    **texts: str | None,
) -> None:
    """
    Word an item anew, in one language, or name who is responsible. An empty text takes it away.

    \b
    Example:
      hub framework set tool-dpia --responsible "Data protection office"
      hub framework set tool-dpia --language es --why "Porque obliga a preguntar a tiempo."
    """
    given = {field: text for field, text in texts.items() if text is not None}
    if not given and responsible is None and not topics:
        raise Refused("Say what to change: hub framework set --help")
    wanted = topic_ids(topics) if topics else None
    _customize(
        common,
        item,
        "reword",
        lambda framework: customizing.reword(
            framework,
            item,
            language=language,
            texts=given,
            responsible=responsible,
            topics=wanted,
        ),
    )


@click.command()
@click.argument("item", metavar="ITEM")
@click.option("--pillar", type=click.Choice(PILLARS), help="Where it belongs.")
@click.option("--after", metavar="ITEM", help="The item that it follows; else it comes last.")
@_worded
@common
def add(
    common: Common,
    item: str,
    pillar: str | None,
    after: str | None,
    language: str,
    topics: tuple[str, ...],
    responsible: str | None,
    **texts: str | None,
) -> None:
    """
    Add an item of this hub's own; or bring back one that was dropped, by its id alone.

    \b
    Example:
      hub framework add chatbot-rules --pillar tool-tools --title "Rules for chatbots" \\
          --what "What staff may type into a chatbot, and what not." --topic generative-ai
      hub framework add tool-divide-survey
    """
    given = {field: {language: text} for field, text in texts.items() if text}

    def place(db: sqlite_utils.Database) -> Callable[[Framework], Framework]:
        base = FrameworkStore(db).base(UPSTREAM)
        known = None if base is None else base.framework.find(item)
        if known is not None and not given:
            found = known if pillar is None else read_item({**known.model_dump(), "pillar": pillar})
            return lambda framework: customizing.add_item(framework, found, after=after)
        if pillar is None or "title" not in given:
            raise Refused("An item of your own needs --pillar and --title.")
        own = read_item(
            {
                "id": item,
                "pillar": pillar,
                "responsible": responsible,
                "topics": topic_ids(topics),
                **given,
            }
        )
        return lambda framework: customizing.add_item(framework, own, after=after)

    with desk(common, Right.FRAMEWORK_EDIT) as at:
        adopted = at.write(lambda db: customize(db, item, "add", place(db), at.act))
    _tell(common, adopted.framework, item, "Added")


@click.command()
@click.argument("item", metavar="ITEM")
@common
def drop(common: Common, item: str) -> None:
    """
    Leave an item out, as this city has no use for it. `hub framework add ITEM` brings it back.

    If it is published, it is deleted there too.

    \b
    Example:
      hub framework drop tool-divide-survey
    """
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def work(db: sqlite_utils.Database) -> list[str]:
            customize(
                db, item, "drop", lambda framework: customizing.drop_item(framework, item), at.act
            )
            return withdraw_what_went(db, at.hub, at.act)

        withdrawn = at.write(work)
        at.sweep()
    if common.json:
        print_json({"id": item, "dropped": True, "withdrawn": withdrawn})
        return
    say(f"Dropped {item}. It comes back with: hub framework add {item}")


@click.command()
@click.argument("item", metavar="ITEM")
@click.option("--after", metavar="ITEM", help="The item that it follows; a pillar puts it first.")
@click.option("--pillar", type=click.Choice(PILLARS), help="Into which pillar; else its own.")
@common
def move(common: Common, item: str, after: str | None, pillar: str | None) -> None:
    """
    Put an item elsewhere: after another one, or last in a pillar.

    \b
    Example:
      hub framework move tool-training --after tool-tools
    """
    _customize(
        common,
        item,
        "move",
        lambda framework: customizing.move_item(framework, item, pillar=pillar, after=after),
    )


@click.command()
@click.argument("item", metavar="ITEM")
@click.argument("resource", metavar="RESOURCE")
@click.option("--remove", is_flag=True, help="Take it away again.")
@common
def attach(common: Common, item: str, resource: str, remove: bool) -> None:
    """
    Attach a resource to an item: the id of one of ours, or the address of any.

    \b
    Example:
      hub framework attach tool-dpia 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        typed = resource.strip()
        address = own_url(at.hub.identity.origin, typed) if is_id(typed) else typed
        change = customizing.detach if remove else customizing.attach
        adopted = at.write(
            lambda db: customize(
                db,
                item,
                "detach" if remove else "attach",
                lambda framework: change(framework, item, address),
                at.act,
            )
        )
    _tell(common, adopted.framework, item, "Detached from" if remove else "Attached to")


def _customize(
    common: Common, item: str, verb: Verb, change: Callable[[Framework], Framework]
) -> None:
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        adopted = at.write(lambda db: customize(db, item, verb, change, at.act))
    _tell(common, adopted.framework, item, "Moved" if verb == "move" else "Changed")


def _tell(common: Common, framework: Framework, item: str, done: str) -> None:
    if common.json:
        print_json(plain_item(framework.get(item)))
        return
    say(f"{done} {item}.")
