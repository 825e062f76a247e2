"""A hub in a folder of its own for each test."""

from pathlib import Path

import pytest

from tests.node.cli.terminal import Terminal, founded_in


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return founded_in(tmp_path)
