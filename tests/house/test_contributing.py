"""CONTRIBUTING.md leads to every module, and to none that is gone."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("node", "federation", "content", "protocol")


def listed() -> set[str]:
    """Return the modules that the list names, with their package."""
    found: set[str] = set()
    package = ""
    for line in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"### (\w+)/", line):
            package = heading[1]
        elif row := re.match(r"\| `([\w/]+\.py)` \| \S", line):
            found.add(f"{package}/{row[1]}")
    return found


def test_every_module_has_a_line_and_every_line_a_module() -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }

    named = {each for each in listed() if not each.endswith("/__init__.py")}

    assert modules - named == set(), "add a line for each to CONTRIBUTING.md"
    assert named - modules == set(), "take these lines out of CONTRIBUTING.md"
