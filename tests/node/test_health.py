"""Health and metrics: enough for a monitor, nothing for the curious."""

import pytest

from content.backups import BACKUP, MADE
from content.changes import Act, ChangeStore
from tests.node.conftest import ServedHub
from tests.seams import START


async def test_live_and_ready(served: ServedHub) -> None:
    assert (await served.get("/healthz")).json == {"status": "ok"}
    ready = await served.get("/readyz")
    assert ready.json["status"] in ("ready", "not ready")
    assert ready.status == (200 if ready.json["status"] == "ready" else 503)


async def test_metrics_are_prometheus_text(served: ServedHub) -> None:
    answer = await served.get("/metrics")

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    values = {
        line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line[0] != "#"
    }
    assert values['hub_inbox{state="waiting"}'] == 0
    assert values['hub_deliveries{state="failed"}'] == 0
    assert values["hub_database_bytes"] > 0
    assert "hub_last_backup_seconds" not in values
    helped = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name.partition("{")[0] for name in values} == helped


async def test_the_time_of_the_last_backup_can_be_watched(served: ServedHub) -> None:
    act = Act("operator", START)
    await served.node.database.write(
        lambda db: ChangeStore(db).record(act, MADE, BACKUP, "9 bytes")
    )

    lines = (await served.get("/metrics")).body.decode().splitlines()

    assert f"hub_last_backup_seconds {START.timestamp()}" in lines


@pytest.mark.parametrize("field", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_metrics_are_not_for_those_who_come_through_a_proxy(
    served: ServedHub, field: str
) -> None:
    through_proxy = {field: "for=192.0.2.1" if field == "Forwarded" else "192.0.2.1"}

    assert (await served.get("/metrics", **through_proxy)).status == 401
    assert (await served.get("/metrics", "caseworker", **through_proxy)).status == 403
    assert (await served.get("/metrics", "operator", **through_proxy)).status == 200
