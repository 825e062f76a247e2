"""The actor checker of fediverse-pasture: six actors, good and bad, send to a hub."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.strangers.conftest import (
    PASTURE,
    HubStarter,
    ask,
    eventually,
    free_port,
    needs_pasture,
    process,
)

pytestmark = [pytest.mark.strangers, needs_pasture]

REFUSED = {"alice", "dean"}
"""Actors without a usable key or owner; everybody has to refuse what they send."""


def test_the_actor_checker_gets_through_where_it_should_and_nowhere_else(
    hub_process: HubStarter, tmp_path: Path
) -> None:
    port = free_port()
    server = Path(__file__).parent / "pasture_server.py"

    with (
        process([str(PASTURE), str(server), str(port)], tmp_path / "pasture.log"),
        hub_process([port]) as hub,
    ):
        actor = quote(f"{hub.origin}/actor", safe="")
        checker = f"http://127.0.0.1:{port}"
        eventually("the checker's first answer", lambda: ask(f"{checker}/alice"))
        result: dict[str, Any] = ask(f"{checker}/?actor_uri={actor}", Accept="application/json")[
            "result"
        ]

    assert result.pop("webfinger") is True
    for name, outcome in result.items():
        assert outcome["get_actor"] is True, name
        assert outcome["post_inbox"] is (name not in REFUSED), name
