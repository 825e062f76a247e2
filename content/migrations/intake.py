"""Tables of taking requests in: what a request says, its attachments, receipts, and redress."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("intake")


@migrations()
def m001_whole_request(db: sqlite_utils.Database) -> None:
    """
    All that a request says. What sorts and finds cases is plain, the rest is one encrypted text.

    Cases from before have null in all of it; an erased one has it again.
    """
    for column in ("details blob", "request_type text", "stage text", "urgency text"):
        db.execute(_until_erased(column))
    db.execute(_until_erased("deadline text"))
    db.execute("create index cases_by_deadline on cases (deadline) where deadline is not null")


def _until_erased(column: str) -> str:
    name = column.split()[0]
    return (
        f"alter table cases add column {column} check (status <> 'case-erased' or {name} is null)"
    )


@migrations()
def m002_attachments(db: sqlite_utils.Database) -> None:
    """
    Files of a case, encrypted under its key in parts of at most 256 KiB.

    details: name, media type and digests, encrypted. size: bytes, for the cap of a case. shown:
    whether the requester sees it.
    """
    db.execute(
        "create table case_attachments ("
        " id text primary key,"
        " case_id text not null references cases (id),"
        " added_by text not null,"
        " added_at text not null,"
        " size integer not null,"
        " shown integer not null,"
        " details blob not null"
        ") strict"
    )
    db.execute("create index case_attachments_by_case on case_attachments (case_id, id)")
    db.execute(
        "create table case_attachment_parts ("
        " attachment_id text not null references case_attachments (id),"
        " place integer not null,"
        " case_id text not null,"
        " data blob not null,"
        " primary key (attachment_id, place)"
        ") strict"
    )
    db.execute("create index case_attachment_parts_by_case on case_attachment_parts (case_id)")


@migrations()
def m003_receipts(db: sqlite_utils.Database) -> None:
    """
    Receipts, the codes to come back with, and what was answered to a repeated filing.

    details: receipt and salt, encrypted under the key of the case. mark: HMAC of a code, or of an
    idempotency key, under the hub key. opens: the case; the row outlives its erasure, so that the
    requester can be told of it. bodies: ids of redress bodies, after a redirection, until ends_at.
    """
    db.execute(
        "create table case_receipts ("
        " case_id text primary key references cases (id),"
        " details blob not null"
        ") strict"
    )
    db.execute(
        "create table receipt_codes ("
        " mark blob primary key,"
        " opens text not null,"
        " issued_at text not null,"
        " bodies text,"
        " ends_at text"
        ") strict"
    )
    db.execute("create unique index receipt_codes_by_case on receipt_codes (opens)")
    db.execute(
        "create table filings ("
        " mark blob primary key,"
        " request blob not null,"
        " answer blob not null,"
        " filed_at text not null"
        ") strict"
    )
    db.execute("create index filings_by_time on filings (filed_at)")
    db.execute(
        "alter table cases add column feedback text"
        " check (status <> 'case-erased' or feedback is null)"
    )


@migrations()
def m004_redress(db: sqlite_utils.Database) -> None:
    """What this hub changed in the list of redress bodies; without a record: taken off it."""
    db.execute("create table redress_bodies (id text primary key, record text) strict")
