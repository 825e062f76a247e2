"""An item of a framework as a document: read back exactly, and refused when it is malformed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.documents.framework import (
    FrameworkFacts,
    FrameworkItemDocument,
    ScoreFacts,
    SourceFacts,
    is_framework_item,
    read_framework_item,
    write_framework_item,
)
from protocol.documents.resource import is_resource
from protocol.errors import InvalidDocument
from protocol.ids import framework_item_id
from protocol.intake import parse_document
from tests.protocol.samples import A, B, as_bytes

REF = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
SALT = "uAAAAAAAAAAAAAAAAAAAAAA"
AT = "2026-11-24T09:30:00.000Z"
words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40)
texts = st.dictionaries(st.sampled_from(["en", "es", "pt-BR", "ar"]), words, max_size=4)
links = st.lists(st.sampled_from(["https://a.example/1", "http://b.example/2?x=y"]), max_size=2)
scores = st.builds(
    ScoreFacts, level=st.integers(0, 4), note=words | st.just(""), evidence=links, at=st.just(AT)
)
items = st.builds(
    FrameworkItemDocument,
    id=st.just(framework_item_id(A, REF)),
    actor=st.just(f"{A}/actor"),
    title=st.dictionaries(st.sampled_from(["en", "es"]), words, min_size=1, max_size=2),
    facts=st.builds(
        FrameworkFacts,
        item=st.sampled_from(["tool-dpia", "own-1"]),
        pillar=st.just("tool-tools"),
        upstream=st.just("2026-11"),
        what=texts,
        why=texts,
        first=texts,
        who=texts,
        done=texts,
        responsible=words | st.none(),
        topics=st.just(("privacy",)),
        sources=st.just((SourceFacts(title="A guide", url="https://a.example/guide"),)),
        resources=links,
        score=scores | st.none(),
    ),
    label=st.just("tlp-clear"),
    salt=st.just(SALT),
    published=st.just(AT),
    updated=st.none() | st.just(AT),
)


@given(items)
def test_an_item_reads_back_exactly(item: FrameworkItemDocument) -> None:
    document = write_framework_item(item, to=(f"{B}/actor",))

    assert read_framework_item(parse_document(as_bytes(document))) == item
    assert is_framework_item(document)
    assert not is_resource(document)


def plain() -> dict[str, Any]:
    facts = FrameworkFacts(
        item="tool-dpia",
        pillar="tool-tools",
        upstream="2026-11",
        what={"en": "It is <b>this</b>."},
        why={},
        first={},
        who={},
        done={},
        responsible="Data office",
    )
    item = FrameworkItemDocument(
        id=framework_item_id(A, REF),
        actor=f"{A}/actor",
        title={"en": "DPIA", "es": "EIPD"},
        facts=facts,
        label="tlp-clear",
        salt=SALT,
        published=AT,
    )
    return write_framework_item(item, to=(), cc=())


def test_other_clients_see_the_guidance_and_no_markup_of_people() -> None:
    document = plain()

    assert document["content"] == "<p>It is &lt;b&gt;this&lt;/b&gt;.</p><p>Data office</p>"
    assert document["name"] == "DPIA"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "Article"},
        {"attributedTo": [f"{A}/actor", f"{B}/actor"]},
        {"id": f"{B}/framework/{REF}"},
        {"id": f"{A}/framework/latest"},
        {"nameMap": {}},
        {"hub:label": None},
        {"hub:salt": "short"},
        {"hub:framework": None},
        {"hub:framework": {**plain()["hub:framework"], "pillar": "Tools!"}},
        {"hub:framework": {**plain()["hub:framework"], "league": 1}},
        {"hub:framework": {**plain()["hub:framework"], "resources": ["javascript:alert(1)"]}},
        {"hub:framework": {**plain()["hub:framework"], "score": {"level": 5, "at": AT}}},
        {"hub:framework": {**plain()["hub:framework"], "score": {"level": True, "at": AT}}},
        {"hub:framework": {**plain()["hub:framework"], "score": {"level": 1, "at": "today"}}},
        {"hub:framework": {**plain()["hub:framework"], "score": {"level": 1, "at": AT, "by": "x"}}},
    ],
)
def test_a_malformed_item_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidDocument):
        read_framework_item({**plain(), **changes})
