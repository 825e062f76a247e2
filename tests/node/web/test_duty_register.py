"""The register of processing on a page, in the language of the reader, and what it lacks."""

import pytest

from federation.law import agreements, register
from node.api.models.register import RegisterAnswer
from node.web.duty_words import duty_told
from node.web.languages import LANGUAGES
from node.web.speaking import speaking
from tests.node.browsing import signed_in
from tests.node.conftest import ServedHub
from tests.node.web.test_desk_pages import seen


async def test_the_register_is_shown_with_what_it_lacks(served: ServedHub) -> None:
    duty = await signed_in(served, "operator")

    page = await seen(duty, "/duty/register")

    assert "Requests for help" in page
    assert "No contact is stated." in page
    assert "How the duties stand today" in page


async def test_every_sentence_of_the_register_is_known(served: ServedHub) -> None:
    answer = await served.get("/api/v1/reports/processing", "operator")
    found = RegisterAnswer.model_validate(answer.json, strict=False)
    texts = list(found.measures)
    for each in found.activities:
        texts += [each.name, each.purpose, each.basis]
        texts += [*each.people, *each.data, *each.recipients, *each.kept, *each.facts]

    with speaking(LANGUAGES["es"]):
        unknown = [text for text in texts if duty_told(text).foreign]

    assert unknown == []


@pytest.mark.parametrize(
    "text",
    sorted(
        {*register._BASES.values(), register._TRANSFER["inside"], *agreements.IN_WORDS.values()}
        - {"not stated"}
    ),
)
def test_every_ground_is_known(text: str) -> None:
    with speaking(LANGUAGES["es"]):
        assert not duty_told(text).foreign


def test_mails_are_in_it_where_there_is_a_mail_server() -> None:
    controller = register.Controller(
        name="x", contact="", dpo="", legal_basis="consent", mail_server="mail.city.example"
    )
    (mails,) = register._mails(controller)

    with speaking(LANGUAGES["es"]):
        for text in (mails.purpose, *mails.people, *mails.data, *mails.recipients, *mails.kept):
            assert not duty_told(text).foreign, text
