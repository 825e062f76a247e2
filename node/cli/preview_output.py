"""What would leave of a case, for people: beside what the case says, what stays, what was found."""

from federation.escalation.preview import Preview, Side
from federation.escalation.scanning import Kept
from node.cli.output import Column, plain, print_table, print_text, say
from node.cli.refusals import Refused

_LONG = frozenset({"name", "content", "hub:context"})


def plain_preview(preview: Preview) -> dict[str, object]:
    """Return a preview as programs read it. canonical: the very bytes, as text."""
    return {
        "to": preview.to,
        "sha256": preview.sha256,
        "canonical": preview.canonical.decode(),
        "document": preview.document,
        "sides": [
            {
                "name": side.name,
                "words": side.words,
                "here": side.here,
                "leaves": side.leaves,
                "edited": side.edited,
            }
            for side in preview.sides
        ],
        "stays": preview.stays,
        "found": [
            {
                "place": found.place,
                "part": found.part,
                "what": found.what,
                "line": found.line,
                "text": found.text,
            }
            for found in preview.found
        ],
    }


def print_preview(preview: Preview) -> None:
    """Print a preview: long texts one below the other, the rest side by side, then the bytes."""
    say(f"What would leave to {preview.to}, sealed, and nothing else.")
    for side in preview.sides:
        if side.name in _LONG:
            _print_side(side)
    say("")
    print_table(
        [Column("field"), Column("the case says", elastic=True), Column("leaves", elastic=True)],
        [
            (side.words, side.here, side.leaves or "stays here")
            for side in preview.sides
            if side.name not in _LONG
        ],
    )
    print_text("Stays here", "\n".join(preview.stays) or "Nothing: the case says no more.")
    if preview.found:
        lines = (
            f"{found.place}{'' if found.line is None else f' (line {found.line})'}: {found.text}"
            for found in preview.found
        )
        print_text("Looks like personal data; take it out, or --keep-found", "\n".join(lines))
    say(f"\nThe bytes that leave (RFC 8785):\n{plain(preview.canonical.decode())}")
    say(f"\nSHA-256  {preview.sha256}")


def kept_places(given: tuple[str, ...]) -> tuple[Kept, ...]:
    """Return what people typed as PLACE=REASON. Raises Refused for anything else."""
    kept = []
    for each in given:
        place, equals, reason = each.partition("=")
        if not (place.strip() and equals and reason.strip()):
            raise Refused(
                'Write each found place with the reason: --keep-found question.mail-address.1="…"'
            )
        kept.append(Kept(place.strip(), reason.strip()))
    return tuple(kept)


def _print_side(side: Side) -> None:
    if not side.leaves:
        print_text(f"{side.words}: stays here", side.here)
    elif not side.edited:
        as_it_stands = "as it stands in the case" if side.here else "written for outsiders"
        print_text(f"{side.words}: leaves {as_it_stands}", side.leaves)
    else:
        print_text(f"{side.words}: the case says", side.here)
        print_text(f"{side.words}: leaves edited", side.leaves)
