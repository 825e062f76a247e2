"""The word in places that no route of one hub fills alone: letters of other hubs, mails, notes."""

from pathlib import Path

import sqlite_utils

from content.cases.attachment import read_attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.changes import Act
from content.experts.contacts import ExpertContactStore
from content.experts.links import ExpertLinkStore
from content.ids import new_id
from content.incidents import IncidentStore, new_incident
from content.mail.incoming import IncomingMail
from content.mail.unconfirmed import UnconfirmedStore
from federation.escalation.answering import accept_offer, ask_origin, decline_offer
from federation.escalation.copying import Edits
from federation.escalation.escalation import Escalation
from federation.escalation.offering import offer_case
from federation.escalation.reading import list_escalations
from federation.escalation.receiving import take_sealed
from federation.hub import Node
from federation.mail_intake import confirm_mail, take_mail
from federation.peers import Peer, PeerStore
from federation.publishing_experts import add_expert
from protocol.activity import read_activity
from protocol.authority import Facts, KeyOwner, Standing, authorize
from protocol.intake import parse_document
from tests.federation.escalation.pair import FILED, Side, _collect
from tests.hubs.test_experts import an_expert

HOST = "far.example"


def a_mail(number: int) -> IncomingMail:
    """Return a mail that says the word wherever a mail can."""
    return IncomingMail(
        sender=f"canarysender{number}@city.example",
        subject="CANARYSUBJECT",
        text="CANARYMAILTEXT",
        language="en",
        files=(("CANARYMAILFILE.txt", b"CANARYMAILBYTES"),),
        identity=str(number).encode(),
    )


async def note_more(node: Node) -> None:
    """Note an incident, write mails, and keep the address of an expert."""
    now, hub = node.clock.now(), node.hub
    act = Act("operator", now)

    def work(db: sqlite_utils.Database) -> None:
        incidents = IncidentStore(db, hub.vault)
        for number in range(2):
            made = new_incident("CANARYINCIDENT", act.at, act, hub.chance, peers=("CANARYPEER",))
            incidents.add(made, act)
            if number:
                incidents.close(made.id, "CANARYENDING", act)
        unconfirmed = UnconfirmedStore(db, hub.vault)
        for number in range(2):
            mail = a_mail(number)
            take_mail(db, hub, mail, mail.files, now)
        told = unconfirmed.to_tell(unconfirmed.ids()[0])
        assert told is not None
        confirm_mail(
            db,
            hub,
            str(told[1]),
            role="who-ngo",
            language="en",
            mail_notices=True,
            now=now,
        )
        expert = add_expert(db, hub, an_expert("Somebody", scope="hub"), act)
        ExpertContactStore(db, hub.vault).put(
            expert.id, "canaryexpert@city.example", act, hub.chance
        )
        ExpertLinkStore(db, hub.vault).make(expert.id, now, hub.chance, to_send=True)

    await node.database.write(work)


class Letters:
    """Another hub, and a courier between it and the one under test."""

    def __init__(self, node: Node, folder: Path) -> None:
        self._node = node
        folder.mkdir()
        self._far = Side(HOST, folder)
        self._far.now = node.clock.now()

    async def travel(self) -> None:
        """Let both offer each other a case, ask about it, and decline another."""
        node, far = self._node, self._far
        identity, keys = node.hub.identity, node.hub.keys
        ours = Peer(
            actor=identity.actor,
            host=identity.host,
            g=identity.g,
            kind="hub",
            name=identity.name,
            country="NL",
            inbox=identity.inbox,
            state="active",
            document={},
            pinned_keys=(keys.signing.public,),
            sealing_keys=tuple(key.public for key in keys.sealing),
            added_by="ana",
            added_at=far.now,
        )
        far.write(lambda db: PeerStore(db).add(ours))
        theirs = Peer(
            actor=far.hub.identity.actor,
            host=HOST,
            g=far.hub.identity.g,
            kind="hub",
            name=HOST,
            country="NL",
            inbox=far.hub.identity.inbox,
            state="active",
            document={},
            pinned_keys=(far.hub.keys.signing.public,),
            sealing_keys=tuple(key.public for key in far.hub.keys.sealing),
            added_by="operator",
            added_at=far.now,
        )
        await node.database.write(lambda db: PeerStore(db).add(theirs))
        await self._offer_two()
        await self._carry()
        accepted, declined = [item.id for item in self._theirs()]
        far.do(accept_offer, accepted)
        far.do(ask_origin, accepted, "CANARYASKEDBACK")
        far.do(decline_offer, declined, reason="CANARYDECLINED")
        far.do(offer_case, far.has_case().id, identity.host)
        await self._carry()
        # Of two more the first is lost: the second waits here, encrypted, until its turn comes.
        for _ in range(2):
            far.do(offer_case, far.has_case().id, identity.host)
        for body in far.letters_out()[1:]:
            await self._arrives(body)

    def _theirs(self) -> list[Escalation]:
        far = self._far
        page = far.read(lambda db: list_escalations(db, far.hub, direction="in"))
        return list(page.items)

    async def _offer_two(self) -> None:
        node = self._node
        act = Act("operator", node.clock.now())

        def work(db: sqlite_utils.Database) -> None:
            for _ in range(2):
                content = read_case_content(FILED)
                case = Case.received(content, act, case_id=new_id(act.at, node.hub.chance))
                CaseStore(db, node.hub.vault).add(case, act)
                files = AttachmentStore(db, node.hub.vault)
                file = read_attachment("CANARYPLAN.txt", b"CANARYBYTES of a plan")
                files.add(case.id, (file,), act, node.hub.chance, shown=True)
                ids = tuple(each.id for each in files.list(case.id))
                offer_case(db, node.hub, case.id, HOST, act, Edits(attach=ids, attach_named=ids))

        await node.database.write(work)

    async def _carry(self) -> None:
        node, far = self._node, self._far
        now = node.clock.now()
        for body in await node.database.write(lambda db: _collect(db, now, "delivered")):
            if b"hub:Sealed" in body:
                _takes(far, body, node)
        for body in far.letters_out():
            await self._arrives(body)

    async def _arrives(self, body: bytes) -> None:
        node, far = self._node, self._far
        identity = far.hub.identity
        owner = KeyOwner(identity.actor, far.hub.keys.signing.id, identity.origin)
        facts = Facts(Standing.PEER, node.hub.identity.origin)
        verified = authorize(read_activity(parse_document(body)), owner, facts)
        act = Act(f"hub:{HOST}", node.clock.now())
        await node.database.write(lambda db: take_sealed(db, node.hub, verified, act))


def _takes(far: Side, body: bytes, node: Node) -> None:
    identity = node.hub.identity
    owner = KeyOwner(identity.actor, node.hub.keys.signing.id, identity.origin)
    facts = Facts(Standing.PEER, far.hub.identity.origin)
    verified = authorize(read_activity(parse_document(body)), owner, facts)
    act = Act(f"hub:{identity.host}", far.now)
    far.write(lambda db: take_sealed(db, far.hub, verified, act))
