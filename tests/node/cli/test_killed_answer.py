"""kill -9 at any statement of an answer: it is given whole, or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.node.cli.terminal import ENVIRONMENT, Terminal

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_an_answer_is_never_half_given(terminal: Terminal) -> None:
    guide = terminal.json(
        *("resource", "add", "--title", "Buying AI", "--summary", "Clauses.", "--language", "en"),
        *("--kind", "guide", "--topic", "procurement", "--url", "https://docs.example/guide"),
    )["ulid"]
    case = terminal.json("case", "new", "--topic", "procurement", text="Which clauses?")["id"]
    draft = terminal.json("case", "draft", "new", case, "--cite", guide, text="These.")["id"]
    whole, killed = False, 0

    for number in range(1, 500, 4):
        ended = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.node.killed_answer",
                terminal.home,
                case,
                draft,
                str(number),
            ],
            cwd=ROOT,
            env={"HUB_TRUSTED_AUTHORITIES": str(ENVIRONMENT["HUB_TRUSTED_AUTHORITIES"])},
            check=False,
        )
        shown = terminal.json("case", "show", case)
        drafts = terminal.json("case", "draft", "list", case)["items"]
        steps = [each["what"] for each in terminal.json("case", "history", case)["items"]]
        whole = ended.returncode == 0
        assert whole or ended.returncode == -9
        assert shown["status"] == ("case-answered" if whole else "case-received")
        assert len(shown["messages"]) == int(whole)
        assert [each["state"] for each in drafts] == ["merged" if whole else "open"]
        assert ("case.merge" in steps, "case.answer" in steps) == (whole, whole)
        if whole:
            assert shown["messages"][0]["sources"][0]["title"] == "Buying AI"
            break
        killed += 1

    assert whole
    assert killed > 3
    assert terminal.run("audit", "verify").status == 0
