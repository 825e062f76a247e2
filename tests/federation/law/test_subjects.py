"""The rights of people: all that is held about somebody is found, handed to them, and erased."""

from datetime import date
from typing import Any

import pytest

from content.cases.attachment import read_attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import read_case_content
from content.cases.draft_store import DraftStore
from content.cases.drafts import read_draft_content
from content.cases.dues import Due, DueKind, DueStore
from content.cases.message import read_message
from content.cases.receipt_store import ReceiptStore
from content.cases.store import CaseErased, CaseStore
from content.changes import ChangeStore
from content.experts.contacts import ExpertContactStore
from content.experts.record import read_expert
from content.experts.store import ExpertStore
from content.ids import new_id
from content.mail.incoming import IncomingMail
from content.mail.people import MailPersonStore
from content.mail.unconfirmed import UnconfirmedStore
from content.people.tokens import TokenStore
from federation.escalation.answering import accept_offer
from federation.escalation.offering import offer_case
from federation.law.subject_erase import erase_subject, preview_erasure
from federation.law.subject_export import Export, export_subject
from federation.law.subjects import NobodySought, Sought, Subject, find_subject
from federation.mail_intake import take_mail
from federation.publishing_experts import add_expert
from federation.taking_in import take_in
from tests.federation.escalation.pair import FILED, Pair, Side
from tests.federation.law.test_erasing import hold
from tests.federation.law.test_retention import node_of

ANA = {
    "role": "who-city-official",
    "name": "Ána Ruiz Gómez",
    "contact": "Ana.Ruiz@city.example, +34 612 345 678",
}
BEN = {"role": "who-ngo", "name": "Ben Ruiz", "contact": "ben@ngo.example"}


def case_of(side: Side, requester: dict[str, str], **more: Any) -> str:
    return side.has_case(requester=requester, **more).id


def find(side: Side, **who: str) -> Subject:
    return side.read(lambda db: find_subject(db, side.hub, Sought(**who)))


def export(side: Side, subject: Subject) -> Export:
    return side.write(lambda db: export_subject(db, side.hub, subject, side.act("olga")))


def list_expert(side: Side, name: str, scope: str = "hub") -> str:
    record = read_expert(
        {
            "name": name,
            "bio": {"en": "Writes clauses."},
            "topics": ["contract-clauses"],
            "languages": ["en"],
            "scope": scope,
        }
    )
    return side.write(lambda db: add_expert(db, side.hub, record, side.act())).id


def audit(side: Side, case_id: str) -> list[str]:
    return side.read(lambda db: [each.what for each in ChangeStore(db).of(case_id).items])


@pytest.mark.parametrize(
    "who",
    [
        {"name": "ana ruiz"},
        {"name": "Ruiz, Ana"},
        {"name": "ANA RUIZ GOMEZ"},
        {"contact": "ana.ruiz@CITY.example"},
        {"contact": "612345678"},
        {"contact": "0034 612-345-678"},
        {"name": "gómez", "contact": "ana.ruiz@city.example"},
    ],
)
def test_a_requester_is_found_however_it_is_written(pair: Pair, who: dict[str, str]) -> None:
    case_of(pair.a, BEN)
    case = case_of(pair.a, ANA)

    assert find(pair.a, **who).cases == (case,)


def test_the_code_of_a_receipt_finds_its_case(pair: Pair) -> None:
    case = case_of(pair.a, ANA)
    code = pair.a.write(
        lambda db: ReceiptStore(db, pair.a.hub.vault).issue(case, pair.a.act(), pair.a.chance)
    )

    assert find(pair.a, code=code.lower()).cases == (case,)
    assert find(pair.a, code="7K3QM-9XD2P-ZTR8H-N4CWE").cases == ()
    assert code not in repr(Sought(code=code))


@pytest.mark.parametrize(
    "who",
    [
        {"name": "Ana Ruiz Pérez"},
        {"name": "An Rui"},
        {"name": "Ana Ruiz", "contact": "ben@ngo.example"},
        {"contact": "ruiz@city.example"},
        {"contact": "+34 612 345 679"},
        {"user": "ana"},
    ],
)
def test_what_does_not_fit_is_not_found(pair: Pair, who: dict[str, str]) -> None:
    case_of(pair.a, ANA)

    assert find(pair.a, **who).cases == ()


@pytest.mark.parametrize("who", [{}, {"name": " ... "}, {"contact": "12"}, {"contact": "ana"}])
def test_nobody_looks_for_everybody(who: dict[str, str]) -> None:
    with pytest.raises(NobodySought):
        Sought(**who)


def test_another_ones_case_that_names_the_person_is_mentioned_and_not_handed_out(
    pair: Pair,
) -> None:
    by_name = case_of(pair.a, BEN, question="Ask Ana Ruiz Gomez, who wrote the tender.")
    by_mail = case_of(pair.a, BEN, title="Tender of ana.ruiz@city.example")
    case_of(pair.a, BEN, question="Ana asked, and so did Ruiz.")

    found = find(pair.a, name="Ana Ruiz Gómez")

    assert (found.cases, found.mentions) == ((), (by_name,))
    assert find(pair.a, contact="ana.ruiz@city.example").mentions == (by_mail,)
    assert found.empty


def test_experts_and_accounts_are_found_too(pair: Pair) -> None:
    expert = list_expert(pair.a, "Ana Ruiz")
    list_expert(pair.a, "Omar Haddad")

    assert find(pair.a, name="ana ruiz").experts == (expert,)
    assert find(pair.a, user="ana").users == ("ana",)
    assert find(pair.a, name="omar").users == ("omar",)


async def test_the_mail_address_of_an_expert_is_found_handed_out_and_erased(pair: Pair) -> None:
    side = pair.a
    expert = list_expert(side, "Omar Haddad")
    side.write(
        lambda db: ExpertContactStore(db, side.hub.vault).put(
            expert, "omar@cabinet.example", side.act(), side.chance
        )
    )

    found = find(side, contact="Omar@cabinet.example")

    assert found.experts == (expert,)
    assert find(side, contact="other@cabinet.example").experts == ()
    (listing,) = export(side, found).held["expert_listings"]
    assert listing["mail"]["address"] == "omar@cabinet.example"
    await erase_subject(node_of(side), found, side.act())
    assert side.read(lambda db: ExpertContactStore(db, side.hub.vault).find(expert)) is None


async def test_the_mail_address_of_an_account_is_found_handed_out_and_erased(pair: Pair) -> None:
    side = pair.a
    side.write(
        lambda db: MailPersonStore(db, side.hub.vault).put(
            "ana", side.act(), address="desk.ana@city.example"
        )
    )

    found = find(side, contact="Desk.Ana@city.example")

    assert found.users == ("ana",)
    assert find(side, contact="else@city.example").users == ()
    (account,) = export(side, found).held["accounts"]
    assert account["mail"]["address"] == "desk.ana@city.example"

    await erase_subject(node_of(side), found, side.act())

    assert find(side, contact="desk.ana@city.example").users == ()
    (account,) = export(side, found).held["accounts"]
    assert account["mail"] is None


def test_a_case_that_cannot_be_opened_is_named_and_stops_nothing(pair: Pair) -> None:
    broken, fine = case_of(pair.a, ANA), case_of(pair.a, ANA)
    pair.a.write(lambda db: db.execute("update cases set title = x'00' where id = ?", [broken]))

    found = find(pair.a, name="ana ruiz")

    assert (found.cases, found.unreadable) == ((fine,), (broken,))


def test_everything_that_is_held_is_in_the_export(pair: Pair) -> None:
    case = case_of(pair.a, ANA)
    note = read_message(
        {"case_id": case, "kind": "note", "text": "She is in a hurry."},
        pair.a.act("omar"),
        message_id=new_id(pair.a.now, pair.a.chance),
    )
    pair.a.write(lambda db: CaseStore(db, pair.a.hub.vault).add_message(note, pair.a.act("omar")))
    draft = read_draft_content({"text": "She needs three clauses."})
    pair.a.write(
        lambda db: DraftStore(db, pair.a.hub.vault).begin(
            case, draft, pair.a.act("omar"), pair.a.chance
        )
    )
    pair.a.do(offer_case, case, pair.b.host)
    pair.carry()
    expert = list_expert(pair.a, "Ana Ruiz")
    pair.a.write(
        lambda db: TokenStore(db).issue("ana", pair.a.act(), chance=pair.a.chance, label="desk")
    )

    file = read_attachment("tender.txt", b"We buy a chatbot.")
    pair.a.write(
        lambda db: AttachmentStore(db, pair.a.hub.vault).add(
            case, (file,), pair.a.act(), pair.a.chance, shown=True
        )
    )

    found = export(pair.a, find(pair.a, name="ana"))

    held = found.held
    (exported,) = held["cases"]
    assert found.files == {exported["files"][0]["path"]: b"We buy a chatbot."}
    assert exported["requester"]["contact"] == ANA["contact"]
    assert exported["question"] == FILED["question"]
    assert [each["text"] for each in exported["messages"]] == ["She is in a hurry."]
    assert [each["hub"] for each in exported["given_to_other_hubs"]] == [pair.b.host]
    assert [each["text"] for each in exported["drafts"]] == ["She needs three clauses."]
    assert "case.receive" in [row["what"] for row in exported["record"]]
    assert [each["id"] for each in held["expert_listings"]] == [expert]
    (account,) = held["accounts"]
    assert [each["label"] for each in account["tokens"]] == ["desk"]
    assert "token.issue" in [row["what"] for row in account["record"]]


@pytest.mark.parametrize("sensitivity", ["data-none", "data-personal", "data-special"])
def test_people_get_their_own_data_whatever_it_is_and_it_is_noted(
    pair: Pair, sensitivity: str
) -> None:
    case = case_of(pair.a, ANA, sensitivity=sensitivity)

    exported = export(pair.a, find(pair.a, name="ana ruiz"))

    assert [each["id"] for each in exported.held["cases"]] == [case]
    assert exported.withheld == ()
    assert audit(pair.a, case)[0] == "subject.export"
    assert "Ana" not in repr(exported)


def test_what_was_erased_meanwhile_is_withheld_with_the_reason(pair: Pair) -> None:
    case = case_of(pair.a, ANA)
    subject = Subject(cases=(case,), experts=(), users=())
    pair.a.write(lambda db: CaseStore(db, pair.a.hub.vault).erase(case, pair.a.act()))

    exported = export(pair.a, subject)

    assert exported.held["cases"] == []
    assert [what for what, _ in exported.withheld] == [case]
    assert "subject.export" not in audit(pair.a, case)


async def test_erasing_takes_cases_listings_and_the_copies_elsewhere(pair: Pair) -> None:
    case, other = case_of(pair.a, ANA), case_of(pair.a, BEN)
    pair.a.do(offer_case, case, pair.b.host)
    pair.carry()
    copy = pair.b.do(accept_offer, pair.b.only_offer().id).case_id
    assert copy is not None
    pair.carry()
    expert = list_expert(pair.a, "Ana Ruiz")

    done = await erase_subject(node_of(pair.a), find(pair.a, name="ana"), pair.a.act("olga"))
    pair.carry()

    assert [each.tombstone.id for each in done.cases] == [case]
    assert done.experts == (expert,)
    assert "ana" in [each.what for each in done.stays]
    for side, gone in ((pair.a, case), (pair.b, copy)):
        with pytest.raises(CaseErased):
            side.case(gone)
    assert pair.a.case(other)
    assert find(pair.a, name="ana ruiz").empty
    assert audit(pair.a, case)[0] == "subject.erase"


async def test_the_preview_says_what_will_be_done(pair: Pair) -> None:
    held, free = case_of(pair.a, ANA), case_of(pair.a, ANA)
    hold(pair.a, held)
    pair.a.do(offer_case, free, pair.b.host)
    pair.carry()
    subject = find(pair.a, name="ana ruiz")

    preview = pair.a.read(lambda db: preview_erasure(db, pair.a.hub, subject, pair.a.act("olga")))
    done = await erase_subject(node_of(pair.a), subject, pair.a.act("olga"))

    assert preview.cases == (free,)
    assert preview.hubs == ((pair.b.host, f"is told to destroy its copy of case {free}"),)
    assert [each.tombstone.id for each in done.cases] == [free]
    assert preview.stays == done.stays
    assert "until 2026-12-24" in done.stays[0].why
    assert pair.a.case(held).title


async def test_erasing_can_be_cut_off_and_run_again(pair: Pair) -> None:
    cases = (case_of(pair.a, ANA), case_of(pair.a, ANA))
    expert = list_expert(pair.a, "Ana Ruiz")
    subject = find(pair.a, name="ana ruiz")
    first = Subject(cases=cases[:1], experts=(expert,), users=())
    await erase_subject(node_of(pair.a), first, pair.a.act("olga"))

    await erase_subject(node_of(pair.a), subject, pair.a.act("olga"))

    for case in cases:
        with pytest.raises(CaseErased):
            pair.a.case(case)
    assert pair.a.read(lambda db: ExpertStore(db).list().items) == ()


def a_mail(sender: str, text: str, number: int = 1) -> IncomingMail:
    return IncomingMail(
        sender=sender,
        subject="Cameras",
        text=text,
        language="en",
        files=(("plan.txt", b"Forty of them."),),
        left_out=0,
        cut=False,
        identity=f"{number}@{sender}".encode(),
        answers=(),
    )


def wrote(side: Side, *mails: IncomingMail) -> list[str]:
    def work(db: Any) -> list[str]:
        for mail in mails:
            take_mail(db, side.hub, mail, mail.files, side.now)
        return UnconfirmedStore(db, side.hub.vault).ids()

    return side.write(work)


async def test_a_mail_that_waits_to_be_confirmed_is_found_handed_out_and_erased(
    pair: Pair,
) -> None:
    """It lay there for a week, and whoever asked for their data was told that nothing is held."""
    hers, his = wrote(
        pair.a,
        a_mail("ana.ruiz@city.example", "May we?"),
        a_mail("ben@ngo.example", "Ask Ana Ruiz Gómez."),
    )

    subject = find(pair.a, contact="ana.ruiz@city.example")
    named = find(pair.a, name="Ana Ruiz Gómez")
    found = export(pair.a, subject)
    preview = pair.a.read(lambda db: preview_erasure(db, pair.a.hub, subject, pair.a.act()))
    done = await erase_subject(node_of(pair.a), subject, pair.a.act())
    again = await erase_subject(node_of(pair.a), subject, pair.a.act())

    assert (subject.mails, subject.mentions, subject.empty) == ((hers,), (), False)
    assert (named.mails, named.mentions) == ((), (his,))
    (mail,) = found.held["unconfirmed_mails"]
    assert (mail["from"], mail["text"]) == ("ana.ruiz@city.example", "May we?")
    assert found.files == {mail["files"][0]: b"Forty of them."}
    assert preview.mails == done.mails == (hers,)
    assert again.mails == ()
    assert pair.a.read(lambda db: UnconfirmedStore(db, pair.a.hub.vault).ids()) == [his]
    assert audit(pair.a, hers) == ["subject.erase", "subject.export"]


def test_receipt_days_and_versions_of_drafts_are_handed_out_too(pair: Pair) -> None:
    content = read_case_content({**FILED, "requester": ANA})
    case = pair.a.write(lambda db: take_in(db, pair.a.hub, content, pair.a.act())).case_id
    store, act = DraftStore, pair.a.act("omar")

    def work(db: Any) -> None:
        drafts, cases = store(db, pair.a.hub.vault), CaseStore(db, pair.a.hub.vault)
        first = drafts.begin(case, read_draft_content({"text": "One."}), act, pair.a.chance)
        second = read_draft_content({"text": "Two."})
        drafts.write(case, first.id, first.revision, second, act, pair.a.chance)
        due = Due(date(2027, 1, 31), "The council meets.")
        DueStore(db).put(case, DueKind.ANSWER, due, cases.open_key(case))

    pair.a.write(work)

    (exported,) = export(pair.a, find(pair.a, name="Ana Ruiz")).held["cases"]

    assert exported["receipt"]["receipt"]["type"] == "hub:Receipt"
    assert len(bytes.fromhex(exported["receipt"]["salt"])) >= 16
    assert exported["due"] == [
        {"what": "answer", "day": "2027-01-31", "reason": "The council meets."}
    ]
    (draft,) = exported["drafts"]
    assert [(each["by"], each["text"]) for each in draft["versions"]] == [
        ("omar", "One."),
        ("omar", "Two."),
    ]
    (account,) = export(pair.a, Subject((), (), ("omar",))).held["accounts"]
    assert [(each["case"], each["version"]) for each in account["draft_versions"]] == [
        (case, 1),
        (case, 2),
    ]
