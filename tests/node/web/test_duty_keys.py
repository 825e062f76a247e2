"""Keys and backups on a page: what there is, how old, and the command that renews it."""

from content.backups import BACKUP, MADE_KEYS
from content.changes import Act, ChangeStore
from tests.node.browsing import signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import seen


async def test_the_keys_are_shown_and_that_nobody_saved_them(served: ServedHub) -> None:
    duty = await signed_in(served, "operator")
    before = await seen(duty, "/duty/keys")
    act = Act("operator", served.node.clock.now())

    await served.node.database.write(
        lambda db: ChangeStore(db).record(act, MADE_KEYS, BACKUP, "3 files")
    )
    after = await seen(duty, "/duty/keys")

    assert "The keys were never saved" in before
    assert "hub keys rotate" in before
    assert "Never tried" in before
    assert "The keys were never saved" not in after
    assert "today" in after


async def test_no_private_half_leaves_by_the_api(served: ServedHub) -> None:
    keys = await served.get("/api/v1/keys", "operator")
    backups = await served.get("/api/v1/backups", "operator")

    assert keys.status == 200, keys.body
    assert any(each["signs"] for each in keys.json["signing"])
    assert any(each["current"] for each in keys.json["sealing"])
    secret = served.node.hub.keys.signing
    assert set(keys.json["signing"][0]) == {"id", "multibase", "since", "counts_until", "signs"}
    assert keys.json["signing"][0]["id"] == secret.id
    assert backups.json["items"] == []
