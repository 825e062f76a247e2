"""The commands that bring a framework in and take it out: adopt, import, export."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import sqlite_utils

from content.framework.files import (
    LARGEST_FILE,
    FrameworkFile,
    NoFrameworkFile,
    read_file,
    shipped,
    write_file,
)
from content.framework.item import Framework
from content.framework.scores import Score, ScoreStore
from content.framework.snapshots import SnapshotStore
from content.framework.store import UPSTREAM, Adopted, Base, FrameworkNotAdopted, FrameworkStore
from content.framework.titles import attached, titles_of
from content.framework.work import adopt_framework, replace_framework
from content.people.permissions import Right
from federation.policy import AMBER, NONE, Audience, Door, may_leave
from federation.publishing_framework import withdraw_what_went
from node.cli.desk import desk
from node.cli.options import NUMBER, TEXT_FILE, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from node.framework_paper import Paper, as_html, as_markdown

FORMATS = ("markdown", "html", "json")


@click.command()
@click.argument("file", required=False, type=TEXT_FILE, metavar="[FILE]")
@common
def adopt(common: Common, file: str | None) -> None:
    """
    Begin with the framework that ships with the program, or with that of another city in a file.

    \b
    Example:
      hub framework adopt
      hub framework adopt framework-of-porto.json
    """
    begin = shipped() if file is None else framework_in(file)
    with desk(common, Right.FRAMEWORK_EDIT) as at:
        adopted = at.write(lambda db: adopt_framework(db, begin, at.act))
    _tell(common, begin, adopted, "Adopted")
    if not common.json:
        note("Look at it: hub framework show. Then assess yourself: hub framework assess")


@click.command("import")
@click.argument("file", type=TEXT_FILE)
@common
def import_file(common: Common, file: str) -> None:
    """
    Put the framework in a file in place of this hub's. What was there is kept as a snapshot.

    \b
    Example:
      hub framework import framework.json
    """
    given = framework_in(file)
    with desk(common, Right.FRAMEWORK_EDIT) as at:

        def work(db: sqlite_utils.Database) -> Adopted:
            replaced = replace_framework(db, given, at.act)
            withdraw_what_went(db, at.hub, at.act)
            return replaced

        adopted = at.write(work)
        at.sweep()
    _tell(common, given, adopted, "Imported")


@dataclass(frozen=True, slots=True)
class _Exported:
    framework: Framework
    base: Base
    scores: dict[str, Score]
    titles: dict[str, str]


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="markdown",
    show_default=True,
    help="For people to read, to print, or for a program or another hub.",
)
@click.option("--language", default="en", metavar="TAG", help="Of the texts, where they exist.")
@click.option("--with-scores", is_flag=True, help="Put the self-assessment into the document.")
@click.option("--snapshot", type=NUMBER, metavar="N", help="As it was then.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Else on stdout.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@common
def export(
    common: Common,
    form: str,
    language: str,
    with_scores: bool,
    snapshot: int | None,
    output: Path | None,
    force: bool,
) -> None:
    """
    Write the framework as a document: Markdown, HTML for printing, or JSON for another hub.

    A document with scores is for this hub: it has no lock. JSON never has them, and says what
    the framework came from, so that another hub can adopt or merge it.

    \b
    Example:
      hub framework export --format html --output framework.html
      hub framework export --format json --output framework.json
    """
    if with_scores and form == "json":
        raise Refused(
            "JSON is for other hubs and has no scores. They are in: hub framework show --json"
        )
    if output is not None and output.exists() and not force:
        raise Refused(f"{output} is there already. Give another name, or --force.")
    right = Right.FRAMEWORK_EDIT if with_scores else Right.NETWORK_READ
    with desk(common, right) as at:
        may_leave(AMBER, NONE, Door.EXPORT, Audience.STAFF)
        identity, now = at.hub.identity, at.act.at
        found = at.read(lambda db: _exported(db, snapshot, identity.origin, language))
    if form == "json":
        document: Any = write_file(FrameworkFile(identity.host, found.framework, found.base))
        text = _json_text(document)
    else:
        scores = found.scores if with_scores else {}
        paper = Paper(
            identity.name,
            found.framework,
            found.base.version,
            now,
            language,
            scores,
            found.titles,
        )
        text = as_html(paper) if form == "html" else as_markdown(paper)
        document = {"format": form, "text": text}
    if output is not None:
        output.write_text(text, encoding="utf-8")
        if common.json:
            print_json({"format": form, "file": str(output), "bytes": len(text.encode())})
        else:
            note(f"Wrote {output}.")
    elif common.json:
        print_json(document)
    else:
        click.echo(text, nl=False)


def framework_in(file: str) -> FrameworkFile:
    """Return the framework in a file, or on stdin for "-". Raises what `read_file` raises."""
    with click.open_file(file, "rb") as stream:
        body = stream.read(LARGEST_FILE + 1)
    try:
        return read_file(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NoFrameworkFile("The file is not UTF-8. Save it as UTF-8 and try again.") from None


def _exported(
    db: sqlite_utils.Database, snapshot: int | None, origin: str, language: str
) -> _Exported:
    store = FrameworkStore(db)
    framework, scores = store.get().framework, ScoreStore(db).all()
    base = store.base(UPSTREAM)
    if base is None:
        raise FrameworkNotAdopted
    if snapshot is not None:
        kept = SnapshotStore(db).get(snapshot)
        framework, scores = kept.framework, kept.scores
    titles = titles_of(db, origin, attached(framework), language)
    return _Exported(framework, base, scores, titles)


def _json_text(document: Any) -> str:
    import json

    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _tell(common: Common, file: FrameworkFile, adopted: Adopted, done: str) -> None:
    count = len(adopted.framework.items)
    if common.json:
        print_json({"origin": file.origin, "upstream": file.base.version, "items": count})
        return
    say(f"{done} {count} items from {file.origin}, upstream {file.base.version}.")
