"""The door for requesters: no account, a code to come back with, and nothing internal shown."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from content.cases.receipt_code import read_receipt_code
from content.cases.store import CaseStore
from content.redress import RedressStore
from node.home import HubHome
from node.problems import TYPES
from protocol.document_verdicts import verdict_on_document, with_kept
from protocol.keyrings import ring_of_document
from tests.content.sample_files import PDF, picture
from tests.node.conftest import Answered, ServedHub

REQUEST: dict[str, Any] = {
    "title": "MARIGOLD chatbot clauses",
    "question": "MARIGOLD: Which clauses?",
    "context": "MARIGOLD context",
    "stage": "stage-tender",
    "topics": ["procurement"],
    "request_type": "req-procurement",
    "wanted": ["wanted-answer"],
    "language": "es",
    "country": "ES",
    "deadline": "2026-12-04",
    "deadline_reason": "MARIGOLD vote",
    "requester": {"role": "who-city-official", "name": "MARIGOLD Ana", "contact": "ana@marigold"},
}
MINE = "/api/v1/requests/mine"


def code(answer: Answered) -> str:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.body
    return answer.json["type"].removeprefix(TYPES)


async def filed(served: ServedHub, **changes: Any) -> str:
    """File a request as a stranger; return its code."""
    answer = await served.post("/api/v1/requests", {**REQUEST, **changes}, "")
    assert answer.status == 201, answer.body
    return answer.json["code"]


def with_code(code: str) -> dict[str, str]:
    return {"Authorization": f"Receipt {code}"}


async def mine(served: ServedHub, code: str, path: str = "") -> Answered:
    return await served.call("GET", MINE + path, headers=with_code(code))


async def act(served: ServedHub, code: str, verb: str, body: Any = None) -> Answered:
    return await served.call("POST", f"{MINE}/{verb}", headers=with_code(code), body=body)


async def form(
    served: ServedHub,
    path: str,
    *files: tuple[str, bytes],
    request: Any = None,
    headers: dict[str, str] | None = None,
) -> Answered:
    """Send a form as a browser or curl does."""
    sent = aiohttp.FormData()
    if request is not None:
        sent.add_field("request", json.dumps(request), content_type="application/json")
    for name, data in files:
        sent.add_field("attachment", io.BytesIO(data), filename=name)
    async with served.client.post(path, data=sent, headers=headers) as answer:
        return Answered(answer.status, answer.headers.copy(), await answer.read())  # type: ignore[arg-type]


async def the_case(served: ServedHub) -> str:
    """Return the id of the only case."""
    (item,) = (await served.get("/api/v1/cases", "caseworker")).json["items"]
    return item["id"]


async def test_a_request_goes_its_way_by_code(served: ServedHub) -> None:
    # Given a request that somebody files without an account
    answer = await served.post("/api/v1/requests", REQUEST, "")
    assert (answer.status, answer.headers["Cache-Control"]) == (201, "no-store")
    secret = answer.json["code"]
    case = await the_case(served)
    path = f"/api/v1/cases/{case}"

    # When staff ask, they reply; and staff answer
    begun = await mine(served, secret)
    await served.post(f"{path}/assign", {"users": ["caseworker"]}, "caseworker")
    await served.post(f"{path}/note", {"text": "SECRET note"}, "caseworker")
    await served.post(f"{path}/ask", {"text": "For minors too?"}, "caseworker")
    asked = await mine(served, secret)
    replied = await act(served, secret, "reply", {"text": "Yes."})
    await served.post(f"{path}/answer", {"text": "Three clauses."}, "caseworker")
    answered = await mine(served, secret)

    # Then they see it all in plain words, and nothing internal
    assert begun.json["says"] == "The hub has your request. Nobody has looked at it yet."
    assert begun.json["held_by"][0]["name"] == "Amsterdam"
    assert begun.json["title"] == REQUEST["title"]
    assert (asked.json["status"], asked.json["status_label"]) == (
        "case-waiting",
        "A la espera de la persona solicitante",
    )
    assert replied.json["status"] == "case-open"
    said = [(each["kind"], each["by"], each["text"]) for each in answered.json["messages"]]
    assert said == [
        ("question", "hub", "For minors too?"),
        ("reply", "you", "Yes."),
        ("answer", "hub", "Three clauses."),
    ]
    assert answered.headers["Cache-Control"] == "no-store"
    for each in (begun, asked, replied, answered):
        assert b"SECRET" not in each.body
        assert b"caseworker" not in each.body
        assert case.encode() not in each.body

    # And say whether it helped
    solved = await act(served, secret, "feedback", {"solved": True, "text": "Thank you."})
    assert solved.json["feedback"] == "solved"
    lesson = await act(served, secret, "consents", {"escalate": "no", "publish_lesson": True})
    assert lesson.json["consents"]["publish_lesson"] is True
    seen = (await served.get(path, "caseworker")).json
    assert (seen["feedback"], seen["consents"]["publish_lesson"]) == ("solved", True)
    assert seen["messages"][-1]["text"] == "Thank you."


async def test_staff_see_the_whole_request(served: ServedHub) -> None:
    await filed(served)

    seen = (await served.get(f"/api/v1/cases/{await the_case(served)}", "caseworker")).json

    for name, value in REQUEST.items():
        if name != "requester":
            assert seen[name] == value, name
    assert seen["requester"]["name"] == "MARIGOLD Ana"
    assert seen["consents"]["escalate"] == "ask"


async def test_an_answer_that_did_not_help_is_worked_on_again(served: ServedHub) -> None:
    secret = await filed(served)
    case = await the_case(served)
    early = await act(served, secret, "feedback", {"solved": False})
    await served.post(f"/api/v1/cases/{case}/answer", {"text": "No."}, "caseworker")

    late = await act(served, secret, "feedback", {"solved": False, "text": "Why?"})

    assert (early.status, code(early)) == (409, "not-answered-yet")
    assert (late.json["status"], late.json["feedback"]) == ("case-open", "not-solved")
    assert late.json["messages"][-1] == {**late.json["messages"][-1], "by": "you", "text": "Why?"}


async def test_who_withdraws_is_not_asked_any_more(served: ServedHub) -> None:
    secret = await filed(served)

    withdrawn = await act(served, secret, "withdraw")
    again = await act(served, secret, "withdraw")
    reply = await act(served, secret, "reply", {"text": "Wait"})

    assert (withdrawn.json["status"], withdrawn.json["possible"]) == (
        "case-withdrawn",
        ["consents", "erase"],
    )
    assert (again.status, code(again)) == (409, "not-possible-now")
    assert "You withdrew your request." in reply.json["detail"]


async def test_the_receipt_is_signed_and_covers_what_was_filed(served: ServedHub) -> None:
    answer = await form(served, "/api/v1/requests", ("draft.pdf", PDF), request=REQUEST)
    assert answer.status == 201, answer.body
    receipt, kept = answer.json["receipt"], answer.json["kept"]
    actor = (await served.get("/actor", Accept="application/activity+json")).json

    verdict = verdict_on_document(receipt, ring_of_document(actor), served.node.clock.now())

    assert verdict.state == "valid", verdict
    assert with_kept(verdict, receipt, kept).state == "valid"
    assert kept["filed"]["title"] == REQUEST["title"]
    assert kept["filed"]["attachments"][0]["name"] == "draft.pdf"
    assert "MARIGOLD" not in json.dumps(receipt)
    again = await mine(served, answer.json["code"], "/receipt")
    assert (again.json["receipt"], again.json["salt"]) == (receipt, kept["salt"])
    assert "code" not in again.json


async def test_files_come_with_a_request_and_with_a_reply(served: ServedHub) -> None:
    photo = picture("turned.jpg")
    answer = await form(
        served, "/api/v1/requests", ("draft.pdf", PDF), ("photo.jpg", photo), request=REQUEST
    )
    secret, case = answer.json["code"], await the_case(served)
    more = {"text": "Here is another."}
    replied = await form(
        served, f"{MINE}/reply", ("notes.txt", b"Notes."), request=more, headers=with_code(secret)
    )
    assert replied.status == 200, replied.body
    listed = await served.get(f"/api/v1/cases/{case}/attachments", "caseworker")

    names = [each["name"] for each in listed.json["items"]]
    assert names == ["draft.pdf", "photo.jpg", "notes.txt"]
    assert [each["name"] for each in replied.json["attachments"]] == names
    picked = listed.json["items"][1]
    staff = await served.get(f"/api/v1/cases/{case}/attachments/{picked['id']}", "caseworker")
    own = await mine(served, secret, f"/attachments/{picked['id']}")
    for got in (staff, own):
        assert got.status == 200
        assert got.body
        assert b"CANARY" not in got.body
        assert got.headers["Content-Type"] == "image/jpeg"
        assert got.headers["Content-Disposition"].startswith('attachment; filename="photo.jpg"')
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert got.headers["Cache-Control"] == "no-store"


async def test_a_requester_does_not_see_files_of_the_staff(served: ServedHub) -> None:
    secret = await filed(served)
    case = await the_case(served)
    fields = {"Authorization": f"Bearer {served.tokens['caseworker']}"}
    path = f"/api/v1/cases/{case}/attachments"
    added = await form(served, path, ("internal.txt", b"SECRET"), headers=fields)
    assert added.status == 201, added.body

    seen = await mine(served, secret)
    got = await mine(served, secret, f"/attachments/{added.json['items'][0]['id']}")

    assert seen.json["attachments"] == []
    assert (got.status, code(got)) == (404, "attachment-not-found")


async def test_files_are_for_those_who_may_read_the_case(served: ServedHub) -> None:
    answer = await form(served, "/api/v1/requests", ("draft.pdf", PDF), request=REQUEST)
    case = await the_case(served)
    (item,) = (await mine(served, answer.json["code"])).json["attachments"]
    path = f"/api/v1/cases/{case}/attachments/{item['id']}"
    unknown = path.replace(case, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH")

    for role in ("", "reader", "expert"):
        real, none = await served.get(path, role), await served.get(unknown, role)
        assert (real.status, real.body) == (404, none.body), role
    await served.post(f"/api/v1/cases/{case}/assign", {"users": ["expert"]}, "caseworker")
    assert (await served.get(path, "expert")).body == PDF


async def test_a_code_of_another_request_opens_only_that_one(served: ServedHub) -> None:
    answer = await form(served, "/api/v1/requests", ("draft.pdf", PDF), request=REQUEST)
    (item,) = (await mine(served, answer.json["code"])).json["attachments"]
    other = await filed(served, title="Another")

    assert (await mine(served, other)).json["title"] == "Another"
    assert (await mine(served, other, f"/attachments/{item['id']}")).status == 404


@pytest.mark.parametrize(
    "field",
    [
        None,
        "Receipt",
        "Receipt 00000-00000-00000-00000",
        "Receipt 7K3QM-9XD2P-ZTR8H-N4CWE",
        "Receipt ' or 1=1 --",
        f"Receipt {'0' * 300}",
        "Basic b3A6b3A=",
        "Bearer hub_wrong",
    ],
)
async def test_every_wrong_code_gets_the_same_answer(served: ServedHub, field: str | None) -> None:
    secret = await filed(served)
    signs = read_receipt_code(secret)
    mistyped = signs[:-1] + ("0" if signs[-1] != "0" else "1")

    wrong = await served.call(
        "GET", MINE, headers={} if field is None else {"Authorization": field}
    )
    other = await mine(served, mistyped)

    assert (wrong.status, code(wrong)) == (404, "request-not-found")
    assert (wrong.body, wrong.headers["Cache-Control"]) == (other.body, "no-store")


async def test_a_code_may_be_typed_in_other_ways(served: ServedHub) -> None:
    secret = await filed(served)

    for typed in (secret.lower(), secret.replace("-", ""), secret.replace("-", " ")):
        assert (await mine(served, typed)).status == 200


async def test_who_guesses_codes_is_held_off_with_right_ones_too(served: ServedHub) -> None:
    secret = await filed(served)
    guesser = {"X-Forwarded-For": "192.0.2.7", "Authorization": "Receipt 00000-00000-00000-00000"}

    answers = [await served.call("GET", MINE, headers=guesser) for _ in range(12)]
    right = await served.call("GET", MINE, headers={**guesser, **with_code(secret)})
    elsewhere = {**with_code(secret), "X-Forwarded-For": "192.0.2.8"}

    assert [each.status for each in answers] == [404] * 10 + [429] * 2
    assert right.status == 429
    assert 1 <= int(right.headers["Retry-After"]) <= 15 * 60 + 1
    assert (await served.call("GET", MINE, headers=elsewhere)).status == 200


async def test_all_addresses_of_one_network_are_held_off_together(served: ServedHub) -> None:
    """Whoever has one line has 2 to the power of 64 addresses of IPv6."""
    secret = await filed(served)

    def guess(number: int) -> dict[str, str]:
        address = f"2001:db8:7:9:{number:x}:{number * 7:x}:0:{number + 1:x}"
        wrong = f"Receipt {number:05d}-00000-00000-00000"
        return {"X-Forwarded-For": address, "Authorization": wrong}

    answers = [await served.call("GET", MINE, headers=guess(number)) for number in range(30)]
    right = {**with_code(secret), "X-Forwarded-For": "2001:db8:7:9:ffff::1"}
    neighbour = {**with_code(secret), "X-Forwarded-For": "2001:db8:7:a::1"}

    assert [each.status for each in answers] == [404] * 10 + [429] * 20
    assert (await served.call("GET", MINE, headers=right)).status == 429
    assert (await served.call("GET", MINE, headers=neighbour)).status == 200


async def test_addresses_of_ipv4_written_as_ipv6_are_counted_one_by_one(served: ServedHub) -> None:
    secret = await filed(served)
    guesser = {"X-Forwarded-For": "::ffff:192.0.2.7", "Authorization": "Receipt 0"}
    other = {**with_code(secret), "X-Forwarded-For": "::ffff:192.0.2.8"}
    same = {**with_code(secret), "X-Forwarded-For": "192.0.2.7"}

    for _ in range(11):
        await served.call("GET", MINE, headers=guesser)

    assert (await served.call("GET", MINE, headers=other)).status == 200
    assert (await served.call("GET", MINE, headers=same)).status == 429


def whole(answer: Answered) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return all of an answer that whoever asks can see, but the second in which it came."""
    fields = [(name.lower(), value) for name, value in answer.headers.items()]
    return answer.status, [(name, value) for name, value in fields if name != "date"], answer.body


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("GET", "/receipt", None),
        ("GET", "/attachments/01KAV3X5B0ABCDEFGHJKMNPQRS", None),
        ("POST", "/reply", {"text": "More."}),
        ("POST", "/withdraw", None),
        ("POST", "/consents", {}),
    ],
)
async def test_wrong_codes_are_answered_alike_to_the_last_header(
    served: ServedHub, method: str, path: str, body: Any
) -> None:
    secret = await filed(served)
    signs = read_receipt_code(secret)
    mistyped = signs[:-1] + ("0" if signs[-1] != "0" else "1")

    async def ask(code: str) -> tuple[int, list[tuple[str, str]], bytes]:
        answer = await served.call(method, MINE + path, headers=with_code(code), body=body)
        return whole(answer)

    typed = ("00000-00000-00000-00000", mistyped, "7K3QM-9XD2P-ZTR8H-N4CWE", "x", "")
    answers = [await ask(each) for each in typed]

    assert answers[0][0] == 404
    assert answers[1:] == [answers[0]] * 4


async def test_a_file_of_another_request_is_answered_like_one_that_never_was(
    served: ServedHub,
) -> None:
    first = await form(served, "/api/v1/requests", ("draft.pdf", PDF), request=REQUEST)
    (item,) = (await mine(served, first.json["code"])).json["attachments"]
    other = await filed(served, title="Another")

    real = await mine(served, other, f"/attachments/{item['id']}")
    none = await mine(served, other, "/attachments/01KAV3X5B0ABCDEFGHJKMNPQRS")

    assert real.status == 404
    assert whole(real) == whole(none)


async def test_an_address_may_file_so_many_requests_an_hour(served: ServedHub) -> None:
    fields = {"X-Forwarded-For": "192.0.2.7", "Content-Type": "application/json"}
    answers = [
        await served.call("POST", "/api/v1/requests", headers=fields, data=b"{}") for _ in range(21)
    ]

    assert [each.status for each in answers] == [422] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    staff = await served.call("POST", "/api/v1/requests", headers=fields, data=b"{}", role="reader")
    assert staff.status == 422


async def test_a_request_that_is_sent_twice_is_filed_once(served: ServedHub) -> None:
    fields = {"Idempotency-Key": "0d1f6b8e-6a0c-4a8e-9b53-1f2b8f4f8e7d"}

    async def post(**changes: Any) -> Answered:
        body = {**REQUEST, **changes}
        return await served.call("POST", "/api/v1/requests", headers=fields, body=body)

    first, second = await asyncio.gather(post(), post())
    other = await post(title="Another")

    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert (other.status, code(other)) == (422, "filing-differs")
    await the_case(served)
    short = {"Idempotency-Key": "short"}
    refused = await served.call("POST", "/api/v1/requests", headers=short, body=REQUEST)
    assert (refused.status, refused.json["parameter"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    "changes",
    [
        {"request_type": "req-individual-complaint"},
        {"personal_matter": True, "requester": {"role": "who-resident", "name": "MARIGOLD"}},
    ],
)
async def test_a_personal_grievance_is_redirected_and_not_kept(
    served: ServedHub, changes: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await form(
        served, "/api/v1/requests", ("x.txt", b"MARIGOLD"), request={**REQUEST, **changes}
    )

    assert (answer.status, code(answer)) == (422, "personal-matter")
    bodies = answer.json["bodies"]
    assert "es-defensor" in {each["id"] for each in bodies}
    assert {each["country"] for each in bodies} == {"ES", "EU"}
    assert bodies[0]["country"] == "ES"
    assert (await served.get("/api/v1/cases", "operator")).json["items"] == []
    await served.node.database.checkpoint()
    assert not canaries_on_disk(served.home)
    assert "MARIGOLD" not in "".join(capfd.readouterr())


async def test_a_resident_with_a_question_about_policy_is_heard(served: ServedHub) -> None:
    assert await filed(served, requester={"role": "who-resident"})


async def test_nothing_of_a_request_is_readable_at_rest_or_in_the_log(
    served: ServedHub, capfd: pytest.CaptureFixture[str]
) -> None:
    files = (("MARIGOLD.txt", b"MARIGOLD in a file"), ("photo.jpg", picture("turned.jpg")))
    fields = {"Idempotency-Key": "MARIGOLD-idempotency-key"}
    answer = await form(served, "/api/v1/requests", *files, request=REQUEST, headers=fields)
    secret = answer.json["code"]
    await act(served, secret, "reply", {"text": "MARIGOLD reply"})
    await mine(served, secret)
    await served.node.database.checkpoint()

    stored = b"".join(p.read_bytes() for p in served.home.path.rglob("*") if p.is_file())
    printed = "".join(capfd.readouterr())
    for canary in ("MARIGOLD", "marigold", secret, read_receipt_code(secret)):
        assert canary.encode() not in stored, canary
        assert canary not in printed, canary
    assert answer.json["kept"]["salt"].encode() not in stored
    assert bytes.fromhex(answer.json["kept"]["salt"]) not in stored


def canaries_on_disk(home: HubHome) -> bool:
    return any(b"MARIGOLD" in p.read_bytes() for p in home.path.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("files", "status", "problem"),
    [
        ([("a.zip", b"PK\x05\x06" + b"\x00" * 18)], 415, "file-not-taken"),
        ([("a.exe", b"MZ\x00")], 415, "file-not-taken"),
        ([("a.png", b"\x89PNG\r\n\x1a\n")], 415, "picture-damaged"),
        ([("a.txt", b"")], 422, "attachment-empty"),
        ([("a.txt", b"x" * (10 * 1024 * 1024 + 1))], 413, "attachment-too-large"),
        ([("a.txt", b"x")] * 21, 413, "too-many-attachments"),
        ([("a.txt", b"x" * (9 * 1024 * 1024))] * 5, 413, "too-many-attachments"),
    ],
)
async def test_files_that_are_not_taken_are_refused_and_nothing_is_stored(
    served: ServedHub, files: list[tuple[str, bytes]], status: int, problem: str
) -> None:
    answer = await form(served, "/api/v1/requests", *files, request=REQUEST)

    assert (answer.status, code(answer)) == (status, problem)
    assert (await served.get("/api/v1/cases", "operator")).json["items"] == []


@pytest.mark.parametrize(
    ("kind", "data", "status", "problem"),
    [
        ("text/plain", b"hello", 415, "not-json"),
        ("application/json", b"{", 400, "bad-body"),
        ("application/json", b"[]", 400, "bad-body"),
        ("application/json", b"{}", 422, "case-invalid"),
        ("application/json", b'{"personal_matter": "yes"}', 422, "case-invalid"),
        ("application/json", b'{"a": "' + b"x" * (1024 * 1024) + b'"}', 413, "too-large"),
        ("multipart/form-data", b"", 400, "bad-body"),
        ("multipart/form-data; boundary=x", b"no form", 400, "bad-body"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 400, "bad-body"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\ny\r\n--x--\r\n',
            400,
            "bad-body",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\nno json\r\n--x--\r\n',
            400,
            "bad-body",
        ),
    ],
)
async def test_what_cannot_be_read_is_refused_honestly(
    served: ServedHub, kind: str, data: bytes, status: int, problem: str
) -> None:
    fields = {"Content-Type": kind}
    answer = await served.call("POST", "/api/v1/requests", headers=fields, data=data)

    assert (answer.status, code(answer)) == (status, problem)
    assert (await served.get("/api/v1/cases", "operator")).json["items"] == []


async def test_mistakes_are_named_and_never_repeated(served: ServedHub) -> None:
    wrong = {**REQUEST, "deadline": "MARIGOLD", "consents": {"escalate": "MARIGOLD"}}

    answer = await served.post("/api/v1/requests", wrong, "")

    assert answer.status == 422
    assert {each["field"] for each in answer.json["errors"]} == {"deadline", "consents.escalate"}
    assert b"MARIGOLD" not in answer.body


async def test_a_signed_in_user_files_in_their_name_and_gets_a_code(served: ServedHub) -> None:
    answer = await served.post("/api/v1/requests", REQUEST, "reader")

    assert answer.status == 201
    assert (await mine(served, answer.json["code"])).status == 200
    changes = await served.get(f"/api/v1/changes?subject={await the_case(served)}", "operator")
    assert {each["by"] for each in changes.json["items"]} == {"reader"}


async def test_without_consent_no_copy_goes_to_another_hub(served: ServedHub) -> None:
    secret = await filed(served)
    case = await the_case(served)

    def escalate() -> Any:
        body = {"to": "hub.example"}
        return served.post(f"/api/v1/cases/{case}/escalations/preview", body, "caseworker")

    # The peer is unknown here, so that is refused before the consent is looked at.
    assert code(await escalate()) == "peer-not-found"
    agreed = await act(
        served, secret, "consents", {"escalate": "yes", "escalate_to": ["a.example"]}
    )
    assert agreed.json["consents"] == {
        "escalate": "yes",
        "escalate_to": ["a.example"],
        "share_name": False,
        "share_contact": False,
        "publish_lesson": False,
        "mail_notices": False,
    }
    stored = await served.node.database.read(
        lambda db: CaseStore(db, served.node.hub.vault).get(case).consents
    )
    assert stored.model_dump(mode="json") == agreed.json["consents"]


async def test_staff_redirect_a_personal_matter_and_its_requester_sees_where_to_turn(
    served: ServedHub,
) -> None:
    answer = await form(served, "/api/v1/requests", ("x.txt", b"MARIGOLD"), request=REQUEST)
    secret, case = answer.json["code"], await the_case(served)

    unknown = await served.post(f"/api/v1/cases/{case}/redirect", {"bodies": ["xx-none"]})
    redirected = await served.post(f"/api/v1/cases/{case}/redirect", {"bodies": ["es-defensor"]})

    assert (unknown.status, redirected.status) == (404, 200)
    seen = await mine(served, secret)
    assert seen.json["status"] == "case-erased"
    assert "does not take up personal matters" in seen.json["says"]
    assert [each["url"] for each in seen.json["bodies"]] == ["https://www.defensordelpueblo.es"]
    assert (seen.json["title"], seen.json["messages"], seen.json["attachments"]) == (None, [], [])
    assert (await act(served, secret, "reply", {"text": "But"})).status == 410
    assert (await mine(served, secret, "/receipt")).status == 410
    assert (await served.get(f"/api/v1/cases/{case}", "caseworker")).status == 410


async def test_bodies_are_found_by_country_and_topic(served: ServedHub) -> None:
    dutch = await served.get("/api/v1/redress?country=nl&topic=facial-recognition")
    union = await served.get("/api/v1/redress?country=EU")
    everything = await served.get("/api/v1/redress")

    assert "nl-ap" in {each["id"] for each in dutch.json["items"]}
    assert {each["country"] for each in dutch.json["items"]} == {"NL", "EU"}
    assert {each["country"] for each in union.json["items"]} == {"EU"}
    assert len(everything.json["items"]) > 100
    assert all(each["checked_on"] is None for each in everything.json["items"])
    for wrong in ("country=XX", "topic=nothing", "country=Spain", "q=1"):
        assert (await served.get(f"/api/v1/redress?{wrong}")).status == 400, wrong
    known = await served.node.database.read_public(lambda db: RedressStore(db).all())
    assert len(known) == len(everything.json["items"])


async def test_a_requester_has_it_erased_in_two_steps(served: ServedHub) -> None:
    secret = (await served.post("/api/v1/requests", REQUEST, "")).json["code"]
    case = await the_case(served)

    plan = await mine(served, secret, "/erasure")
    too_old = await act(served, secret, "erasure", {"revision": plan.json["revision"] - 1})
    erased = await act(served, secret, "erasure", {"revision": plan.json["revision"]})
    again = await act(served, secret, "erasure", {"revision": plan.json["revision"]})

    assert plan.json["hubs"] == []
    assert "It cannot be undone." in plan.json["says"][-1]
    assert (too_old.status, code(too_old)) == (409, "case-changed-meanwhile")
    assert (erased.status, erased.json["status"], erased.json["title"]) == (
        200,
        "case-erased",
        None,
    )
    assert erased.json["recipients"] == []
    assert again.status == 410
    listed = await served.get(f"/api/v1/cases/{case}/recipients", "caseworker")
    assert (listed.status, listed.json["items"]) == (200, [])
