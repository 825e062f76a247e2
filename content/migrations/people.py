"""Tables about users; the users themselves are in content/migrations/cases.py."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("people")


@migrations()
def m001_profiles(db: sqlite_utils.Database) -> None:
    """What users know, so that a case can be matched with them: JSON lists of ids and of tags."""
    db.execute(
        "create table users_profiles ("
        " user text primary key references users (name),"
        " topics text not null,"
        " languages text not null"
        ") strict, without rowid"
    )


@migrations()
def m002_signing_in(db: sqlite_utils.Database) -> None:
    """Passwords as Argon2id, sessions and invitations as SHA-256: no secret is kept itself."""
    db.execute(
        "create table users_passwords ("
        " user text primary key references users (name),"
        " phc text not null,"
        " set_at text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table users_sessions ("
        " id text primary key,"
        " sha256 blob not null unique,"
        " user text not null references users (name),"
        " way text not null,"
        " state text not null check (state in ('open', 'second-factor')),"
        " second_factor integer not null check (second_factor in (0, 1)),"
        " browser text not null,"
        " made_at text not null,"
        " seen_at text not null,"
        " ends_at text not null"
        ") strict, without rowid"
    )
    db.execute("create index users_sessions_by_user on users_sessions (user, id)")
    db.execute(
        "create table users_invitations ("
        " user text primary key references users (name),"
        " sha256 blob not null unique,"
        " made_at text not null,"
        " expires_at text not null"
        ") strict, without rowid"
    )


@migrations()
def m003_second_factors(db: sqlite_utils.Database) -> None:
    """Secrets of authenticator apps, encrypted; recovery codes as SHA-256."""
    db.execute(
        "create table users_totp ("
        " user text primary key references users (name),"
        " secret blob not null,"
        " made_at text not null,"
        " confirmed_at text,"
        " last_step integer not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table users_recovery_codes ("
        " user text not null references users (name),"
        " sha256 blob not null,"
        " primary key (user, sha256)"
        ") strict, without rowid"
    )


@migrations()
def m004_passkeys(db: sqlite_utils.Database) -> None:
    """Public keys of passkeys; their private halves stay with whoever holds them."""
    db.execute(
        "create table users_passkeys ("
        " id text primary key,"
        " user text not null references users (name),"
        " credential_id blob not null unique,"
        " public_key blob not null,"
        " sign_count integer not null,"
        " label text not null,"
        " made_at text not null,"
        " used_at text"
        ") strict, without rowid"
    )
    db.execute("create index users_passkeys_by_user on users_passkeys (user, id)")


@migrations()
def m005_identities(db: sqlite_utils.Database) -> None:
    """Who users are to identity providers."""
    db.execute(
        "create table users_identities ("
        " issuer text not null,"
        " subject text not null,"
        " user text not null references users (name),"
        " made_at text not null,"
        " primary key (issuer, subject)"
        ") strict, without rowid"
    )
    db.execute("create unique index users_identities_by_user on users_identities (user, issuer)")
