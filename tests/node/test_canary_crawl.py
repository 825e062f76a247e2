"""
No word of a case gets where it must not: every address, asked by everybody, on a hub full of them.

A word that occurs nowhere else stands in every confidential text of the hub. Then every route of
the tables is asked by a stranger, a reader, an expert who is assigned to nothing, an approved hub
with a valid signature, and with a wrong code; and the files of the hub are read byte by byte.
"""

import asyncio
import base64
import io
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlite_utils

from content.cases.holds import HoldStore, new_hold
from content.changes import Act
from content.database import CONFIDENTIAL_TABLES
from content.ids import new_id
from content.mail.kinds import FOR_STAFF, MailKind
from content.mail.people import MailPersonStore
from content.mail.queue import MailQueue, Recipient
from content.public_access import is_denied
from federation.peers import PeerKind
from federation.publishing import add_resource
from federation.publishing_experts import add_expert
from node.backing_up import back_up
from node.mail.sending import Postman
from node.mail.servers import MailServer
from protocol.http import HttpRequest
from protocol.keys import SigningKey
from protocol.message_signatures import sign_for_hub
from tests.hubs.running import a_record
from tests.hubs.test_experts import an_expert
from tests.mail_server import post_office
from tests.node.canary_places import Letters, note_more
from tests.node.conftest import ORIGIN, Answered
from tests.node.mail.conftest import SENDER
from tests.node.test_api_requests import REQUEST, act, form, with_code
from tests.node.test_backups import CANARIES
from tests.node.test_route_role_matrix import World, world
from tests.node.web.asking import asked, opened, previewed
from tests.nodes_at_work import make_peer
from tests.route_rights import ANYONE, LEAST
from tests.seams import FixedClock
from tests.strangers_at_work import HubStranger, rsa_key

__all__ = ["world"]
CANARY = "CANARY"
GREEN = "GREENFINCH"
"""Stands in what hubs and signed-in people may see, and strangers not."""
AMBER = "GREYHERON"
"""Stands in resources that stay here, or are not published yet."""
SEARCHES = (f"?q={CANARY[:-1]}", f"?q={GREEN[:-1]}", f"?q={AMBER[:-1]}", "?limit=100")
"""The last word may be begun only, so what is found is told from what was asked."""
SHOWN = ("CANARYTITLE", "CANARYQUESTION", "CANARYNAME", "CANARYNOTE", "CANARYREPLY", "CANARYANSWER")
"""What staff see who open the case."""

INTERNAL = (
    *("CANARYNOTE", "CANARYDRAFT", "CANARYCOMMENT", "CANARYHOLD", "CANARYLOWERING", "CANARYDUE"),
    *("CANARYCLOSE", "CANARYREOPEN", "CANARYINCIDENT"),
)
"""What nobody but the staff sees, its requester neither."""


async def filled(world: World) -> str:
    """Put the word into every confidential text; return the receipt code."""
    served = world.served
    files = ("CANARYFILE.txt", b"CANARYCONTENT of a file")
    answer = await form(served, "/api/v1/requests", files, request={**REQUEST, **CANARIES})
    assert answer.status == 201, answer.body
    code = str(answer.json["code"])
    (case,) = (
        item["id"]
        for item in (await served.get("/api/v1/cases", "caseworker")).json["items"]
        if item["title"] == CANARIES["title"]
    )
    path = f"/api/v1/cases/{case}"

    async def do(verb: str, body: Any, role: str = "caseworker") -> Answered:
        done = await served.post(f"{path}/{verb}", body, role)
        assert done.status < 300, (verb, done.body)
        return done

    await do("triage", {"label": "tlp-amber-strict"})
    await do("triage", {"label": "tlp-amber", "reason": "CANARYLOWERING"})
    await do("assign", {"users": ["caseworker"]})
    await do("note", {"text": "CANARYNOTE"})
    await do("ask", {"text": "CANARYASK"})
    replied = await act(served, code, "reply", {"text": "CANARYREPLY"})
    assert replied.status == 200, replied.body
    await do("due", {"day": "2026-12-01", "reason": "CANARYDUE"})
    draft = (await do("drafts", {"text": "CANARYDRAFT"})).json["id"]
    await do(f"drafts/{draft}/comment", {"text": "CANARYCOMMENT", "revision": 1})
    await do("answer", {"text": "CANARYANSWER"})
    await act(served, code, "feedback", {"solved": True, "text": "CANARYFEEDBACK"})
    await do("close", {"outcome": "solved", "note": "CANARYCLOSE"})
    await do("reopen", {"reason": "CANARYREOPEN"})
    now = served.node.clock.now()
    by, hub = Act("operator", now), served.node.hub
    until, timezone = (now + timedelta(days=90)).date(), hub.identity.timezone
    hold = new_hold(
        case, "CANARYHOLD", until, by, hold_id=new_id(now, hub.chance), timezone=timezone
    )

    def more(db: sqlite_utils.Database) -> None:
        HoldStore(db, hub.vault).place(hold, by)
        MailPersonStore(db, hub.vault).put("caseworker", by, address="canarymail@city.example")
        add_resource(db, hub, a_record(f"{AMBER} draft"), by, publish=False)
        add_resource(db, hub, a_record(f"{AMBER} guide", label="tlp-amber"), by)
        add_resource(db, hub, a_record(f"{GREEN} guide", label="tlp-green"), by)
        add_expert(db, hub, an_expert(f"{GREEN} Person"), by)

    await served.node.database.write(more)
    key = {"Idempotency-Key": "x" * 20}
    await served.call("POST", "/api/v1/requests", body={**REQUEST, **CANARIES}, headers=key)
    await note_more(served.node)
    await Letters(served.node, served.home.path.parent / "far").travel()
    world.ids["cases/id"] = case
    files_of_case = await served.get(f"{path}/attachments", "caseworker")
    world.ids["attachment"] = files_of_case.json["items"][0]["id"]
    world.ids["draft"] = draft
    return code


def words_in(answer: Answered, *words: str) -> list[str]:
    """Return which of these words an answer shows, in body or header, however they are written."""
    text = answer.body + repr(dict(answer.headers)).encode()
    return [word for word in words if any(form in text.lower() for form in written(word))]


def written(word: str) -> Iterator[bytes]:
    """Yield a word as it may stand in lower-cased bytes: plain, UTF-16, hex, and base64."""
    plain = word.lower().encode()
    yield plain
    yield word.lower().encode("utf-16-le")[:-1]  # of either order
    for cased in (word, word.lower()):
        yield cased.encode().hex().encode()
        for before in range(3):
            # Only the signs that depend on nothing but the word, wherever it begins.
            packed = base64.b64encode(b"x" * before + cased.encode())
            first, last = -(-8 * before // 6), 8 * (before + len(cased)) // 6
            yield packed[first:last].lower()


async def everybody_asks(world: World, code: str) -> AsyncIterator[tuple[str, str, Answered]]:
    """Ask every route as each of those who may not see a case; yield route, who and answer."""
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    for number, route in enumerate(sorted(LEAST)):
        # An address for each route: else most would be refused as too many, and show nothing.
        address = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
        for who in ("stranger", "reader", "expert"):
            yield route, who, await world.call(route, who, headers=address)
        shown = {**address, **with_code(wrong)}
        yield route, "wrong code", await world.call(route, "stranger", headers=shown)
        if route.startswith("GET ") and LEAST[route] in (ANYONE, "reader", "expert"):
            _, path = world.address(route)
            for more in SEARCHES:
                for who in ("", "reader", "expert"):
                    yield route + more, who or "stranger", await world.served.get(path + more, who)


async def test_nobody_who_may_not_meets_a_word_of_a_case_at_any_address(
    world: World, logged: io.StringIO
) -> None:
    code = await filled(world)
    secret = code.replace("-", "")
    tokens = [each for each in world.tokens.values() if each]
    met = []

    async for route, who, answer in everybody_asks(world, code):
        forbidden = [
            CANARY,
            secret,
            code,
            *tokens,
            *([GREEN, AMBER] if who in ("stranger", "wrong code") else []),
        ]
        met += [(route, who, word) for word in words_in(answer, *forbidden)]
        assert answer.status < 500, (route, who, answer.body)
        assert answer.status != 429, (route, who)

    assert met == []
    lines = logged.getvalue()
    assert '"path":"/api/v1/cases"' in lines, "else there was no log to look at"
    assert not [word for word in (CANARY, secret, code, GREEN, AMBER, *tokens) if word in lines]
    seen = await world.call("GET /api/v1/cases/{id}", "caseworker")
    assert seen.status == 200, seen.body
    assert words_in(seen, *SHOWN) == list(SHOWN), "else nothing was there to meet"


async def test_the_page_of_a_request_shows_its_requester_nothing_internal(world: World) -> None:
    code = await filled(world)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    doors = ("", "reply", "judge", "agree", "withdraw", "erase", "receipt")

    met = []
    for do in doors:
        refused = await opened(world.served, wrong, do=do)
        met += words_in(refused, CANARY, code, AMBER, GREEN)
        assert refused.status == 404
    shown = [await opened(world.served, code, do=do) for do in doors]

    assert met == []
    internal = (*INTERNAL, AMBER, GREEN)
    assert [words_in(answer, *internal) for answer in shown] == [[]] * len(doors)
    assert words_in(shown[0], "CANARYTITLE", "CANARYREPLY", "CANARYANSWER", "CANARYFILE")
    assert words_in(shown[-1], CANARY) == [], "a receipt holds no word"


async def test_what_is_looked_at_once_more_stays_with_who_typed_it(world: World) -> None:
    """Nothing of a preview is stored or logged, and a receipt is for its own handle alone."""
    served = world.served
    before = await world.recorded()
    typed_in = {"title": "CANARYPREVIEW", "question": "CANARYPREVIEW", "contact": "CANARYPREVIEW"}
    preview = await previewed(served, **typed_in)
    assert words_in(preview, "CANARYPREVIEW")
    files = [path for path in served.home.path.rglob("*") if path.is_file()]

    stored = await asyncio.to_thread(
        lambda: [path.name for path in files if b"CANARYPREVIEW" in path.read_bytes()]
    )

    assert stored == []
    assert await world.recorded() == before
    code = await asked(served, **typed_in)
    for path in ("/ask/sent/x", "/ask/sent/x/kept.json", "/ask/status", "/ask/request"):
        assert words_in(await served.get(path), CANARY, code) == []


@pytest.mark.parametrize("kind", ["hub", "coalition"])
async def test_a_peer_with_a_valid_signature_meets_green_records_and_no_word_of_a_case(
    world: World, kind: PeerKind
) -> None:
    """A coalition is a peer, too, and what is for hubs only is not for it."""
    await filled(world)
    node = world.served.node
    hub = HubStranger("peer.example", 443, "peer", None, rsa_key("peer"))  # type: ignore[arg-type]
    await make_peer(node, hub, kind=kind)
    key = SigningKey.from_seed(hub.signing_key_id, bytes(range(32)))
    answers: dict[str, Answered] = {}
    for route in sorted(LEAST):
        method, path = world.address(route)
        if method != "GET":
            continue
        fields = (("Accept", "application/activity+json"),)
        request = HttpRequest("GET", ORIGIN + path, fields)
        signed = sign_for_hub(request, key, node.clock.now())
        answers[route] = await world.served.get(
            path, Host=urlsplit(ORIGIN).netloc, **dict(signed.headers)
        )

    assert not [route for route, answer in answers.items() if words_in(answer, AMBER)]
    green = [route for route, answer in answers.items() if words_in(answer, GREEN)]

    assert green == (["GET /hub/log/{g}/network"] if kind == "hub" else [])
    assert [route for route, answer in answers.items() if words_in(answer, CANARY)] == []


async def test_a_stolen_file_tells_nothing_of_a_case_or_of_who_asked(
    world: World, tmp_path: Path
) -> None:
    code = await filled(world)
    home = world.served.home
    backup = tmp_path / "backup"
    await asyncio.to_thread(back_up, home, ORIGIN, backup, world.served.node.clock.now())
    files = [path for path in (*home.path.rglob("*"), backup) if path.is_file()]
    tokens = [secret for secret in world.tokens.values() if secret]

    def found() -> list[tuple[str, str]]:
        return [
            (path.name, word)
            for path in files
            for content in [path.read_bytes().lower()]
            for word in (*SHOWN, CANARY, code, code.replace("-", ""), *tokens)
            if any(form in content for form in written(word))
        ]

    assert home.database in files
    assert await asyncio.to_thread(found) == []


async def test_no_mail_that_leaves_has_a_word_of_a_case_in_it(world: World) -> None:
    await filled(world)
    node = world.served.node
    at = node.clock.now()

    def tell(db: sqlite_utils.Database) -> None:
        for kind in sorted(FOR_STAFF):
            MailQueue(db).tell(Recipient("user", "caseworker"), kind, world.ids["cases/id"], at)
        for (case,) in db.execute("select id from cases").fetchall():
            MailQueue(db).tell(Recipient("case", case), MailKind.NEWS, case, at)

    await node.database.write(tell)
    clock = FixedClock(at)
    node.clock = clock
    async with post_office() as office:
        postman = Postman(node, MailServer("127.0.0.1", office.port, "none", "", ""), SENDER)
        for _ in range(6):
            await postman.work()
            clock.advance(1800)
        mails = list(office.taken)

    whole = [f"{mail.message.as_string()} {mail.text}" for mail in mails]
    met = [text for text in whole for form in written(CANARY) if form in without_addresses(text)]
    to = {address.rpartition("@")[0] for mail in mails for address in mail.recipients}
    assert {"canarymail", "canarysender0", "canarysender1"} <= to
    assert met == []


def without_addresses(text: str) -> bytes:
    """Return a mail without the address that it goes to, which has the word in it, too."""
    return re.sub(r"canary\w*@city\.example", "", text.lower()).encode()


NOT_FILLED = {
    "mail_letters": "made when the postman goes, in the test of mails; no text is in it",
    "retention_told": "days only",
    "case_outcomes": "gone again when the case was opened anew",
    "case_assignments": "who took a case on, or declined",
    "case_hours": "days and minutes",
    "case_studies": "which record was made of which case",
    "statistics_periods": "which quarters were published",
    "expert_pauses": "days only",
    "framework_": "the policy framework of the hub, which it publishes",
    "inbox": "what others sent, until it is handled; sealed where it is about a case",
    "remarks": "what strangers said in public",
    "notices": "about peers and logs; cases by id",
    "sealed_out_refusals": "numbers only",
    "acknowledgements": "numbers of entries",
    "erasures": "ids and times of what was taken back",
    "users_passwords": "Argon2id of what staff chose",
    "users_invitations": "digests of links",
    "users_identities": "who users are to the identity provider",
    "users_passkeys": "public keys, and how people call their devices",
    "users_totp": "secrets of apps, encrypted",
    "users_recovery_codes": "digests",
    "users_profiles": "what staff know, which they write themselves",
    "expert_hours": "days and minutes",
    "expert_accounts": "ids of listings and names of users",
    "merged_resources": "own records that were merged with others; none is of a case",
    "robots_files": "rules of public sites, for links of published records",
    "harvest_": "addresses of public sources, and what they publish",
    "proposals": "what people propose to change of published records",
}
"""Confidential tables, or all that begin so, in which no text of a case or about people stands."""


async def test_every_confidential_table_is_filled_or_known_to_hold_no_text(world: World) -> None:
    """A new table or column with encrypted texts must be filled above, or this fails."""
    await filled(world)

    def empty(db: sqlite_utils.Database) -> list[str]:
        known = tuple(NOT_FILLED)
        tables = [
            table
            for table in db.tables
            if is_denied(table.name, CONFIDENTIAL_TABLES)
            and not table.name.startswith(("sqlite_", *known))
        ]
        found = [table.name for table in tables if not table.count]
        found += [
            f"{table.name}.{column.name}"
            for table in tables
            for column in table.columns
            if column.type.upper() == "BLOB" and not table.count_where(f"{column.name} is not null")
        ]
        return found

    assert await world.served.node.database.read(empty) == []
    names = await world.served.node.database.read(lambda db: db.table_names())
    assert [each for each in NOT_FILLED if not any(n.startswith(each) for n in names)] == []
