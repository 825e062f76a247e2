"""What README and docs/ point to exists: commands, options, settings, targets, files, links."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from content.matching_rules import MatchingRules
from node.cli.main import cli
from node.home import HubHome
from node.mail.servers import IMAP_PASSWORD, SMTP_PASSWORD
from node.oidc.client import OIDC_SECRET
from node.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "docs/adr/*.md")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
SETTINGS = {
    *("HUB_HOME", "HUB_USER", SMTP_PASSWORD, IMAP_PASSWORD, OIDC_SECRET),
    *(f"HUB_{name.upper()}" for name in Settings.model_fields),
    *(f"HUB_MATCHING_{name.upper()}" for name in MatchingRules.model_fields),
}
_FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_BEGINS = re.compile(r"^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?hub (?=[a-z-])")
_TARGET = re.compile(r"^make ([a-z]+)|`make ([a-z]+)[ `]", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_OF_HOME = re.compile(r"`([a-z]+\.(?:toml|db|sqlite|lock))`")
_SETTING = re.compile(r"\bHUB_[A-Z][A-Z_]*[A-Z]\b")


def commands_in(text: str) -> Iterator[str]:
    """Yield every `hub ...` that a page says to type, without `hub` itself."""
    outside = text
    for block in _FENCED.finditer(text):
        outside = outside.replace(block.group(0), "")
        lines = block.group(1).replace("\\\n", " ").splitlines()
        yield from (_BEGINS.sub("", line) for line in lines if _BEGINS.match(line))
    for inline in _INLINE.finditer(outside):
        span = " ".join(inline.group(1).split())
        if _BEGINS.match(span):
            yield _BEGINS.sub("", span)


def problems_of(line: str) -> Iterator[str]:
    """Yield what of a command line does not exist."""
    command: click.Command = cli
    with click.Context(cli, info_name="hub") as ctx:
        for word in shlex.split(line, comments=True):
            if word.startswith("-"):
                options = {name for option in command.params for name in option.opts}
                options |= {name for option in cli.params for name in option.opts}
                if word.partition("=")[0] not in options | {"--help"}:
                    yield f"{line!r}: {command.name} has no option {word}"
            elif isinstance(command, click.Group):
                found = None
                for name in word.split("|"):
                    found = command.get_command(ctx, name)
                    if found is None and word.islower():
                        yield f"{line!r}: there is no command {name}"
                if found is None:
                    return
                command = found


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name."""
    with click.Context(cli, info_name="hub") as ctx:
        for name in cli.list_commands(ctx):
            command = cli.get_command(ctx, name)
            assert command is not None
            yield name, command
            if isinstance(command, click.Group):
                yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())


COMMANDS = dict(all_commands())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_documents_exist(page: Path) -> None:
    text = page.read_text("utf-8")

    found = [problem for line in commands_in(text) for problem in problems_of(line)]

    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_in_the_documents_exist(page: Path) -> None:
    named = set(_SETTING.findall(page.read_text("utf-8")))

    assert named - SETTINGS == set()


def test_every_rule_of_matching_is_explained_with_its_default() -> None:
    text = (ROOT / "docs/configure.md").read_text("utf-8")

    for name, field in MatchingRules.model_fields.items():
        default = str(field.default).lower() if name == "enabled" else f"{field.default:g}"
        assert f"| `{name}` | `{default}` |" in text, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_targets_in_the_documents_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert [link for link in _LINK.findall(text) if not (page.parent / link).exists()] == []
    for target in ("".join(found) for found in _TARGET.findall(text)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_of_a_hub_in_the_documents_have_their_names(page: Path) -> None:
    home = HubHome(Path("hub-data"))
    names = {home.toml.name, home.database.name, home.lock.name, "pyproject.toml"}

    assert set(_OF_HOME.findall(page.read_text("utf-8"))) - names == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches_with_an_example_that_exists(name: str) -> None:
    command = COMMANDS[name]
    help_text = (command.help or "").replace("\\\n", " ")
    examples = [_BEGINS.sub("", line) for line in help_text.splitlines() if _BEGINS.match(line)]

    if not isinstance(command, click.Group):
        assert examples, f"hub {name} has no example"
    assert [problem for line in examples for problem in problems_of(line)] == []


@pytest.mark.parametrize("name", [n for n, c in COMMANDS.items() if not isinstance(c, click.Group)])
def test_each_command_that_prints_takes_json(name: str) -> None:
    options = {option for param in COMMANDS[name].params for option in param.opts}

    assert "--json" in options or name in ("demo", "serve")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_says_what_it_is(name: str) -> None:
    options = [param for param in COMMANDS[name].params if isinstance(param, click.Option)]

    assert [option.name for option in options if not (option.help or option.hidden)] == []


@pytest.mark.parametrize(
    "line", ["peer frobnicate", "peer approve HUB --finger x", "serve --prt 80", "nonsense"]
)
def test_what_does_not_exist_is_noticed(line: str) -> None:
    assert list(problems_of(line))
