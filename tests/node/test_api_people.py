"""Users, tokens and the operator's lists over the API."""

from node.problems import TYPES
from tests.node.conftest import ServedHub


async def test_a_user_is_added_promoted_and_deactivated(served: ServedHub) -> None:
    added = await served.post("/api/v1/users", {"name": "mireia", "role": "reader"})
    assert (added.status, added.json["role"]) == (201, "reader")

    promoted = await served.post("/api/v1/users/mireia/role", {"role": "caseworker"})
    assert promoted.json["role"] == "caseworker"

    gone = await served.post("/api/v1/users/mireia/deactivate")
    assert gone.json["active"] is False
    again = await served.post("/api/v1/users/mireia/activate")
    assert again.json["active"] is True


async def test_names_are_never_used_twice_and_the_refusal_does_not_repeat_them(
    served: ServedHub,
) -> None:
    answer = await served.post("/api/v1/users", {"name": "reader", "role": "reader"})

    assert answer.status == 409
    assert answer.json["type"] == f"{TYPES}user-exists"


async def test_the_last_operator_stays(served: ServedHub) -> None:
    answer = await served.post("/api/v1/users/operator/deactivate")

    assert answer.status == 409


async def test_the_secret_of_a_token_is_shown_once(served: ServedHub) -> None:
    issued = await served.post(
        "/api/v1/tokens", {"user": "caseworker", "label": "website", "role": "reader", "days": 30}
    )
    assert issued.status == 201
    secret = issued.json["secret"]

    listed = await served.get("/api/v1/tokens", "operator")
    assert secret not in listed.body.decode()
    me = await served.get("/api/v1/me", Authorization=f"Bearer {secret}")
    assert (me.json["name"], me.json["role"]) == ("caseworker", "reader")


async def test_every_change_names_who_made_it(served: ServedHub) -> None:
    await served.post("/api/v1/users", {"name": "noor", "role": "expert"})

    changes = await served.get("/api/v1/changes?subject=noor", "operator")

    assert [(each["what"], each["by"]) for each in changes.json["items"]] == [
        ("user.add", "operator")
    ]


async def test_lists_of_changes_go_on_where_they_ended(served: ServedHub) -> None:
    first = (await served.get("/api/v1/changes?limit=3", "operator")).json
    second = (await served.get(f"/api/v1/changes?limit=3&cursor={first['next']}", "operator")).json

    numbers = [each["seq"] for each in (*first["items"], *second["items"])]
    assert numbers == sorted(set(numbers), reverse=True)


async def test_what_is_not_there_cannot_be_retried(served: ServedHub) -> None:
    for path in ("/deliveries/1/retry", "/quarantine/1/drop", "/deliveries/99999999999/drop"):
        assert (await served.post(f"/api/v1{path}")).status == 404
    assert (await served.post("/api/v1/deliveries/x/retry")).status == 400


async def test_the_lists_of_an_operator_are_empty_at_first(served: ServedHub) -> None:
    for path in ("/deliveries", "/deliveries?state=waiting", "/quarantine", "/notices"):
        answer = await served.get(f"/api/v1{path}", "operator")
        assert (answer.status, answer.json["items"]) == (200, []), path
