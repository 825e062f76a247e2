"""The commands that find resources: list, show, search."""

from collections.abc import Mapping
from typing import Any

import click
import sqlite_utils

from content.language import best_text
from content.people.permissions import Right
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile
from content.resources.held import HeldResource, HeldResourceStore
from content.resources.link_checks import LinkCheck, LinkStore
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore
from content.search import ResourceQuery, search_resources
from federation.origin_files import held_files
from federation.policy import Audience, Door, visible_labels
from node.cli.desk import Desk, desk
from node.cli.options import RECORD, Common, common, paged
from node.cli.output import (
    Column,
    note,
    note_more,
    print_fields,
    print_json,
    print_table,
    print_text,
    say,
    when,
)
from node.cli.resource_output import plain_found, plain_held, plain_own
from node.cli.search_output import note_how_read
from node.cli.topics import topic_ids


@click.command("list")
@click.option("--state", type=click.Choice(["draft", "published"]), help="Only these.")
@paged(50)
@common
def list_resources(common: Common, state: str | None, limit: int, cursor: str | None) -> None:
    """
    List the resources of this hub, the newest first. To find others' too: hub resource search.

    \b
    Example:
      hub resource list --state draft
    """
    wanted = None if state is None else ResourceState(state)
    with desk(common, Right.NETWORK_READ) as at:
        page = at.read(lambda db: ResourceStore(db).list(state=wanted, limit=limit, cursor=cursor))
    if common.json:
        items = [plain_own(at.hub.identity, resource) for resource in page.items]
        print_json({"items": items, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note("No resources yet. Begin with: hub resource import --starter --country CC")
        return
    print_table(
        [
            Column("id"),
            Column("title", elastic=True),
            Column("kind"),
            Column("lang"),
            Column("state"),
        ],
        [
            (
                r.id,
                _title(at, r.record.title, r.record.language),
                r.record.kind,
                r.record.language,
                r.state,
            )
            for r in page.items
        ],
    )
    note_more(page.next_cursor)


@click.command()
@click.argument("words", required=False, default="")
@click.option("--topic", metavar="TOPIC", help="With all its narrower topics.")
@click.option("--kind", metavar="ID", help="Such as guide, template, law.")
@click.option("--language", metavar="TAG", help="Of the document; pt finds pt-BR too.")
@click.option("--hub", metavar="HOST", help="Only what this hub published.")
@paged(20)
@common
def search(
    common: Common,
    words: str,
    topic: str | None,
    kind: str | None,
    language: str | None,
    hub: str | None,
    limit: int,
    cursor: str | None,
) -> None:
    """
    Search all resources that this hub knows, its own and other hubs'.

    Words are taken literally; the name of a topic in any language of the vocabulary finds its
    records too.

    \b
    Example:
      hub resource search "contratación pública" --kind template
    """
    asked = ResourceQuery(
        q=words,
        topic=None if topic is None else topic_ids((topic,))[0],
        kind=kind,
        language=language,
        hub=hub,
        labels=visible_labels(Door.API, Audience.STAFF),
        limit=limit,
        cursor=cursor,
    )
    with desk(common, Right.NETWORK_READ) as at:
        page = at.read(lambda db: search_resources(db, asked))
    if common.json:
        print_json(
            {
                "total": page.total,
                "total_is_exact": page.total_is_exact,
                "next_cursor": page.next_cursor,
                "facets": page.facets,
                "with_all_words": page.with_all_words,
                "missing": page.missing,
                "read_as": page.read_as,
                "items": [plain_found(found) for found in page.items],
            }
        )
        return
    note_how_read(page)
    if not page.items:
        note("Nothing found. Try fewer words, or a broader topic.")
        return
    for item in page.items:
        place = item.place
        say(_title(at, item.title, item.language).replace("\n", " "))
        say(f"  {item.kind}, {item.language}, {place.hub}, {place.ref}")
    more = "" if page.next_cursor is None else f" The next page: --cursor {page.next_cursor}"
    note(f"{page.total}{'' if page.total_is_exact else '+'} found.{more}")


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@click.option("--hub", metavar="HOST", help="Of another hub, as search shows it.")
@common
def show(common: Common, resource_id: str, hub: str | None) -> None:
    """
    Show a resource. Of another hub, name the hub too.

    \b
    Example:
      hub resource show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
      hub resource show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH --hub rights.barcelona.example
    """
    with desk(common, Right.NETWORK_READ) as at:

        def work(db: sqlite_utils.Database) -> Resource | HeldResource:
            if hub is None or hub == at.hub.identity.host:
                return ResourceStore(db).get(resource_id)
            return HeldResourceStore(db).get(hub, resource_id)

        found = at.read(work)
        files = at.read(lambda db: _files(db, found))
        check = at.read(lambda db: LinkStore(db).find(found.record.url))
    if common.json:
        plain = (
            plain_own(at.hub.identity, found) if isinstance(found, Resource) else plain_held(found)
        )
        print_json({**plain, "files": files, "link_check": check})
        return
    _print(resource_id, at.hub.identity.host, found, check)
    if files:
        print_text("files", "\n".join(f"{each.name} ({each.media_type})" for each in files))


def _checked(check: LinkCheck | None) -> str:
    if check is None:
        return "not yet"
    return f"{check.status} since {when(check.since)} UTC. {check.reason}".strip()


def _files(db: sqlite_utils.Database, found: Resource | HeldResource) -> tuple[ResourceFile, ...]:
    if isinstance(found, Resource):
        return ResourceFileStore(db).of(found.id)
    return held_files(found)


def _print(
    resource_id: str, host: str, found: Resource | HeldResource, check: LinkCheck | None
) -> None:
    record: Any = found.record
    fields: list[tuple[str, object]]
    if isinstance(found, Resource):
        fields = [("from", host), ("state", found.state.value)]
        link, label = _checked(check), found.record.label
    else:
        fields = [("from", found.hub), ("state", "published there")]
        link, label = None, found.label
    print_fields(
        [
            ("resource", resource_id),
            *fields,
            ("language", record.language),
            ("kind", record.kind),
            ("topics", getattr(record, "topics", ())),
            ("publisher", record.publisher),
            ("year", getattr(record, "year", None)),
            ("place", _place(record)),
            ("licence", getattr(record, "licence", None)),
            ("label", label.value),
            ("link", record.url),
            ("link checked", link),
            ("changed", when(found.updated_at)),
        ]
    )
    summaries = record.summary or {}
    for tag in dict.fromkeys((*record.title, *summaries)):
        print_text(tag, "\n".join(t for t in (record.title.get(tag), summaries.get(tag)) if t))


def _place(record: Any) -> str:
    parts = (getattr(record, "city", None), getattr(record, "country", None))
    return ", ".join(part for part in parts if part)


def _title(at: Desk, titles: Mapping[str, str], original: str) -> str:
    return best_text(titles, at.hub.identity.language, original)[1]
