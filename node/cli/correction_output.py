"""What the commands that put copies right have in common: options, and what would leave, shown."""

import click

from federation.escalation.copy_fields import in_words
from federation.escalation.correcting import Correction, Words
from node.cli.options import TEXT_FILE, Common, read_text
from node.cli.output import note, print_json, say
from node.cli.preview_output import plain_preview, print_preview

OUTSIDE = click.option(
    "--outside-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="How it reads now for outsiders: first line the title, then the question.",
)
OUTSIDE_CONTEXT = click.option(
    "--outside-context-file",
    type=TEXT_FILE,
    metavar="FILE",
    help="The same of what they are told about the project.",
)
OUTSIDE_STAYS = click.option(
    "--outside-stays", is_flag=True, help="What was worded for outsiders is right as it is."
)
PREVIEW = click.option(
    "--preview", is_flag=True, help="Show exactly what would leave to each hub, and change nothing."
)
EXPECT = click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="SHA256",
    help="Send only what had this SHA-256 in its preview; for several hubs one each.",
)
KEEP_FOUND = click.option(
    "--keep-found",
    multiple=True,
    metavar="PLACE=REASON",
    help="A found place may stay; with --expect. Repeat for each.",
)


def outside_words(file: str | None, context_file: str | None, *, stays: bool) -> Words:
    """Return how the copy reads for outsiders, as the options say."""
    title: str | None = None
    question: str | None = None
    if file is not None:
        title, _, rest = read_text(file, "the words for outsiders").partition("\n")
        question = rest.strip() or title
    context = None if context_file is None else read_text(context_file, "the context")
    return Words(title=title, question=question, context=context, stays=stays)


def show_corrections(common: Common, shown: tuple[Correction, ...]) -> None:
    """Print what would leave to each hub, and how to send exactly that."""
    if common.json:
        print_json(
            {
                "items": [
                    {
                        **plain_preview(each.preview),
                        "escalation": each.escalation.id,
                        "corrected": each.corrected,
                    }
                    for each in shown
                ]
            }
        )
    else:
        for each in shown:
            say(f"{each.preview.to} would read otherwise than now: {in_words(each.corrected)}.\n")
            print_preview(each.preview)
    if not shown:
        note("Nothing would leave: no other hub has what is corrected.")
        return
    expect = " ".join(f"--expect {each.preview.sha256}" for each in shown)
    note(f"Nothing was changed or sent. To send exactly this: {expect}")
