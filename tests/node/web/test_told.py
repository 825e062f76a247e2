"""What a hub tells requesters and staff is known to the pages, sentence by sentence."""

from itertools import product
from typing import Any

import pytest

from content.cases.status import CaseStatus
from federation import requesters
from federation.escalation import copy_fields, delivery_words, grounds, recipients, revealing
from federation.escalation.escalation import DeliveryStatus
from federation.requesters import HeldBy
from node.web.languages import LANGUAGES
from node.web.speaking import speaking
from node.web.told import told
from tests.seams import START

SPANISH = LANGUAGES["es"]
OFFERED = ("esc-offered", "esc-accepted")


def sentences() -> set[str]:
    """Return what the functions of federation/ can say, made by themselves."""
    found = {requesters._says(status, ()) for status in CaseStatus}
    found |= {requesters._ASKED_MEANWHILE, requesters._REDIRECTED}
    parts = [(), ("name",), ("name", "contact", "organisation")]
    found |= {
        requesters._WITH[state] + requesters._knows(told_parts)
        for state, told_parts in product(requesters._WITH, parts)
    }
    words: Any = ("sent", "received", "read", "retrying", "failed")
    found |= {
        delivery_words.says_to_requester(DeliveryStatus(word, START, ""), state)
        for word, state in product(words, OFFERED)
    }
    found |= {recipients._HAS, recipients._ASKED, f"{recipients._ASKED}, and is overdue"}
    found |= set(recipients._OVER.values())
    found.add(copy_fields.in_words(set(copy_fields.IN_WORDS)))
    found.add(
        "; and ".join(["title, question", "of who asks: name, contact", "further information"])
    )
    found |= set(revealing.IN_WORDS.values())
    found |= set(grounds.IN_WORDS.values())
    found |= {
        delivery_words.says_to_us(DeliveryStatus(word, START, why), "a.example")
        for word, why in product(words, ("", "It takes no mail (503)."))
    }
    return found - {""}


@pytest.mark.parametrize("text", sorted(sentences()))
def test_every_sentence_is_known(text: str) -> None:
    with speaking(SPANISH):
        assert not told(text).foreign, text


def test_a_sentence_that_is_new_is_shown_as_english() -> None:
    with speaking(SPANISH):
        found = told("Something that nobody has translated.")
        assert found.foreign

    assert (found.text, found.lang) == ("Something that nobody has translated.", "en")


@pytest.mark.parametrize(
    "text",
    [
        "So are the 12 files.",
        "Told to destroy their copies, and to confirm it: a.example, b.example.",
        "A law asks the hub to keep your request until 2027-01-31; it cannot be erased now.",
        "has a copy, corrected (version 2), and has confirmed that",
        "has a copy as it was before the correction of 2026-11-24; it was not told of that yet",
    ],
)
def test_values_stand_where_they_stood(text: str) -> None:
    assert told(text).text == text
    with speaking(SPANISH):
        assert not told(text).foreign


def test_what_a_page_holds_by_name_is_a_sentence_of_the_hub() -> None:
    own = HeldBy("a.example", "A", "is responsible for your request")

    with speaking(SPANISH):
        assert not told(own.says).foreign
