"""The commands about files of a resource: attach, detach, save-file."""

from pathlib import Path

import click
import sqlite_utils

from content.people.permissions import Right
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile, named
from content.resources.held import HeldResource, HeldResourceStore
from content.resources.store import ResourceNotFound, ResourceStore
from federation.origin_files import fetch_file, held_files
from federation.publishing_files import attach_files, detach_file
from node.cli.case_files import read_files
from node.cli.desk import Desk, desk
from node.cli.moved import waiting_because
from node.cli.options import RECORD, TEXT_FILE, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused
from protocol.ids import resource_file_id


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@click.argument("paths", nargs=-1, required=True, type=TEXT_FILE, metavar="FILE...")
@common
def attach(common: Common, resource_id: str, paths: tuple[str, ...]) -> None:
    """
    Attach files to a resource. Whoever may have the record may fetch them from this hub.

    Taken are PDF, office documents, text and CSV, PNG, JPEG and WebP: at most 10 files of 10 MiB,
    40 MiB together. What a camera noted in a picture is left out; PDF and office documents keep
    what they say about their author.

    \b
    Example:
      hub resource attach 01KAT3Q8T6W3Y6M0S0V4N8Z2XH clauses.pdf clauses.docx
    """
    files = read_files(paths)
    with desk(common, Right.CATALOGUE_EDIT) as at:
        at.write(lambda db: attach_files(db, at.hub, resource_id, files, at.act))
        _tell(common, at, resource_id)


@click.command()
@click.argument("resource_id", type=RECORD, metavar="ID")
@click.argument("file", metavar="NAME")
@common
def detach(common: Common, resource_id: str, file: str) -> None:
    """
    Take a file off a resource, by its name or SHA-256, and erase it here.

    Its name and digest stay in older log entries; to take those back too, retract the resource.

    \b
    Example:
      hub resource detach 01KAT3Q8T6W3Y6M0S0V4N8Z2XH clauses.docx
    """
    with desk(common, Right.CATALOGUE_EDIT) as at:
        at.write(lambda db: detach_file(db, at.hub, resource_id, file, at.act))
        at.sweep()
        _tell(common, at, resource_id)


@click.command("save-file")
@click.argument("record", metavar="RECORD")
@click.argument("file", metavar="NAME")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="PATH", help="File or folder."
)
@common
def save_file(common: Common, record: str, file: str, target: Path | None) -> None:
    """
    Save a file of a resource, by its name or SHA-256: of this hub, or fetched from its origin.

    RECORD is an id, or the address of another hub's record. What comes from elsewhere is kept only
    if it is, byte for byte, what the signed record announces. No file is ever overwritten.

    \b
    Example:
      hub resource save-file https://hub.other.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH a.pdf
    """
    with desk(common, Right.NETWORK_READ) as at:
        found, data = _bytes_of(at, record, file)
    path = Path() if target is None else target
    if path.is_dir():
        path = path / Path(found.name).name
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise Refused(f"{path} is there already. Name another file: --to PATH.") from None
    if common.json:
        print_json({**found.model_dump(), "path": str(path)})
        return
    say(f"Saved {path} ({found.media_type}, {found.size} bytes, checked by its digest).")


def _bytes_of(at: Desk, record: str, file: str) -> tuple[ResourceFile, bytes]:
    ulid = record.rstrip("/").rpartition("/")[2].upper()

    def look(db: sqlite_utils.Database) -> HeldResource | tuple[ResourceFile, bytes]:
        held = HeldResourceStore(db).by_url(record)
        if held is not None:
            return held
        if ResourceStore(db).find(ulid) is None:
            raise ResourceNotFound(record)
        store = ResourceFileStore(db)
        return store.get(ulid, named(store.of(ulid), file).sha256)

    found = at.read(look)
    if isinstance(found, tuple):
        return found
    wanted = named(held_files(found), file)
    return wanted, at.run(fetch_file(at.node, found, wanted))


def _tell(common: Common, at: Desk, resource_id: str) -> None:
    files = at.read(lambda db: ResourceFileStore(db).of(resource_id))
    address = f"{at.hub.identity.origin}/resources/{resource_id}"
    waits = waiting_because(at, resource_id)
    if common.json:
        items = [
            {**each.model_dump(), "url": resource_file_id(address, each.sha256)} for each in files
        ]
        print_json({"id": address, "files": items, "waiting_because": waits})
        return
    for each in files:
        say(f"{each.name} ({each.media_type}, {each.size} bytes) {each.sha256}")
    if not files:
        say("It has no files.")
    if waits is not None:
        note(f"Others are told later: {waits}")
