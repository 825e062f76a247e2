"""What is held about a person as a text that they can read, in Markdown."""

from collections.abc import Iterator
from typing import Any

_TITLES = {
    "cases": "Requests",
    "expert_listings": "Listings as an expert",
    "accounts": "Accounts",
    "unconfirmed_mails": "Mails that you did not confirm yet",
}


def paper_of(held: dict[str, Any]) -> str:
    """Return the text of an export (federation/law/subject_export.py)."""
    hub = held["hub"]
    lines = [
        f"# What {hub['name']} holds about you",
        "",
        f"From {hub['address']}, {held['exported_at']}. You may have what is wrong corrected, and "
        "ask for erasure; the privacy notice of the hub says how and where to complain.",
    ]
    for name, title in _TITLES.items():
        for number, record in enumerate(held[name], start=1):
            lines += ["", f"## {title}, {number}", "", *_fields(record, 0)]
    for what, why in held["withheld"]:
        lines += ["", f"Not included: {what}. {why}"]
    return "\n".join(lines) + "\n"


def _fields(record: dict[str, Any], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for name, value in record.items():
        if value in (None, "", [], {}):
            continue
        label = name.replace("_", " ")
        if isinstance(value, dict):
            yield f"{indent}- {label}:"
            yield from _fields(value, depth + 1)
        elif isinstance(value, list) and isinstance(value[0], dict):
            for number, each in enumerate(value, start=1):
                yield f"{indent}- {label}, {number}:"
                yield from _fields(each, depth + 1)
        else:
            shown = ", ".join(str(each) for each in value) if isinstance(value, list) else value
            text = str(shown).replace("\n", f"\n{indent}  ")
            yield f"{indent}- {label}: {text}"
