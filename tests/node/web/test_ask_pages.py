"""Asking for help without an account and without scripts: fill in, look once more, send, print."""

import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import MultiDict

from content.cases.case import CaseContent
from node.web.draft import MANY, ONE, TICKS, read_draft
from node.web.form_files import SentForm
from protocol.document_verdicts import verdict_on_document, with_kept
from protocol.keyrings import ring_of_document
from tests.content.sample_files import PDF
from tests.node.conftest import Answered, ServedHub
from tests.node.test_api_requests import the_case
from tests.node.web.asking import (
    FILLED,
    asked,
    code_in,
    fields_of,
    opened,
    previewed,
    submit,
    typed,
    upload,
)
from tests.node.web.reading import BROWSER, assert_nothing_live, read, visit
from tests.node.web.test_hostile_texts import PAYLOADS
from tests.node.web.test_pages import assert_well_made
from tests.seams import FixedClock, SeededChance


async def cases(hub: ServedHub) -> list[Any]:
    return (await hub.get("/api/v1/cases", "caseworker")).json["items"]


def errors(answer: Answered) -> set[str]:
    """Return which fields the summary of errors leads to."""
    page = read(answer.body)
    ids = [attributes.get("id") for _, attributes in page.tags]
    links = [link[1:] for link in page.links if link.startswith("#") and link != "#main"]
    assert set(links) <= set(ids), "every error leads to its field"
    return set(links)


async def test_somebody_asks_looks_once_more_sends_and_prints_the_receipt(
    served: ServedHub, logged: io.StringIO
) -> None:
    # Given the form, filled in
    preview = await previewed(served, topics=["procurement", "contract-clauses"])
    page = read(preview.body)
    assert_well_made(page)
    assert "MARIGOLD: which clauses?" in page.text
    assert await cases(served) == [], "nothing is stored before it is sent"

    # When it is sent with a file
    fields = typed(fields_of(preview.body), step="send")
    sent = await upload(served, "/ask/request", fields, ("draft.pdf", PDF))
    address = sent.headers["Location"]
    receipt = await served.get(address, Accept=BROWSER)

    # Then it is filed, the receipt shows the code, and no address or log has it
    assert (sent.status, receipt.status) == (303, 200)
    assert_well_made(read(receipt.body))
    code = code_in(receipt.body)
    assert len(code) == 23
    assert code not in address
    assert code not in logged.getvalue()
    assert address.rpartition("/")[2] not in logged.getvalue()
    for answer in (preview, receipt):
        assert answer.headers["Cache-Control"] == "no-store"
    (case,) = await cases(served)
    stored = (await served.get(f"/api/v1/cases/{case['id']}", "caseworker")).json
    assert stored["question"] == "MARIGOLD: which clauses?\n\nAnd why?"
    assert stored["topics"] == ["procurement", "contract-clauses"]
    assert (stored["label"], stored["sensitivity"]) == ("tlp-amber", "data-none")
    assert stored["consents"]["escalate"] == "ask"
    assert stored["requester"]["role"] == "who-city-official"


async def test_the_saved_receipt_proves_what_was_filed(served: ServedHub) -> None:
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send")
    sent = await upload(served, "/ask/request", fields, ("draft.pdf", PDF))
    address = sent.headers["Location"]

    saved = [await served.get(f"{address}/{name}") for name in ("receipt.json", "kept.json")]
    actor = (await served.get("/actor", Accept="application/activity+json")).json

    receipt, kept = (answer.json for answer in saved)
    verdict = verdict_on_document(receipt, ring_of_document(actor), served.node.clock.now())
    assert verdict.state == "valid"
    assert with_kept(verdict, receipt, kept).state == "valid"
    assert kept["filed"]["attachments"][0]["name"] == "draft.pdf"
    for answer in saved:
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Cache-Control"] == "no-store"
    assert (await served.get(f"{address}/other.json")).status == 404


async def test_a_receipt_is_gone_after_a_quarter_of_an_hour_and_elsewhere(
    served: ServedHub,
) -> None:
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send")
    here = {"X-Forwarded-For": "192.0.2.7"}
    sent = await upload(served, "/ask/request", fields, headers=here)
    address = sent.headers["Location"]

    again = await served.get(address, **here)
    elsewhere = await served.get(address, **{"X-Forwarded-For": "192.0.2.8"})
    served.node.clock = clock = FixedClock(served.node.clock.now())
    clock.advance(16 * 60)
    late = await served.get(address, **here)
    unknown = await served.get("/ask/sent/unknown", **here)

    assert again.status == 200
    assert (elsewhere.status, late.status) == (404, 404)
    assert elsewhere.body == late.body == unknown.body
    assert (await served.get(f"{address}/kept.json", **here)).status == 404


async def test_what_is_sent_twice_is_filed_once_with_the_same_code(served: ServedHub) -> None:
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send")
    codes = set()
    for _ in range(2):
        sent = await upload(served, "/ask/request", fields, ("draft.pdf", PDF))
        codes.add(code_in((await served.get(sent.headers["Location"], Accept=BROWSER)).body))

    assert len(codes) == 1
    assert len(await cases(served)) == 1
    other = await upload(served, "/ask/request", typed(fields, title="Another title"))
    assert other.status == 409
    assert "You sent this request before" in read(other.body).text
    assert len(await cases(served)) == 1


async def test_going_back_to_change_something_loses_nothing(served: ServedHub) -> None:
    full = {
        **FILLED,
        "context": "Background\r\nof it",
        "stage": "stage-tender",
        "request_type": "req-procurement",
        "wanted": ["wanted-answer", "wanted-review"],
        "topics": ["procurement", "contract-clauses"],
        "principles": ["p2-privacy-security"],
        "framework": ["tool-dpia"],
        "country": "ES",
        "language": "es",
        "jurisdiction": "Catalunya",
        "deadline": "2099-12-04",
        "deadline_reason": "Vote",
        "urgency": "urgency-high",
        "label": "tlp-amber-strict",
        "escalate": "yes",
        "publish_lesson": "yes",
        "share_name": "yes",
        "share_contact": "yes",
        "mail_notices": "yes",
        "organisation": "Procurement",
        "organisation_type": "org-municipality",
        "name": "Ana",
        "contact": "ana@city.example",
    }
    preview = await previewed(served, **full)
    assert preview.status == 200, preview.body

    back = await submit(served, "/ask/request", typed(fields_of(preview.body), step="edit"))

    kept = MultiDict(fields_of(back.body))
    assert kept["step"] == "preview"
    for name, value in full.items():
        wanted = value if isinstance(value, list) else [value.replace("\r\n", "\n")]
        assert sorted(kept.getall(name)) == sorted(wanted), name
    assert {*ONE, *MANY, *TICKS} - set(full) == {"escalate_to", "personal_matter"}


async def test_what_is_missing_is_said_at_the_top_and_at_the_field(served: ServedHub) -> None:
    wrong = await previewed(
        served,
        title="  ",
        question="",
        role=None,
        sensitivity=None,
        deadline="2020-01-01",
        mail_notices="yes",
        contact="020 123",
    )

    assert wrong.status == 422
    assert errors(wrong) == {"title", "question", "role", "sensitivity", "deadline", "contact"}
    page = read(wrong.body)
    assert_well_made(page)
    assert "To be corrected" in page.title
    invalid = {a["name"] for _, a in page.tags if a.get("aria-invalid") == "true"}
    assert {"title", "question", "deadline", "contact"} <= invalid
    assert await cases(served) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("role", "who-nobody"),
        ("topics", ["no-topic"]),
        ("country", "XX"),
        ("language", "not a tag"),
        ("urgency", "now"),
        ("label", "tlp-none"),
        ("escalate", "perhaps"),
        ("title", "x" * 301),
    ],
)
async def test_values_that_no_form_offers_are_refused_at_their_field(
    served: ServedHub, name: str, value: Any
) -> None:
    wrong = await previewed(served, **{name: value})

    assert wrong.status == 422
    assert errors(wrong) == {name}


async def test_a_personal_matter_is_redirected_before_much_is_written_and_not_kept(
    served: ServedHub,
) -> None:
    told = await previewed(
        served, role="who-resident", personal_matter="yes", title="", question="", country="ES"
    )
    page = read(told.body)

    assert told.status == 200
    assert_well_made(page)
    assert "Nothing of what you wrote was stored" in page.text
    assert any("aepd.es" in link for link in page.links)
    assert await cases(served) == []

    preview = await previewed(served)
    complaint = typed(fields_of(preview.body), step="send", request_type="req-individual-complaint")
    sent = await upload(served, "/ask/request", complaint)
    assert sent.status == 200
    assert await cases(served) == []


async def test_who_helps_elsewhere_is_shown_by_country(served: ServedHub) -> None:
    spain = await visit(served, "/ask/elsewhere?country=ES")
    nowhere = await visit(served, "/ask/elsewhere?country=AQ")

    assert any("aepd.es" in link for link in spain.links)
    assert "Our list names nobody" in nowhere.text
    await visit(served, "/ask/elsewhere?country=XX", 400)


async def test_special_data_is_for_as_few_as_possible(served: ServedHub) -> None:
    await asked(served, sensitivity="data-special", escalate="yes")

    case = (await served.get(f"/api/v1/cases/{await the_case(served)}", "caseworker")).json

    assert (case["label"], case["sensitivity"]) == ("tlp-red", "data-special")


async def test_a_topic_of_the_page_before_is_ticked(served: ServedHub) -> None:
    first = await visit(served, "/ask?topic=contract-clauses&topic=nonsense")
    assert "/ask/request?topic=contract-clauses" in first.links
    body = (await served.get("/ask/request?topic=contract-clauses", Accept=BROWSER)).body

    fields = MultiDict(fields_of(body))

    assert fields.getall("topics") == ["contract-clauses"]


async def test_personal_data_in_the_text_is_pointed_out_before_it_is_sent(
    served: ServedHub,
) -> None:
    preview = await previewed(served, question="Write to maria@city.example, please.")

    assert "a mail address" in read(preview.body).text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_a_form_from_another_site_does_nothing(
    served: ServedHub, headers: dict[str, str]
) -> None:
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send")
    from_elsewhere = {"Sec-Fetch-Site": None, **headers}
    for path in ("/ask/request", "/ask/status"):
        answer = await served.call(
            "POST",
            path,
            data=b"step=preview",
            headers={
                "Accept": BROWSER,
                "Content-Type": "application/x-www-form-urlencoded",
                **{name: value for name, value in from_elsewhere.items() if value},
            },
        )
        assert answer.status == 403, path
    sent = await upload(served, "/ask/request", fields, headers=headers)
    assert sent.status == 403


async def test_nobody_files_without_end(served: ServedHub) -> None:
    """Pages and API count together."""
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send", question="")
    here = {"X-Forwarded-For": "192.0.2.7"}
    for _ in range(20):
        answer = await upload(served, "/ask/request", fields, headers=here)
        assert answer.status == 422

    assert (await upload(served, "/ask/request", fields, headers=here)).status == 429
    api = await served.call("POST", "/api/v1/requests", body={}, headers=here)
    assert api.status == 429
    assert (await opened(served, "")).status == 404, "others come in"


async def test_a_file_that_is_not_taken_stores_nothing(served: ServedHub) -> None:
    preview = await previewed(served)
    fields = typed(fields_of(preview.body), step="send")

    refused = await upload(served, "/ask/request", fields, ("run.exe", b"MZ\x90\x00" * 40))

    assert refused.status == 415
    assert "text/html" in refused.headers["Content-Type"]
    assert await cases(served) == []


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_that_is_typed_is_live(served: ServedHub, payload: str) -> None:
    texts = ("title", "question", "context", "name", "organisation", "jurisdiction")
    changes = dict.fromkeys(texts, payload) | {"deadline_reason": payload, "contact": payload}

    preview = await previewed(served, **changes)
    wrong = await previewed(served, **changes, role="<b>", country="<b>", topics=["<b>"])

    for answer in (preview, wrong):
        assert_nothing_live(read(answer.body))
    if preview.status == 200:
        code = await asked(served, ("a.txt", b"text"), **changes)
        assert_nothing_live(read((await opened(served, code)).body))


FIELDS = st.sampled_from((*ONE, *MANY, *TICKS, "step", "key", "other"))
VALUES = st.text(max_size=40) | st.sampled_from(
    ("who-resident", "who-ngo", "yes", "en", "NL", "tlp-amber", "data-special", "2026-02-30")
)


@given(st.lists(st.tuples(FIELDS, VALUES), max_size=30))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_form_is_a_request_or_names_the_fields_to_look_at(
    pairs: list[tuple[str, str]],
) -> None:
    draft = read_draft(SentForm(MultiDict(pairs)), SeededChance(1))

    content, wrong = draft.read(FixedClock().now().date())

    assert isinstance(content, CaseContent) != bool(wrong)
    assert set(wrong) <= {*ONE, *MANY}
    again = read_draft(SentForm(MultiDict(draft.hidden)), SeededChance(2))
    assert again == draft, "the preview carries all of it"
    assert len(again.key) == 36
    json.dumps(draft.values())
