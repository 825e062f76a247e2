"""Offering cases on the pages of the desk: to several hubs, handed on, and put right there."""

import html
import re
from typing import Any

import pytest
import sqlite_utils

from federation.peers import PeerStore
from tests.node.browsing import Browser, signed_in
from tests.node.cli.test_escalate_several import HOSTS, peer_of
from tests.node.conftest import Answered, ServedHub
from tests.node.web.test_desk_pages import opened, seen

AGREED: dict[str, Any] = {
    "consents": {"escalate": "yes"},
    "sensitivity": "data-none",
    "requester": {"role": "who-city-official"},
}
COPY = {"title": "Clauses", "question": "Which clauses?"}


@pytest.fixture
async def desk(served: ServedHub) -> Browser:
    """A caseworker of a hub with two peers."""
    now = served.node.clock.now()

    def approve(db: sqlite_utils.Database) -> None:
        for host in HOSTS:
            PeerStore(db).add(peer_of(host, now))

    await served.node.database.write(approve)
    return await signed_in(served, "caseworker")


async def case_of(served: ServedHub, path: str) -> Any:
    return (await served.get(path.replace("/desk/", "/api/v1/"), "caseworker")).json


def text_of(answer: Answered) -> str:
    return html.unescape(answer.body.decode())


def sent_again(answer: Answered) -> list[tuple[str, str]]:
    """Return what a preview carries along in hidden fields, except for the token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text_of(answer))
    areas = re.findall(r'<textarea name="([^"]+)" hidden>\n([^<]*)</textarea>', text_of(answer))
    return [(name, value) for name, value in (*found, *areas) if name != "form_token"]


async def test_several_hubs_are_asked_at_once_with_what_was_looked_at(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    several = [("to", host) for host in HOSTS]
    page = await seen(desk, f"{path}/offer")
    assert all(host in page for host in HOSTS)

    shown = await desk.send(f"{path}/offer", [*several, *COPY.items()])
    assert "Each gets a sealed copy of its own" in text_of(shown)
    assert [name for name, _ in sent_again(shown)].count("expect") == 2
    assert (await case_of(served, path))["escalations"] == []
    sent = await desk.send(f"{path}/offer", [*sent_again(shown), ("do", "send")])

    assert (sent.status, sent.headers["Location"]) == (303, path)
    asked = (await case_of(served, path))["escalations"]
    assert {each["peer"] for each in asked} == set(HOSTS)
    first, other = asked
    assert other["peer"] in await seen(desk, f"/desk/offers/{first['id']}")


async def test_of_several_hubs_none_is_asked_where_one_cannot_be(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    several = [("to", HOSTS[0]), ("to", "nobody.example")]

    refused = await desk.send(f"{path}/offer", [*several, *COPY.items(), ("do", "send")])

    assert refused.status == 422
    assert "nobody.example" in text_of(refused)
    assert (await case_of(served, path))["escalations"] == []


async def test_what_looks_like_a_person_stops_the_offer_until_somebody_says_why(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    copy = {"to": HOSTS[0], "title": "Clauses", "question": "Call +31 20 624 1111."}

    shown = await desk.post(f"{path}/offer", copy)
    again = sent_again(shown)
    stopped = await desk.send(f"{path}/offer", [*again, ("do", "send")])
    [place] = re.findall(r'name="(keep:[^"]+)"', text_of(shown))
    kept = [(place, "The number of the office")]
    sent = await desk.send(f"{path}/offer", [*again, *kept, ("do", "send")])

    assert stopped.status == 422
    assert "hub " not in re.findall(r'class="mistakes".*?</div>', text_of(stopped), re.S)[0]
    assert sent.status == 303


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"consents": {"escalate": "no"}}, "does not want this case to go to another hub"),
        ({"consents": {"escalate": "ask"}}, "wants to be asked before"),
        ({"consents": {}}, "Nobody asked the requester"),
        ({"label": "tlp-red"}, "does not let it leave this hub"),
    ],
)
async def test_a_refusal_says_what_to_do_on_pages_and_names_no_command(
    served: ServedHub, desk: Browser, other: dict[str, Any], says: str
) -> None:
    path = await opened(served, **{**AGREED, **other})

    refused = await desk.post(f"{path}/offer", {"to": HOSTS[0], **COPY})

    assert refused.status == 422
    summary = re.findall(r'class="mistakes".*?</ul>', text_of(refused), re.S)[0]
    assert says in summary
    assert "hub case" not in summary
    assert "--" not in summary


async def test_a_case_is_handed_on_and_the_first_offer_is_taken_back(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    shown = await desk.post(f"{path}/offer", {"to": HOSTS[0], **COPY})
    await desk.send(f"{path}/offer", [*sent_again(shown), ("do", "send")])
    [first] = (await case_of(served, path))["escalations"]
    way = f"{path}/offer?instead_of={first['id']}"
    assert way.partition("?")[2] in await seen(desk, f"/desk/offers/{first['id']}")
    page = await seen(desk, way)
    assert "its copy is destroyed there" in page
    assert f'value="{HOSTS[0]}"' not in page

    on = {"to": HOSTS[1], **COPY, "instead_of": first["id"]}
    shown = await desk.post(f"{path}/offer", on)
    sent = await desk.send(f"{path}/offer", [*sent_again(shown), ("do", "send")])

    assert sent.status == 303, text_of(sent)
    states = {each["peer"]: each["state"] for each in (await case_of(served, path))["escalations"]}
    assert states == {HOSTS[0]: "esc-withdrawn", HOSTS[1]: "esc-offered"}
    foreign = await desk.get(f"{await opened(served, **AGREED)}/offer?instead_of={first['id']}")
    assert foreign.status == 404


async def offered(served: ServedHub, path: str, **words: str) -> list[str]:
    """Offer a case to both hubs, to the second in other words; return the escalations."""
    api = path.replace("/desk/", "/api/v1/")
    made = []
    for host, more in zip(HOSTS, ({}, words), strict=True):
        answer = await served.post(f"{api}/escalations", {"to": host, **more}, "caseworker")
        assert answer.status == 201, answer.body
        made.append(str(answer.json["id"]))
    return made


async def test_a_case_is_put_right_here_and_at_the_hubs_that_have_it(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    await offered(served, path)
    case = await case_of(served, path)
    form = {"title": case["title"], "question": "Which clauses for two?"}
    assert case["question"] in await seen(desk, f"{path}/correct")

    shown = await desk.post(f"{path}/correct", form)
    page = text_of(shown)
    assert all(f"At <bdi>{host}</bdi>" in page for host in HOSTS)
    assert (await case_of(served, path))["question"] == case["question"]
    done = await desk.send(f"{path}/correct", [*sent_again(shown), ("do", "send")])

    assert (done.status, done.headers["Location"]) == (303, path)
    assert (await case_of(served, path))["question"] == "Which clauses for two?"
    assert "Told how their copy reads now" in await seen(desk, path)


async def test_words_for_outsiders_do_not_follow_by_themselves(
    served: ServedHub, desk: Browser
) -> None:
    path = await opened(served, **AGREED)
    await offered(served, path, question="Which clauses, in all?")
    case = await case_of(served, path)
    form = {"title": case["title"], "question": "Which for two?"}

    refused = await desk.post(f"{path}/correct", form)
    worded = await desk.post(f"{path}/correct", form, outside_question="Which, when renting?")
    stays = await desk.post(f"{path}/correct", form, stays="yes")

    assert refused.status == 422
    assert f"{HOSTS[1]}: This hub got it in words for outsiders." in text_of(refused)
    assert "--outside" not in text_of(refused)
    assert "Which, when renting?" in text_of(worded)
    assert f"At <bdi>{HOSTS[1]}</bdi>" not in text_of(stays)


async def test_a_hub_that_was_left_behind_is_told_later(served: ServedHub, desk: Browser) -> None:
    path = await opened(served, **AGREED)
    first, _other = await offered(served, path)
    case = await case_of(served, path)
    form = {"title": "Clauses for two", "question": case["question"]}

    shown = await desk.post(f"{path}/correct", form, here_only="yes")
    assert "Other hubs are told nothing for now" in text_of(shown)
    await desk.send(f"{path}/correct", [*sent_again(shown), ("do", "send")])
    tell = f"/desk/offers/{first}/correct"
    assert tell in await seen(desk, path)
    assert "reads now" in await seen(desk, tell)
    shown = await desk.post(tell)
    assert "Clauses for two" in text_of(shown)
    told = await desk.send(tell, [*sent_again(shown), ("do", "send")])

    assert told.status == 303
    assert tell not in await seen(desk, path)
    nothing = await desk.post(tell)
    assert nothing.status == 422
    assert "reads already as it should" in text_of(nothing)


async def test_nothing_to_put_right_is_said(served: ServedHub, desk: Browser) -> None:
    path = await opened(served, **AGREED)
    case = await case_of(served, path)
    same = {"title": case["title"], "question": case["question"]}

    refused = await desk.post(f"{path}/correct", same)

    assert refused.status == 422
    assert "That is what the case says already." in text_of(refused)
