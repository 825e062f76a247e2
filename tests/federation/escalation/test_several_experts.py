"""Several people of the receiver work on one copy and send one answer; no names leave."""

import pytest
import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.draft_store import DraftStore
from content.cases.drafts import RemarkKind, read_draft_content
from content.cases.store import CaseNotFound, CaseStore
from content.changes import Act
from content.people.authentication import Principal
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.answering import answer_case
from federation.escalation.answering import accept_offer, assign_offer
from federation.escalation.offering import offer_case
from federation.escalation.reading import read_thread
from tests.federation.escalation.pair import Pair, Side


def expert(side: Side, name: str) -> Principal:
    user = User(name=name, display_name=name, role=Role.EXPERT, active=True, created_at=side.now)
    side.write(lambda db: UserStore(db).add(user, side.act()))
    return Principal(name=name, role=Role.EXPERT)


def test_two_experts_review_each_other_and_one_answer_leaves_without_their_names(
    pair: Pair,
) -> None:
    noor, lin = expert(pair.b, "noor"), expert(pair.b, "lin")
    stranger = expert(pair.b, "piet")
    out = pair.a.do(offer_case, pair.a.has_case().id, pair.b.host)
    pair.carry()
    incoming = pair.b.do(accept_offer, pair.b.only_offer().id, assigned_to=("noor",))
    pair.b.do(assign_offer, incoming.id, to=("noor", "lin"))
    case_id = incoming.case_id
    assert case_id is not None

    hub = pair.b.hub

    def work(db: sqlite_utils.Database) -> None:
        cases, drafts = CaseStore(db, hub.vault), DraftStore(db, hub.vault)
        for one in (noor, lin):
            copy = case_seen_by(one, cases, case_id)
            assert copy.requester.name == copy.requester.contact == ""
        with pytest.raises(CaseNotFound):
            case_seen_by(stranger, cases, case_id)
        first, second = (Act(name, pair.b.now) for name in ("noor", "lin"))
        mine = drafts.begin(case_id, read_draft_content({"text": "Clause one."}), first, hub.chance)
        drafts.begin(case_id, read_draft_content({"text": "Clause two."}), second, hub.chance)
        drafts.remark(case_id, mine.id, RemarkKind.APPROVAL, "", second, read=1)
        used = tuple((each.id, each.revision) for each in drafts.of(case_id))
        text = "Clause one.\n\nClause two."
        answer_case(db, hub, case_id, pair.b.act(), text=text, drafts=used)

    pair.b.write(work)
    pair.carry()

    assert pair.states(out) == ("esc-answered", "esc-answered")
    thread = pair.a.read(lambda db: read_thread(db, pair.a.hub, out.id))
    assert [each.text for each in thread.messages] == ["Clause one.\n\nClause two."]
    assert {each.author for each in thread.messages} == {f"hub:{pair.b.host}"}
    for name in (b"noor", b"lin@"):
        assert name not in pair.a.file_bytes()
    assert ("assigned", case_id, None) in pair.b.notices("noor")
    assert ("assigned", case_id, None) in pair.b.notices("lin")
