"""The OAI-PMH door: every answer in the shape of the protocol, every error with its code."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from content.changes import Act
from content.harvest.oai_pmh import read_records
from content.resources.formats import hub_xml
from content.resources.formats.shapes import Deleted, Found, record_of
from content.resources.record import read_record
from content.resources.store import ResourceStore
from content.starter import starter_catalogue
from content.vocabulary import Vocabulary
from federation.publishing import import_resources, retract_resource, update_resource
from node.oai import door
from node.oai.answers import refusal, seconds
from node.oai.arguments import OaiError, read_arguments, set_specs
from tests.node.conftest import ORIGIN, Answered, ServedHub
from tests.node.test_feeds import RESOURCE
from tests.seams import START

OAI = "{http://www.openarchives.org/OAI/2.0/}"
RULES = etree.XMLSchema(etree.parse(Path(__file__).parent / "oai_rules.xsd"))
BASE = f"{ORIGIN}/oai"
DC = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
HUB = {"verb": "ListRecords", "metadataPrefix": "hub"}


def checked(answer: Answered) -> Any:
    """Return the root of an answer that keeps the rules of the protocol."""
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(answer.body)
    RULES.assertValid(root)
    assert root.findtext(f"{OAI}request") == BASE
    return root


async def asked(served: ServedHub, **arguments: str) -> Any:
    return checked(await served.get(f"/oai?{urlencode(arguments)}"))


def error(root: Any) -> str | None:
    found = root.find(f"{OAI}error")
    return None if found is None else found.get("code")


def headers(root: Any) -> list[tuple[str, bool]]:
    """Return identifier of each header, and whether it is one of a deleted record."""
    return [
        (each.findtext(f"{OAI}identifier"), each.get("status") == "deleted")
        for each in root.iter(f"{OAI}header")
    ]


async def publish(served: ServedHub, **fields: Any) -> str:
    answer = await served.post("/api/v1/resources", {**RESOURCE, "url": None, **fields})
    assert answer.status == 201, answer.body
    return str(answer.json["id"])


async def take_back(served: ServedHub, address: str) -> None:
    path = f"/api/v1/resources/{address.rpartition('/')[2]}"
    assert (await served.call("DELETE", path, role="operator")).status == 200


async def fill(served: ServedHub) -> None:
    """Publish the starter catalogue, ten records a second."""
    starter, now = starter_catalogue(), served.node.clock.now()
    for start in range(0, len(starter), 10):
        act = Act("ana", now + timedelta(seconds=start // 10))
        part = starter[start : start + 10]
        await served.node.database.write(
            lambda db, part=part, act=act: import_resources(db, served.node.hub, part, act)
        )


async def test_who_asks_is_told_who_this_is(served: ServedHub) -> None:
    empty = await asked(served, verb="Identify")
    await publish(served)
    root = await asked(served, verb="Identify")

    told = {etree.QName(each).localname: each.text for each in root.find(f"{OAI}Identify")}
    assert told["repositoryName"] == "Amsterdam"
    assert told["baseURL"] == BASE
    assert told["deletedRecord"] == "persistent"
    assert told["earliestDatestamp"] > empty.findtext(f"{OAI}Identify/{OAI}earliestDatestamp")
    assert root.find(f"{OAI}request").attrib == {"verb": "Identify"}


async def test_the_formats_and_the_schema_of_ours_are_told(served: ServedHub) -> None:
    address = await publish(served)

    whole = await asked(served, verb="ListMetadataFormats")
    of_one = await asked(served, verb="ListMetadataFormats", identifier=address)
    schema = await served.get("/oai/resource.xsd")

    for root in (whole, of_one):
        assert [each.text for each in root.iter(f"{OAI}metadataPrefix")] == ["oai_dc", "hub"]
    assert whole.findall(f".//{OAI}schema")[1].text == f"{BASE}/resource.xsd"
    assert schema.body == hub_xml.schema()


async def test_a_record_keeps_the_schemas_in_both_formats(served: ServedHub) -> None:
    address = await publish(
        served,
        title={"en": "A guide", "ar": "دليل", "nl": "a\ufffeb"},
        related=["https://a.example/"],
        sdgs=[16],
        year=2024,
        country="NL",
        city="Amsterdam",
        licence="CC-BY-4.0",
    )
    schema = etree.XMLSchema(etree.fromstring(_with_xml_schema(hub_xml.schema())))

    ours = await asked(served, verb="GetRecord", identifier=address, metadataPrefix="hub")
    common = await asked(served, verb="GetRecord", identifier=address, metadataPrefix="oai_dc")

    [whole] = ours.find(f".//{OAI}metadata")
    schema.assertValid(etree.fromstring(etree.tostring(whole)))
    [core] = common.find(f".//{OAI}metadata")
    said = [(etree.QName(each).localname, each.text) for each in core]
    assert ("title", "دليل") in said
    assert ("subject", "Procurement") in said
    assert ("identifier", address) in said
    assert ("date", "2024") in said
    assert headers(ours) == [(address, False)]
    assert [each.text for each in ours.iter(f"{OAI}setSpec")] == ["procurement"]


def _with_xml_schema(schema: bytes) -> bytes:
    """Return the schema with what it takes from the namespace of XML, which needs no fetching."""
    imported = b'<xs:import namespace="http://www.w3.org/XML/1998/namespace"/>'
    assert imported in schema
    return schema.replace(imported, b"").replace(
        b'<xs:attribute ref="xml:lang" use="required"/>',
        b'<xs:anyAttribute namespace="http://www.w3.org/XML/1998/namespace"'
        b' processContents="skip"/>',
    )


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
async def test_a_long_list_comes_in_parts_and_each_record_once(
    served: ServedHub, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(served)
    monkeypatch.setattr(door, "RECORDS", 100 if verb == "ListRecords" else 20)
    arguments = {"verb": verb, "metadataPrefix": "hub"}
    found: list[tuple[str, bool]] = []
    cursors = []

    while True:
        root = await asked(served, **arguments)
        found += headers(root)
        token = root.find(f".//{OAI}resumptionToken")
        assert token.get("completeListSize") == "262"
        cursors.append(int(token.get("cursor")))
        if not token.text:
            break
        arguments = {"verb": verb, "resumptionToken": token.text}

    assert cursors == [0, 100, 200]
    assert len(found) == len(set(found)) == 262
    assert not any(deleted for _, deleted in found)


async def test_the_whole_catalogue_comes_back_through_a_harvest(served: ServedHub) -> None:
    await fill(served)
    found: list[Found] = []
    arguments = HUB

    while True:
        page = read_records((await served.get(f"/oai?{urlencode(arguments)}")).body)
        found += [each for each in page.readings if isinstance(each, Found)]
        if not page.token:
            break
        arguments = {"verb": "ListRecords", "resumptionToken": page.token}

    key = lambda record: record.import_key  # noqa: E731
    assert sorted(map(record_of, found), key=key) == sorted(starter_catalogue(), key=key)


async def test_who_comes_again_gets_what_changed_and_what_is_gone_for_ever(
    served: ServedHub,
) -> None:
    one, two, three = [await publish(served, title={"en": name}) for name in ("A", "B", "C")]
    hub, now = served.node.hub, served.node.clock.now()
    later, last = now + timedelta(hours=1), now + timedelta(hours=2)

    def change(db: Any) -> None:
        ref = two.rpartition("/")[2]
        record = ResourceStore(db).get(ref).record.model_copy(update={"year": 2026})
        update_resource(db, hub, ref, record, Act("ana", later))
        retract_resource(db, hub, three.rpartition("/")[2], Act("ana", last))

    await served.node.database.write(change)
    moment = seconds(later)

    new = await asked(served, **HUB, **{"from": moment})
    old = await asked(served, **HUB, until=seconds(later - timedelta(seconds=1)))
    exact = await asked(served, **HUB, **{"from": moment, "until": moment})
    day = await asked(served, **HUB, **{"from": f"{now:%Y-%m-%d}"})
    gone = await asked(served, verb="GetRecord", identifier=three, metadataPrefix="oai_dc")

    assert headers(new) == [(two, False), (three, True)]
    assert headers(old) == [(one, False)]
    assert headers(exact) == [(two, False)]
    assert headers(day) == [(one, False), (two, False), (three, True)]
    assert headers(gone) == [(three, True)]
    assert gone.find(f".//{OAI}metadata") is None
    assert [type(each) for each in read_records(etree.tostring(new)).readings] == [Found, Deleted]


async def test_what_was_just_being_stored_is_told_to_who_comes_from_the_date_of_the_answer(
    served: ServedHub,
) -> None:
    await publish(served, title={"en": "A"})
    first = await asked(served, **HUB)
    hub, early = served.node.hub, served.node.clock.now() - timedelta(seconds=30)
    late = [read_record({**RESOURCE, "url": None, "title": {"en": "B"}})]

    await served.node.database.write(lambda db: import_resources(db, hub, late, Act("ana", early)))
    again = await asked(served, **HUB, **{"from": first.findtext(f"{OAI}responseDate")})

    assert len(headers(again)) == 2


async def test_a_set_is_a_topic_with_its_narrower_ones_and_all_that_is_gone(
    served: ServedHub,
) -> None:
    broad = await publish(served, title={"en": "A"}, topics=["procurement"])
    narrow = await publish(served, title={"en": "B"}, topics=["contract-clauses", "privacy"])
    await publish(served, title={"en": "C"}, topics=["privacy"])
    gone = await publish(served, title={"en": "D"}, topics=["privacy"])
    await take_back(served, gone)

    sets = await asked(served, verb="ListSets")
    whole = await asked(served, **DC, set="procurement")
    part = await asked(served, **DC, set="procurement:contract-clauses")

    names = [each.text for each in sets.iter(f"{OAI}setSpec")]
    assert len(names) == len(Vocabulary.load().ids("topics"))
    assert {"procurement", "procurement:contract-clauses"} <= set(names)
    assert headers(whole) == [(broad, False), (narrow, False), (gone, True)]
    assert headers(part) == [(narrow, False), (gone, True)]


async def test_what_was_never_for_everybody_is_not_even_a_tombstone(served: ServedHub) -> None:
    for label in ("tlp-green", "tlp-amber", "tlp-red"):
        address = await publish(served, label=label, title={"en": f"canary {label}"})
        await take_back(served, address)
        await publish(served, label=label, title={"en": f"canary {label} 2"})
        lost = await asked(served, verb="GetRecord", identifier=address, metadataPrefix="hub")
        assert error(lost) == "idDoesNotExist"

    assert error(await asked(served, **HUB)) == "noRecordsMatch"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Nonsense"}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": "Identify", "set": "a"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ""}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": f"{ORIGIN}/resources/x"}, "badArgument"),
        (
            {"verb": "GetRecord", "metadataPrefix": "hub", "identifier": f"{ORIGIN}/resources/x"},
            "idDoesNotExist",
        ),
        ({"verb": "GetRecord", "metadataPrefix": "hub", "identifier": "oai:a:b"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:a:b"}, "idDoesNotExist"),
        ({**DC, "from": "2026"}, "badArgument"),
        ({**DC, "from": "2026-02-30"}, "badArgument"),
        ({**DC, "from": "2026-11-26T09:00Z"}, "badArgument"),
        ({**DC, "from": "2026-11-26T09:00:00+01:00"}, "badArgument"),
        ({**DC, "from": "2026-11-26", "until": "2026-11-26T09:00:00Z"}, "badArgument"),
        ({**DC, "from": "2026-11-26", "until": "2026-11-25"}, "badArgument"),
        ({**DC, "from": "2019-01-01", "until": "2019-01-01"}, "noRecordsMatch"),
        ({**DC, "set": "a b"}, "badArgument"),
        ({**DC, "set": "no-such-topic"}, "noRecordsMatch"),
        ({**DC, "set": "contract-clauses"}, "noRecordsMatch"),
        ({**DC, "resumptionToken": "x"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "hub", "identifier": "%"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "hub", "identifier": "a b"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "hub", "identifier": "http://["}, "badArgument"),
        (
            {"verb": "GetRecord", "metadataPrefix": "hub", "identifier": "http://a:b/"},
            "badArgument",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "http://é.example/é"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "\x0b"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "\x00"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "\ufffe"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "W10"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
    ],
)
async def test_what_is_asked_wrongly_gets_the_error_of_the_protocol(
    served: ServedHub, arguments: dict[str, str], code: str
) -> None:
    await publish(served)

    root = await asked(served, **arguments)

    assert error(root) == code
    repeated = dict(root.find(f"{OAI}request").attrib)
    assert repeated == ({} if code in ("badVerb", "badArgument") else arguments)


@pytest.mark.parametrize(
    "span",
    [
        {"until": "9999-12-31"},
        {"from": "0001-01-01", "until": "9999-12-31"},
        {"from": "1970-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"},
    ],
)
async def test_who_asks_until_the_end_of_time_gets_all_there_is(
    served: ServedHub, span: dict[str, str]
) -> None:
    address = await publish(served)

    assert headers(await asked(served, **DC, **span)) == [(address, False)]


async def test_an_argument_given_twice_is_refused(served: ServedHub) -> None:
    twice = await served.get("/oai?verb=Identify&verb=Identify")
    also = await served.get("/oai?verb=ListRecords&metadataPrefix=hub&metadataPrefix=hub")
    strange = await served.get("/oai?verb=Identify&%00%0B=1&%EF%BF%BE=2")

    assert error(checked(twice)) == "badVerb"
    assert error(checked(also)) == "badArgument"
    assert error(checked(strange)) == "badArgument"


async def test_a_form_that_is_posted_counts_as_the_same_question(served: ServedHub) -> None:
    await publish(served)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    question = urlencode({**HUB, "set": "procurement"})

    posted = await served.call("POST", "/oai", data=question.encode(), headers=form)
    got = await served.get(f"/oai?{question}")
    other = await served.call("POST", "/oai", body={"verb": "Identify"})
    many = await served.call("POST", "/oai", data=b"a=b&" * 30, headers=form)

    assert headers(checked(posted)) == headers(checked(got)) != []
    assert error(checked(other)) == "badArgument"
    assert error(checked(many)) == "badArgument"


@given(
    st.dictionaries(
        st.sampled_from(
            (
                "verb",
                "from",
                "until",
                "set",
                "metadataPrefix",
                "identifier",
                "resumptionToken",
                "\x01",
            )
        ),
        st.sampled_from(("ListRecords", "GetRecord", "ListSets", "hub", "2026-11-26", "privacy"))
        | st.text(max_size=30),
    )
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_asked_is_in_order_or_an_error_of_the_protocol(given: dict[str, str]) -> None:
    try:
        found = read_arguments(given.items())
    except OaiError as refused:
        found = None
        repeated = {} if refused.code in ("badVerb", "badArgument") else given
        RULES.assertValid(etree.fromstring(refusal(BASE, START, repeated, refused)))
        code = refused.code
        assert code in ("badVerb", "badArgument", "badResumptionToken", "noRecordsMatch") or (
            code == "cannotDisseminateFormat"
        )
    assert found is None or found.verb == given["verb"]


def test_each_topic_is_a_set_of_its_own() -> None:
    specs = list(set_specs().values())

    assert len(specs) == len(set(specs))
