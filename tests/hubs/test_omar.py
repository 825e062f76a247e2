"""Omar gives four hours a month: a content-free mail, a minimised question, an answer, a leave."""

import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.hubs.helpdesk import Founding, Helpdesk, become_peers, helpdesk

WORD = "GOSHAWK"
TUNIS = Founding("Tunis", "TN", "fr", "Africa/Tunis", "leila", has_starter=False)
CONTACT = "ana-goshawk@city.example"


def guide(title: str) -> dict[str, Any]:
    return {
        "title": {"fr": title},
        "summary": {"fr": "Ce que dit la loi, article par article."},
        "url": "https://docs.example/guide-tn",
        "language": "fr",
        "country": "TN",
        "kind": "guide",
        "topics": ["contract-clauses"],
    }


def request(language: str, **other: Any) -> dict[str, Any]:
    return {
        "title": f"{WORD} chatbot",
        "question": f"{WORD}: may a supplier in Tunis keep the logs of minors? Ana of {WORD} asks.",
        "topics": ["contract-clauses"],
        "language": language,
        "country": "ES",
        "requester": {
            "role": "who-city-official",
            "name": f"{WORD} Ana",
            "contact": CONTACT,
        },
        "consents": {"escalate": "yes", "share_name": False, "mail_notices": True},
        **other,
    }


async def omar_joins(tunis: Helpdesk) -> str:
    """Give Omar an account and a listing, as he agreed; return the ULID of the listing."""
    await tunis.has_user("noor", "caseworker")
    await tunis.has_user("omar", "expert")
    await tunis.hub(
        *("user", "set", "omar", "--mail-language", "fr"),
        *("--topic", "contract-clauses", "--language", "fr", "--language", "es"),
    )
    added = await tunis.json(
        *("expert", "add", "--name", "Omar Ben Salah", "--bio", "Droit du numérique."),
        *("--language", "fr", "--language", "es", "--topic", "contract-clauses"),
        *("--jurisdiction", "TN", "--jurisdiction", "ES", "--offer", "review", "--hours", "4"),
        *("--conflicts", "Fournisseurs de chatbots.", "--scope", "network"),
        *("--agreed-on", "2026-11-20", "--email", "omar@cabinet.example"),
    )
    return str(added["id"])


async def offered(origin: Helpdesk, tunis: Helpdesk, case: str, outside: str) -> tuple[str, str]:
    """Offer a case in words for outsiders, as previewed; return the escalation here and there."""
    to = ("escalate", case, "--to", tunis.host, "--question-file", "-")
    seen = await origin.json(*to, "--preview", text=outside)
    assert (WORD in seen["canonical"], seen["found"]) == (False, [])
    ours = await origin.json(*to, "--expect", seen["sha256"], text=outside)
    path = "/escalations?direction=in"
    (theirs,) = (await tunis.eventually(path, lambda page: page["items"], by="noor"))["items"]
    return ours["id"], theirs["id"]


async def mails_to(desk: Helpdesk, address: str) -> list[str]:
    """Return the texts of the mails to somebody, once there are some."""
    for count in range(1, 20):
        await desk.office.until(count)
        texts = [each.text for each in desk.office.taken if address in each.recipients]
        if texts:
            return texts
    raise AssertionError(address)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_omar_answers_is_away_in_august_and_leaves(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    safe = tmp_path / "safe"
    ports = unused_tcp_port_factory(), unused_tcp_port_factory()
    async with AsyncExitStack() as stack:
        hubs = []
        for founding, port in ((Founding(has_starter=False), ports[0]), (TUNIS, ports[1])):
            folder = tmp_path / founding.city
            folder.mkdir()
            hubs.append(
                await stack.enter_async_context(helpdesk(folder, port, founding, others=ports))
            )
        barcelona, tunis = hubs
        await become_peers(barcelona, tunis)
        listing = await omar_joins(tunis)
        await tunis.hub("user", "set", "omar", "--listing", listing)
        ours = await barcelona.call(
            "POST", "/resources", guide("Cláusulas tipo"), by="mireia", status=201
        )
        theirs = await tunis.call(
            "POST", "/resources", guide("Données des mineurs"), by="leila", status=201
        )
        await tunis.eventually("/resources", lambda page: page["total"] == 2)
        await barcelona.eventually("/experts", lambda page: page["items"], by="mireia")

        # A request comes to Barcelona, and in words for outsiders to Tunis.
        code = (await barcelona.call("POST", "/requests", request("es"), status=201))["code"]
        (item,) = (await barcelona.json("case", "list"))["items"]
        await barcelona.hub("case", "triage", item["id"], "--label", "tlp-amber")
        outside = "Registros\nMay a supplier abroad keep logs of a chatbot?"
        out, came = await offered(barcelona, tunis, item["id"], outside)

        # Staff in Tunis see why he fits, and that his month is still whole.
        day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        await tunis.hub("offer", "accept", came, "--answer-by", day, "--as", "noor")
        case = (await tunis.json("offer", "show", came))["case"]
        fits = await omar_fits(tunis, case)
        assert "4" in hours_in(fits), fits
        assert fits["cautions"] != [], "what he cannot work on is said"
        await tunis.call("GET", f"/cases/{case}", by="omar", status=404)
        await tunis.hub("offer", "assign", came, "omar", "--as", "noor")

        # He gets a mail without content, and reads the minimised question and nothing else.
        told = await mails_to(tunis, "omar@hub.example")
        assert not [text for text in told if "chatbot" in text or "Registros" in text], told
        notices = (await tunis.json("case", "notices", "--as", "omar"))["items"]
        assert [each["kind"] for each in notices] == ["assigned"], notices
        seen = await tunis.json("case", "show", case, "--as", "omar")
        assert "keep logs of a chatbot" in seen["question"]
        assert (WORD in str(seen), CONTACT in str(seen)) == (False, False)
        await tunis.call("GET", f"/cases/{case}/matches", by="omar", status=404)

        # He reads why it was given to him, and takes it on.
        people = await tunis.json("case", "people", case, "--as", "omar")
        assert [each["user"] for each in people["items"]] == ["omar"]
        assert [each for each in people["why_you"] if "clauses" in each.lower()], people
        await tunis.hub("case", "accept", case, "--no-conflict", "--as", "omar")

        # What he wants to know goes by his hub and the origin to Ana, and her reply comes back.
        cites = ("--cite", theirs["id"], "--cite", ours["id"])
        draft = await tunis.json(
            *("case", "draft", "new", case, *cites, "--as", "omar"),
            text="Cela dépend: quel âge ont-ils?",
        )
        await tunis.hub("offer", "ask", came, "--as", "noor", text="Quel âge ont-ils?")
        escalation = f"/escalations/{out}"
        await barcelona.eventually(
            escalation, lambda thread: thread["state"] == "esc-info-needed", by="mireia"
        )
        asked = await barcelona.json("offer", "forward", out, "--preview")
        assert asked["text"] == "Quel âge ont-ils?"
        await barcelona.hub("offer", "forward", out, "--text-file", "-", text="¿Qué edad tienen?")
        mine = await barcelona.call("GET", "/requests/mine", code=code)
        assert mine["messages"][-1]["text"] == "¿Qué edad tienen?"
        assert "reply" in mine["possible"], mine
        reply = {"text": f"Catorce. Escriba a {CONTACT}."}
        await barcelona.call("POST", "/requests/mine/reply", reply, code=code)
        looked = await barcelona.json("offer", "pass-on", out, "--preview")
        assert CONTACT in [each["text"] for each in looked["findings"]]
        await barcelona.hub("offer", "pass-on", out, "--text-file", "-", text="Catorce.")
        there = await tunis.eventually(
            f"/cases/{case}", lambda one: "Catorce." in str(one["messages"]), by="omar"
        )
        assert CONTACT not in str(there)

        # He answers in French, with what the catalogue holds; a colleague approves, staff send it.
        answer = "Trente jours au plus, avec l'accord des parents."
        await tunis.hub(
            *("case", "draft", "edit", case, draft["id"], "--revision", "1"),
            *(*cites, "--as", "omar"),
            text=answer,
        )
        await tunis.hub(
            *("case", "draft", "approve", case, draft["id"], "--revision", "2", "--as", "noor")
        )
        await tunis.hub("case", "answer", case, "--draft", f"{draft['id']}@2", "--as", "noor")
        mine = await barcelona.eventually(
            "/requests/mine", lambda one: one["status"] == "case-answered", code=code
        )
        assert mine["messages"][-1]["text"].startswith(answer)
        read = mine["messages"][-1]["text"]
        assert (ours["id"] in read, theirs["id"] in read) == (True, True)
        assert "omar" not in str(mine).lower()

        # He notes his two hours once, and they count for his listing.
        await tunis.hub("case", "hours", case, "2", "--as", "omar")
        assert "2" in hours_in(await omar_fits(tunis, case))

        # He is away in August by his own link, and the listing stays until then.
        link = (await tunis.json("expert", "link", listing))["link"]
        year = datetime.now(UTC).year + 1
        away = {"decision": "pause", "from": f"{year}-08-01", "until": f"{year}-08-31"}
        assert f"31 août {year}" in await pressed(tunis.session, link, away)
        assert (await barcelona.call("GET", "/experts", by="mireia"))["total"] == 1

        # He leaves. Barcelona forgets him too, and says so with a receipt.
        assert await pressed(tunis.session, link, {"decision": "leave", "sure": "yes"})
        await barcelona.eventually("/experts", lambda page: page["total"] == 0, by="mireia")
        await tunis.eventually("/erasures", lambda page: is_erased(page, listing), by="leila")
        await tunis.call("GET", f"/experts/{listing}", by="leila", status=410)
        for desk in hubs:
            await desk.backs_up(safe)
            await desk.nothing_shows(WORD, answer, also=safe)


def is_erased(page: dict[str, Any], listing: str) -> bool:
    """Whether every hub that was asked to erase the listing gave a receipt."""
    found = json.dumps([each for each in page["items"] if listing in json.dumps(each)])
    return '"erased"' in found and '"missing"' not in found


async def omar_fits(desk: Helpdesk, case: str) -> dict[str, Any]:
    """Return what `hub case match` says about the listing of Omar."""
    found = await desk.json("case", "match", case)
    (one,) = (each for each in found["items"] if each["name"] == "Omar Ben Salah")
    return dict(one)


def hours_in(match: dict[str, Any]) -> str:
    """Return what a match says about hours, digits and words."""
    return " ".join(each for each in match["reasons"] + match["cautions"] if "hour" in each)


async def pressed(session: aiohttp.ClientSession, link: str, form: dict[str, str]) -> str:
    """Press a button on the page behind a link; return the page that comes."""
    async with session.post(link, data=form) as answer:
        page = await answer.text()
        assert answer.status == 200, page
        return page
