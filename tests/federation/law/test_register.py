"""The register of processing: what is configured and what is held, nothing about anybody."""

from dataclasses import replace
from datetime import date

import pytest

from content.cases.retention import Periods
from federation.escalation.offering import offer_case
from federation.law.agreements import EEA, NothingToNote, note_agreement, transfer_need
from federation.law.register import Controller, Recipient, Register, processing_register
from federation.peers import Peer, PeerNotFound, PeerStore
from tests.federation.escalation.pair import CANARIES, Pair, Side
from tests.federation.law.test_erasing import erase

CITY = Controller(
    name="City of New York", contact="hub@ny.example", dpo="dpo@ny.example", legal_basis="consent"
)


def register(side: Side, controller: Controller = CITY, **periods: int) -> Register:
    return side.read(
        lambda db: processing_register(db, side.hub, controller, Periods(**periods), side.now)
    )


def recipient(pair: Pair) -> Recipient:
    (only,) = register(pair.a).recipients
    return only


def text_of(found: Register) -> str:
    return repr(found)


def test_it_names_the_controller_the_officer_and_the_ground(pair: Pair) -> None:
    found = register(pair.a)

    assert (found.controller, found.country) == (CITY, "NL")
    assert "consent (GDPR Art. 6(1)(a))" in {each.basis for each in found.activities}


def test_it_tells_the_periods_as_they_are_set(pair: Pair) -> None:
    found = text_of(
        register(
            pair.a,
            case_months=13,
            attachments_months=5,
            copy_days=91,
            access_months=11,
            delivery_days=29,
        )
    )

    for period in ("13 months", "5 months", "91 days", "11 months", "29 days"):
        assert period in found


def test_it_counts_what_is_held_and_tells_nothing_about_anybody(pair: Pair) -> None:
    pair.a.has_case()
    pair.a.has_case()

    found = register(pair.a)

    assert "open: 2" in found.activities[0].facts
    assert not any(canary.decode() in text_of(found) for canary in CANARIES)


def test_a_hub_without_mail_names_no_processor_for_it(pair: Pair) -> None:
    without = register(pair.a)
    with_mail = register(pair.a, replace(CITY, mail_server="smtp.ny.example"))

    assert "Mails" not in [each.name for each in without.activities]
    assert "smtp.ny.example" in with_mail.activities[-1].recipients[0]


def test_peers_are_recipients_with_what_went_there(pair: Pair) -> None:
    case = pair.a.has_case()
    pair.a.do(offer_case, case.id, pair.b.host)
    pair.carry()
    before = recipient(pair)
    erase(pair.a, case.id)

    assert (before.host, before.given) == (pair.b.host, 1)
    assert recipient(pair).given == 0
    pair.a.sets_peer(pair.b, state="suspended")
    assert register(pair.a).recipients == ()


def test_a_transfer_without_a_ground_is_said_until_one_is_noted(pair: Pair) -> None:
    pair.a.sets_peer(pair.b, country="KE")
    before = recipient(pair)

    pair.a.write(
        lambda db: note_agreement(
            db,
            pair.b.host,
            pair.a.act(),
            agreement=" Letter of 2026 ",
            agreed_on=date(2026, 11, 2),
            transfer_basis="clauses",
        )
    )

    after = recipient(pair)
    assert (before.missing, before.agreement) == (True, "")
    assert (after.missing, after.agreement, after.agreed_on) == (
        False,
        "Letter of 2026",
        "2026-11-02",
    )
    assert "standard contractual clauses" in after.transfer


def peer_in(pair: Pair, country: str, basis: str = "") -> Peer:
    pair.a.sets_peer(pair.b, country=country, transfer_basis=basis)
    return pair.a.read(lambda db: PeerStore(db).get(pair.b.host))


@pytest.mark.parametrize(
    ("own", "theirs", "basis", "need"),
    [
        ("NL", "NL", "", "inside"),
        ("NL", "NO", "", "inside"),
        ("US", "US", "", "inside"),
        ("NL", "US", "", "missing"),
        ("US", "NL", "", "missing"),
        ("NL", "KE", "none", "missing"),
        ("NL", "KE", "arrangement", "stated"),
        ("NL", "", "", "missing"),
    ],
)
def test_a_ground_is_needed_beyond_the_country_and_the_eea(
    pair: Pair, own: str, theirs: str, basis: str, need: str
) -> None:
    assert transfer_need(own, peer_in(pair, theirs, basis)) == need


def test_the_eea_has_the_thirty_countries_it_has() -> None:
    assert len(EEA) == 30
    assert not EEA & {"CH", "GB", "XK", "TR"}


def test_what_is_not_said_stays_as_it_was_noted(pair: Pair) -> None:
    act = pair.a.act()
    pair.a.write(lambda db: note_agreement(db, pair.b.host, act, agreement="Letter"))

    changed = pair.a.write(
        lambda db: note_agreement(db, pair.b.host, act, transfer_basis="adequacy")
    )

    assert (changed.agreement, changed.transfer_basis) == ("Letter", "adequacy")
    with pytest.raises(NothingToNote):
        pair.a.write(lambda db: note_agreement(db, pair.b.host, act))
    with pytest.raises(PeerNotFound):
        pair.a.write(lambda db: note_agreement(db, "nobody.example", act, agreement="x"))
