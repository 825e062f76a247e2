"""Coming back with the code: everything there is to see and to do, and nothing without it."""

import io
from pathlib import Path
from typing import Any

import pytest

from content.changes import Act
from content.redress import RedressStore
from federation.escalation.offering import offer_case
from node.api.routes import PREFIX
from tests.content.sample_files import PDF
from tests.node.canary_places import HOST, Letters
from tests.node.conftest import Answered, ServedHub
from tests.node.test_api_requests import act, filed, the_case
from tests.node.web.asking import asked, fields_of, opened, submit, typed, upload
from tests.node.web.conftest import publish
from tests.node.web.reading import read, visit
from tests.node.web.test_pages import assert_well_made

STATUS = "/ask/status"


async def work(served: ServedHub, verb: str, body: Any, role: str = "caseworker") -> Answered:
    done = await served.post(f"{PREFIX}/cases/{await the_case(served)}/{verb}", body, role)
    assert done.status < 300, done.body
    return done


def words(answer: Answered) -> str:
    return read(answer.body).words


def form_for(answer: Answered, do: str) -> list[tuple[str, str]]:
    """Return the fields of the form of a page that does something."""
    forms = answer.body.split(b"<form ")
    (one,) = (each for each in forms if f'name="do" value="{do}"'.encode() in each)
    return fields_of(b"<form " + one.partition(b"</form>")[0])


async def test_a_request_is_followed_from_question_to_answer(
    served: ServedHub, logged: io.StringIO
) -> None:
    # Given a request, about which staff ask
    code = await asked(served, ("draft.pdf", PDF))
    begun = await opened(served, code)
    await work(served, "assign", {"users": ["caseworker"]})
    await work(served, "note", {"text": "SECRET note"})
    await work(served, "ask", {"text": "For minors too?"})

    # When its requester comes back and replies, and staff answer
    waiting = await opened(served, code)
    reply = typed(form_for(waiting, "reply"), text="Yes.")
    replied = await upload(served, STATUS, reply, ("more.txt", b"More."))
    await work(served, "answer", {"text": "Three clauses."})
    answered = await opened(served, code)
    judged = await submit(
        served, STATUS, typed(form_for(answered, "judge"), solved="solved", comment="Thank you.")
    )

    # Then every page says in words how things stand, and nothing internal
    assert "Nobody has looked at it yet" in words(begun)
    assert "has a question for you" in words(waiting)
    assert "For minors too?" in words(waiting)
    assert "Your reply is with the hub." in words(replied)
    assert "more.txt" in words(replied)
    assert "Three clauses." in words(answered)
    assert "You said: yes." in words(judged)
    assert "Thank you." in words(judged)
    for answer in (begun, waiting, replied, answered, judged):
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert_well_made(read(answer.body))
        assert b"SECRET" not in answer.body
        assert b"caseworker" not in answer.body
        assert all(code not in link for link in read(answer.body).links)
    assert code not in logged.getvalue()
    assert code.replace("-", "") not in logged.getvalue()


async def test_wrong_mistyped_and_missing_codes_are_one_page_and_end_soon(
    served: ServedHub,
) -> None:
    code = await asked(served)
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    invented = "0" * 20
    here = {"X-Forwarded-For": "192.0.2.7"}
    answers = [
        await submit(served, STATUS, [("code", each), ("do", do)], **here)
        for each in (wrong, invented, "x", "", "é" * 200)
        for do in ("", "erase")
    ]

    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert_well_made(read(answers[0].body))
    assert (await submit(served, STATUS, [("code", wrong)], **here)).status == 429
    right = await submit(served, STATUS, [("code", code)], **here)
    assert right.status == 429, "a right code is not told from a wrong one either"
    assert "Retry-After" in right.headers
    assert (await opened(served, code.lower().replace("-", " "))).status == 200


async def test_a_reply_that_is_sent_twice_is_there_once(served: ServedHub) -> None:
    code = await asked(served)
    fields = typed(form_for(await opened(served, code), "reply"), text="Also this.")

    first, second = [await upload(served, STATUS, fields) for _ in range(2)]
    empty = await upload(served, STATUS, typed(form_for(first, "reply"), text=" "))

    assert (first.status, second.status, empty.status) == (200, 409, 422)
    assert "That was sent already" in words(second)
    assert ">\nAlso this.</textarea>" in second.body.decode(), "it may be new all the same"
    assert words(await opened(served, code)).count("You wrote") == 1


async def test_files_come_back_and_others_do_not(served: ServedHub) -> None:
    code = await asked(served, ("draft.pdf", PDF))
    other = await filed(served)
    page = await opened(served, code)
    file = read(page.body)
    (number,) = (b["value"] for b in file.all("button") if b.get("name") == "file")

    own = await opened(served, code, do="file", file=number)
    foreign = await opened(served, other, do="file", file=number)

    assert own.body == PDF
    assert own.headers["Content-Disposition"].startswith('attachment; filename="draft.pdf"')
    assert own.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert foreign.status == 409
    assert PDF not in foreign.body


async def test_the_receipt_is_saved_again_without_the_code(served: ServedHub) -> None:
    code = await asked(served)

    saved = await opened(served, code, do="receipt")

    assert saved.json["type"] == "hub:Receipt"
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert code.encode() not in saved.body


async def test_consents_are_given_and_taken_back(served: ServedHub) -> None:
    code = await asked(served)
    fields = form_for(await opened(served, code), "agree")
    assert dict(fields)["escalate"] == "ask"

    agreed = await submit(served, STATUS, typed(fields, escalate="no", publish_lesson="yes"))
    strange = await submit(served, STATUS, typed(fields, escalate="maybe"))

    assert "What you agree to is noted." in words(agreed)
    case = (await served.get(f"{PREFIX}/cases/{await the_case(served)}", "caseworker")).json
    assert (case["consents"]["escalate"], case["consents"]["publish_lesson"]) == ("no", True)
    assert strange.status == 422


async def test_who_asks_puts_right_how_to_reach_them(served: ServedHub) -> None:
    code = await asked(served, name="Ann", contact="ann@city.example")
    fields = form_for(await opened(served, code), "correct")
    assert dict(fields)["name"] == "Ann"

    done = await submit(served, STATUS, typed(fields, name="Ana", contact=""))
    wrong = await submit(served, STATUS, typed(fields, name="x" * 201))
    api = await act(served, code, "correct", {"organisation": "Procurement"})

    assert "It is put right." in words(done)
    assert wrong.status == 422
    assert "x" * 201 in wrong.body.decode(), "what was typed stays"
    assert api.status == 200, api.body
    who = (await served.get(f"{PREFIX}/cases/{await the_case(served)}", "caseworker")).json
    assert who["requester"]["name"] == "Ana"
    assert who["requester"]["contact"] == ""
    assert who["requester"]["organisation"] == "Procurement"
    await opened(served, code, do="withdraw", sure="yes")
    late = await submit(served, STATUS, typed(fields, name="Anna"))
    assert (late.status, b'value="correct"' in late.body) == (409, False)


async def test_withdrawing_asks_once_more(served: ServedHub) -> None:
    code = await asked(served)

    sure = await opened(served, code, do="withdraw")
    before = await opened(served, code)
    done = await opened(served, code, do="withdraw", sure="yes")
    again = await opened(served, code, do="withdraw", sure="yes")

    assert "Withdraw the request?" in words(sure)
    assert "Nobody has looked at it yet" in words(before)
    assert "You withdrew your request." in words(done)
    assert (again.status, "not possible now" in words(again)) == (409, True)


async def test_erasing_shows_what_goes_and_wants_to_be_sure(served: ServedHub) -> None:
    code = await asked(served, ("draft.pdf", PDF))

    plan = await opened(served, code, do="erase")
    unsure = await submit(served, STATUS, form_for(plan, "erase"))
    await work(served, "assign", {"users": ["caseworker"]})
    changed = await submit(served, STATUS, typed(form_for(plan, "erase"), sure="yes"))
    still = await opened(served, code)
    done = await submit(served, STATUS, typed(form_for(changed, "erase"), sure="yes"))
    after = await opened(served, code)

    assert "So is the file." in words(plan)
    assert "Tick the box" in words(unsure)
    assert (changed.status, "Nothing was erased" in words(changed)) == (409, True)
    assert "MARIGOLD" in words(still)
    assert "Your request is erased." in words(done)
    assert "only its dates are kept" in words(after)
    assert b"MARIGOLD" not in after.body
    for answer in (plan, unsure, changed, done, after):
        assert_well_made(read(answer.body))


@pytest.mark.parametrize(
    "do", ["reply", "judge", "agree", "correct", "withdraw", "erase", "file", "receipt"]
)
async def test_nothing_can_be_done_with_what_is_erased(served: ServedHub, do: str) -> None:
    code = await asked(served)
    plan = await opened(served, code, do="erase")
    await submit(served, STATUS, typed(form_for(plan, "erase"), sure="yes"))

    answer = await opened(served, code, do=do, text="x", said="0", solved="solved", sure="yes")

    assert answer.status < 500
    assert "MARIGOLD" not in words(answer)


async def test_who_was_redirected_sees_who_can_help(served: ServedHub) -> None:
    code = await asked(served, country="ES")
    await work(served, "redirect", {"bodies": ["es-aepd"]})

    page = read((await opened(served, code)).body)

    (body,) = await served.node.database.read_public(
        lambda db: RedressStore(db).named(("es-aepd",))
    )
    assert body.url in page.links
    assert "does not take up personal matters" in page.words


async def test_the_page_for_codes_says_what_to_do_without_one(served: ServedHub) -> None:
    page = await visit(served, STATUS)

    assert "Staff can give you a new one" in page.words


async def test_the_answer_shows_its_sources_and_files_and_who_got_a_copy(
    served: ServedHub, tmp_path: Path
) -> None:
    # Given a request of which another hub has a copy
    guide = await publish(served, title={"en": "A guide to cite"})
    code = await asked(served, escalate="yes")
    case = await the_case(served)
    await Letters(served.node, tmp_path / "far").travel()
    now = Act("operator", served.node.clock.now())
    hub = served.node.hub
    await served.node.database.write(lambda db: offer_case(db, hub, case, HOST, now))
    asked_elsewhere = await opened(served, code)

    # When the hub answers with a source
    path = f"{PREFIX}/cases/{case}"
    await served.post(f"{path}/assign", {"users": ["caseworker"]}, "caseworker")
    done = await served.post(
        f"{path}/answer", {"text": "Look there.", "cites": [guide]}, "caseworker"
    )
    assert done.status < 300, done.body
    answered = await opened(served, code)

    # Then its requester sees the source, and since when the other hub has what
    page = read(answered.body)
    assert_well_made(page)
    assert "A guide to cite" in page.words
    assert any(link.endswith(f"/resources/{guide}") for link in page.links)
    for answer in (asked_elsewhere, answered):
        assert HOST in words(answer)
        assert "has a copy" in words(answer)
    assert "was asked, and decides by" in words(asked_elsewhere)
