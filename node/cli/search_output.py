"""What commands tell about a search besides what was found: how its words were read."""

from typing import Any

from content.search import Results
from node.cli.output import note


def note_how_read(page: Results[Any]) -> None:
    """Tell which words were read in another way or left out, and how many records have all."""
    for each in page.read_as:
        note(f"Nothing has {each.typed!r}; searched instead: {', '.join(each.words)}.")
    for word in page.missing:
        note(f"Nothing has {word!r}; it was left out.")
    if page.with_all_words is not None and page.items:
        note(f"{page.with_all_words} with all the words come first; the others have some of them.")
