"""The commands that look at other frameworks and take over from them: diff, merge."""

from collections.abc import Mapping
from pathlib import Path

import click
import sqlite_utils

from content.framework.differences import Difference, differences
from content.framework.files import FrameworkFile
from content.framework.item import Framework
from content.framework.merge_work import (
    MergeView,
    begin_merge,
    cancel_merge,
    decide,
    finish_merge,
    waiting_merge,
)
from content.framework.merging import Side
from content.framework.store import FrameworkStore
from content.people.permissions import Right
from federation.frameworks_by_name import ADOPTED, OURS, file_named, framework_named
from federation.publishing_framework import withdraw_what_went
from node.cli.desk import Desk, desk
from node.cli.framework_files import framework_in
from node.cli.framework_output import (
    plain_merge,
    print_differences,
    print_merge,
    tell_what_to_do,
)
from node.cli.options import Common, common
from node.cli.output import note, print_json
from node.cli.refusals import Refused

_SIDES: Mapping[str, Side] = {"ours": "ours", "theirs": "theirs"}


@click.command()
@click.argument("before", default=ADOPTED, metavar="[FROM]")
@click.argument("after", default=OURS, metavar="[TO]")
@common
def diff(common: Common, before: str, after: str) -> None:
    """
    Show what differs between two frameworks. Without words: what this hub made of the upstream.

    Each is one of: ours; adopted (what was last taken from upstream); upstream (what ships with
    the program); the number of a snapshot; a file; or the host of a hub that published its own.

    \b
    Example:
      hub framework diff
      hub framework diff adopted upstream
      hub framework diff 1 ours
    """
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def look(db: sqlite_utils.Database) -> list[Difference]:
            ours = FrameworkStore(db).get().framework
            first = _named(db, before, ours)
            return differences(first, _named(db, after, first))

        found = at.read(look)
    if common.json:
        print_json({"from": before, "to": after, "differences": found})
        return
    print_differences(found)
    if not found:
        note("Nothing differs.")


@click.command()
@click.argument("other", required=False, metavar="[OTHER]")
@click.option("--preview", is_flag=True, help="Only show what the merge would bring.")
@click.option(
    "--decide", "decided", nargs=2, metavar="ITEM PLACE", help="Settle this conflict, with:"
)
@click.option("--take", type=click.Choice(["ours", "theirs"]), help="what one side says;")
@click.option("--text", metavar="TEXT", help="or a text of your own.")
@click.option("--finish", is_flag=True, help="Apply the merge once all is decided.")
@click.option("--cancel", is_flag=True, help="Give the merge up; nothing was changed.")
@common
def merge(
    common: Common,
    other: str | None,
    preview: bool,
    decided: tuple[str, str] | None,
    take: str | None,
    text: str | None,
    finish: bool,
    cancel: bool,
) -> None:
    """
    Take over what changed elsewhere: upstream, a file, or the host of a hub that published its own.

    Where both sides changed the same, you decide, and nothing is applied before. Without words,
    the merge that waits is shown.

    \b
    Example:
      hub framework merge upstream --preview
      hub framework merge upstream
      hub framework merge --decide tool-dpia why/en --take ours
      hub framework merge --finish
    """
    asked = [other is not None, decided is not None, finish, cancel]
    if sum(asked) > 1 or (preview and other is None):
        raise Refused("Begin a merge, decide, finish or cancel: one at a time.")
    if (decided is not None) != ((take is not None) != (text is not None)):
        raise Refused("Decide a conflict with --decide ITEM PLACE and one of --take and --text.")
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        if cancel:
            at.write(lambda db: cancel_merge(db, at.act))
            if common.json:
                print_json({"cancelled": True})
            else:
                note("The merge is given up. Your framework is as it was.")
            return

        def work(db: sqlite_utils.Database) -> MergeView:
            if other is not None:
                done = begin_merge(db, _taken_from(db, other), at.act, preview=preview)
                return _withdrawn(db, at, done)
            if decided is not None:
                item, place = decided
                return decide(db, item, place, at.act, side=_SIDES.get(take or ""), text=text)
            return _withdrawn(db, at, finish_merge(db, at.act)) if finish else waiting_merge(db)

        changes = not preview and any(asked)
        view = at.write(work) if changes else at.read(work)
        if view.applied:
            at.sweep()
    if common.json:
        print_json(plain_merge(view))
        return
    print_merge(view)
    if not view.applied and not preview:
        tell_what_to_do(view)


def _withdrawn(db: sqlite_utils.Database, at: Desk, view: MergeView) -> MergeView:
    """Take back what is published of items that the merge dropped."""
    if view.applied:
        withdraw_what_went(db, at.hub, at.act)
    return view


def _taken_from(db: sqlite_utils.Database, name: str) -> FrameworkFile:
    """Return the framework that somebody means by a name, to be merged."""
    return framework_in(name) if _is_file(name) else file_named(db, name)


def _named(db: sqlite_utils.Database, name: str, beside: Framework) -> Framework:
    """Return the framework that somebody means by a name, to be compared."""
    return framework_in(name).framework if _is_file(name) else framework_named(db, name, beside)


def _is_file(name: str) -> bool:
    return name == "-" or Path(name).is_file()
