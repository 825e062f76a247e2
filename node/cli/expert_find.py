"""The commands that find experts: list, search, show."""

import click

from content.experts.contacts import ExpertContactStore
from content.experts.expert import ExpertState
from content.experts.pauses import ExpertPauseStore
from content.experts.store import ExpertPage, ExpertStore
from content.people.permissions import Right
from content.search import ExpertQuery, search_experts
from federation.listing_care import unconfirmed as unconfirmed_of
from federation.policy import Audience, Door, visible_labels
from node.cli.desk import desk
from node.cli.expert_output import plain_expert
from node.cli.options import RECORD, Common, common, limited, paged
from node.cli.output import (
    Column,
    note,
    note_more,
    print_fields,
    print_json,
    print_table,
    print_text,
    when,
)
from node.cli.search_output import note_how_read
from node.cli.topics import topic_ids


@click.command("list")
@click.option("--state", type=click.Choice(["active", "paused"]), help="Only these.")
@click.option("--unconfirmed", is_flag=True, help="Only those not confirmed for half a year; all.")
@paged(50)
@common
def list_experts(
    common: Common, state: str | None, unconfirmed: bool, limit: int, cursor: str | None
) -> None:
    """
    List the experts of this hub.

    \b
    Example:
      hub expert list --state paused
      hub expert list --unconfirmed
    """
    wanted = None if state is None else ExpertState(state)
    if unconfirmed and (state is not None or cursor is not None):
        raise click.UsageError("--unconfirmed goes with neither --state nor --cursor.")
    with desk(common, Right.NETWORK_READ) as at:
        if unconfirmed:
            page = at.read(lambda db: ExpertPage(tuple(unconfirmed_of(db, at.act.at)), None))
        else:
            page = at.read(
                lambda db: ExpertStore(db).list(state=wanted, limit=limit, cursor=cursor)
            )
    if common.json:
        items = [plain_expert(expert) for expert in page.items]
        print_json({"items": items, "next_cursor": page.next_cursor})
        return
    if not page.items:
        note(
            "All listings were confirmed in the last half year."
            if unconfirmed
            else "No experts yet. Add one who agreed: hub expert add --help"
        )
        return
    print_table(
        [
            Column("id"),
            Column("name", elastic=True),
            Column("topics", elastic=True),
            Column("scope"),
            Column("state"),
        ],
        [
            (e.id, e.record.name, ", ".join(e.record.topics), e.record.scope.value, e.state.value)
            for e in page.items
        ],
    )
    note_more(page.next_cursor)


@click.command()
@click.argument("expert_id", type=RECORD, metavar="ID")
@common
def show(common: Common, expert_id: str) -> None:
    """
    Show an expert of this hub.

    \b
    Example:
      hub expert show 01KAT3Q8T6W3Y6M0S0V4N8Z2XH
    """
    with desk(common, Right.NETWORK_READ) as at:
        expert = at.read(lambda db: ExpertStore(db).get(expert_id))
        pause = at.read(lambda db: ExpertPauseStore(db).find(expert_id))
        contact = None
        if at.principal.may(Right.EXPERTS_EDIT):
            contact = at.read(lambda db: ExpertContactStore(db, at.hub.vault).find(expert_id))
    away = None if pause is None else {"from": pause.starts, "until": pause.ends}
    if common.json:
        email = contact.address if contact else None
        print_json({**plain_expert(expert), "email": email, "pause": away})
        return
    record = expert.record
    print_fields(
        [
            ("expert", expert.id),
            ("name", record.name),
            ("organisation", record.organisation),
            ("topics", record.topics),
            ("languages", record.languages),
            ("law of", record.jurisdictions),
            ("offers", record.offers),
            ("hours a month", record.capacity_hours),
            ("conflicts", record.conflicts),
            ("scope", record.scope.value),
            ("state", expert.state.value),
            ("agreed", when(record.consent_at)),
            ("confirmed", when(record.confirmed_at)),
            ("away from", pause.starts if pause else None),
            ("away until", pause.ends if pause else None),
            ("mail", contact.address if contact else None),
            ("example", "yes, an invented person" if record.example else None),
        ]
    )
    for tag, text in record.bio.items():
        print_text(tag, text)


@click.command()
@click.argument("words", required=False, default="")
@click.option("--topic", metavar="TOPIC", help="With all its narrower topics.")
@click.option("--language", metavar="TAG", help="They work in.")
@click.option("--hub", metavar="HOST", help="Only of this hub.")
@limited(20)
@common
def search(
    common: Common,
    words: str,
    topic: str | None,
    language: str | None,
    hub: str | None,
    limit: int,
) -> None:
    """
    Search the experts of this hub and those that other hubs share with it.

    \b
    Example:
      hub expert search "contract clauses" --language es
    """
    asked = ExpertQuery(
        q=words,
        topic=None if topic is None else topic_ids((topic,))[0],
        language=language,
        hub=hub,
        labels=visible_labels(Door.API, Audience.STAFF),
        limit=limit,
    )
    with desk(common, Right.NETWORK_READ) as at:
        page = at.read(lambda db: search_experts(db, asked))
    if common.json:
        print_json(
            {
                "total": page.total,
                "total_is_exact": page.total_is_exact,
                "with_all_words": page.with_all_words,
                "missing": page.missing,
                "read_as": page.read_as,
                "items": [
                    {
                        "id": found.place.url,
                        "hub": found.place.hub,
                        **found.record.model_dump(mode="json"),
                    }
                    for found in page.items
                ],
            }
        )
        return
    note_how_read(page)
    if not page.items:
        note("Nobody found. Try fewer words, or a broader topic.")
        return
    print_table(
        [
            Column("name", elastic=True),
            Column("hub", elastic=True),
            Column("topics", elastic=True),
            Column("languages"),
        ],
        [
            (
                found.record.name,
                found.place.hub,
                ", ".join(found.record.topics),
                " ".join(found.record.languages),
            )
            for found in page.items
        ],
    )
    note(f"{page.total} found.")
