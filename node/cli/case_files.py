"""The commands about the attachments of a case: attach, show-attachment, save-attachment."""

from collections.abc import Sequence
from pathlib import Path

import click
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.attachment import LARGEST, Attachment, NewAttachment, read_attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.store import CaseStore
from content.errors import ContentError
from content.people.permissions import Right
from node.cli.desk import desk
from node.cli.options import RECORD, TEXT_FILE, Common, common
from node.cli.output import note, print_json, say
from node.cli.refusals import Refused


def read_files(paths: Sequence[str]) -> tuple[NewAttachment, ...]:
    """Return files, checked. Raises Refused, which names the file that is not taken."""
    files = []
    for path in paths:
        with click.open_file(path, "rb") as stream:
            data = stream.read(LARGEST + 1)
        try:
            files.append(read_attachment(Path(path).name, data))
        except ContentError as error:
            raise Refused(f"{path}: {error}") from None
    return tuple(files)


@click.command()
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("paths", nargs=-1, required=True, type=TEXT_FILE, metavar="FILE...")
@common
def attach(common: Common, case_id: str, paths: tuple[str, ...]) -> None:
    """
    Attach files to a case, for the staff who work on it.

    Taken are PDF, office documents, text and CSV, PNG, JPEG and WebP, at most 10 MiB each. What a
    camera noted in a picture is left out; PDF and office documents keep what they say about their
    author.

    \b
    Example:
      hub case attach 01KAT3Q8T6W3Y6M0S0V4N8Z2XH draft.pdf annex.docx
    """
    files = read_files(paths)
    with desk(common, Right.CASES_ASSIGNED) as at:

        def work(db: sqlite_utils.Database) -> tuple[Attachment, ...]:
            case = case_seen_by(at.principal, CaseStore(db, at.hub.vault), case_id)
            store = AttachmentStore(db, at.hub.vault)
            return store.add(case.id, files, at.act, at.hub.chance, shown=False)

        stored = at.write(work)
    if common.json:
        print_json({"items": [plain_attachment(each) for each in stored]})
        return
    for each in stored:
        say(f"Attached {each.id} ({each.media_type}, {each.size} bytes).")


@click.command("show-attachment")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("attachment_id", type=RECORD, metavar="ATTACHMENT")
@common
def show_attachment(common: Common, case_id: str, attachment_id: str) -> None:
    """
    Let the requester see a file of their case, such as one that came with the answer.

    They find it with their receipt code. It cannot be taken back: they may have it by then.

    \b
    Example:
      hub case show-attachment 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ
    """
    with desk(common, Right.CASES_WORK) as at:
        found = at.write(
            lambda db: AttachmentStore(db, at.hub.vault).show(case_id, attachment_id, at.act)
        )
    if common.json:
        print_json(plain_attachment(found))
        return
    say(f"The requester can see {found.id} ({found.media_type}, {found.size} bytes) now.")


@click.command("save-attachment")
@click.argument("case_id", type=RECORD, metavar="ID")
@click.argument("attachment_id", type=RECORD, metavar="ATTACHMENT")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="PATH", help="File or folder."
)
@common
def save_attachment(common: Common, case_id: str, attachment_id: str, target: Path | None) -> None:
    """
    Save an attachment of a case as a file, in this folder under its own name unless told otherwise.

    A file that is there already is never overwritten. `hub case show` lists attachments.

    \b
    Example:
      hub case save-attachment 01KAT3Q8T6W3Y6M0S0V4N8Z2XH 01KAT3Q8T6W3Y6M0S0V4N8Z2XJ --to drafts/
    """
    with desk(common, Right.CASES_READ) as at:
        found, data = at.read_noted(
            lambda db: AttachmentStore(db, at.hub.vault).get(case_id, attachment_id),
            "case.download",
            case_id,
        )
    path = Path() if target is None else target
    if path.is_dir():
        path = path / found.name
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise Refused(f"{path} is there already. Name another file: --to PATH.") from None
    if common.json:
        print_json({**plain_attachment(found), "path": str(path)})
        return
    say(f"Saved {path}.")
    note("It is not encrypted there. Delete it when it is no longer needed.")


def plain_attachment(found: Attachment) -> dict[str, object]:
    """Return an attachment as programs read it."""
    return {name: getattr(found, name) for name in Attachment.__dataclass_fields__}
