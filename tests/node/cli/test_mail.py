"""Mails at the terminal: where they go, and what to do with those that failed."""

import pytest

from content.database import connect, transaction
from content.ids import new_id
from tests.node.cli.terminal import Terminal
from tests.seams import START, SeededChance


def a_failed_mail(terminal: Terminal) -> None:
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        db.execute(
            "insert into mail_letters (id, message, recipient, state, attempts, reason, made_at,"
            " due) values (7, ?, 'user/mireia', 'failed', 3, 'refused: 550 5.1.1',"
            " '2026-11-24T09:30:00.000Z', '2026-11-24T09:30:00.000Z')",
            (new_id(START, SeededChance()),),
        )
        db.execute(
            "insert into mail_occasions (recipient, kind, subject, noted_at, due, letter) values"
            " ('user/mireia', 'assigned', 'x', '2026-11-24', '2026-11-24', 7)"
        )
    db.close()


def test_where_mails_go_is_set_shown_and_forgotten(terminal: Terminal) -> None:
    added = terminal.json(
        *("user", "add", "mireia", "--role", "caseworker", "--email", "mireia@hub.example")
    )
    changed = terminal.json(
        *("user", "set", "mireia", "--mail-language", "ar", "--mute", "due-soon"),
        *("--mute", "overdue"),
    )
    again = terminal.json("user", "set", "mireia", "--unmute", "overdue")
    listed = terminal.json("user", "list")["items"]
    gone = terminal.json("user", "set", "mireia", "--no-email")

    assert added["email"] == "mireia@hub.example"
    assert (changed["email"], changed["mail_language"]) == ("mireia@hub.example", "ar")
    assert changed["muted"] == ["due-soon", "overdue"]
    assert again["muted"] == ["due-soon"]
    assert next(u for u in listed if u["name"] == "mireia") == again
    assert gone["email"] is None
    assert terminal.rows("select * from mail_people") == []


@pytest.mark.parametrize(
    "address",
    [
        "mireia",
        "a@b",
        "mireia@hub.example\nBcc: all@x.example",
        "M <m@hub.example>",
        "m@-x.example",
    ],
)
def test_what_is_no_address_is_refused_and_nobody_is_added(
    terminal: Terminal, address: str
) -> None:
    before = terminal.contents()

    printed = terminal.run("user", "add", "m", "--role", "reader", "--email", address)

    assert printed.status == 1
    assert "mail address" in printed.err
    assert terminal.contents() == before


@pytest.mark.parametrize(
    ("options", "status"),
    [((), 2), (("--no-email", "--mute", "overdue"), 2), (("--mute", "overdue"), 1)],
    ids=["nothing", "both", "no-address-yet"],
)
def test_a_change_that_makes_no_sense_is_refused(
    terminal: Terminal, options: tuple[str, ...], status: int
) -> None:
    printed = terminal.run("user", "set", "femke", *options)

    assert printed.status == status
    assert terminal.rows("select * from mail_people") == []


def test_an_address_is_not_in_the_database_in_plain(terminal: Terminal) -> None:
    terminal.run("user", "set", "femke", "--email", "femke@secrethost.example")

    everything = b"".join(path.read_bytes() for path in terminal.home.glob("hub.sqlite*"))

    assert b"secrethost" not in everything


def test_a_failed_mail_is_shown_sent_again_and_given_up(terminal: Terminal) -> None:
    a_failed_mail(terminal)

    shown = terminal.run("mail", "status")
    as_json = terminal.json("mail", "status")
    retried = terminal.json("mail", "retry", "7")
    dropped = terminal.run("mail", "drop", "7")

    assert "550 5.1.1" in shown.out
    assert as_json["items"][0]["to"] == "user/mireia"
    assert as_json["counts"]["failed"] == 1
    assert retried == {"number": 7, "done": "retry"}
    assert (dropped.status, dropped.out) == (1, "")
    assert terminal.json("mail", "status")["counts"]["waiting"] == 1


def test_doctor_tells_of_failed_mails_and_of_a_password_that_is_missing(
    terminal: Terminal,
) -> None:
    a_failed_mail(terminal)
    server = {"HUB_SMTP_HOST": "127.0.0.1", "HUB_SMTP_TLS": "none"}

    well = terminal.run("doctor", **server, HUB_MAIL_SENDER="hub@hub.example")
    broken = terminal.run(
        "doctor", **server, HUB_MAIL_SENDER="hub@hub.example", HUB_SMTP_USER="hub"
    )
    none = terminal.run("doctor")

    assert "mail: 1 failed" in well.out
    assert "HUB_SMTP_PASSWORD" in broken.out
    assert broken.status == 1
    assert "no mail server is set" in none.out


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"HUB_SMTP_HOST": "mail.x.example"}, "MAIL_SENDER"),
        ({"HUB_SMTP_HOST": "m.x.example", "HUB_SMTP_TLS": "none"}, "SMTP_TLS"),
        ({"HUB_SMTP_HOST": "127.0.0.1.x.example", "HUB_SMTP_TLS": "none"}, "SMTP_TLS"),
        ({"HUB_IMAP_HOST": "m.x.example", "HUB_IMAP_USER": "u"}, "SMTP_HOST"),
        ({"HUB_MAIL_SENDER": "hub"}, "HUB_MAIL_SENDER"),
        ({"HUB_SMTP_HOST": "http://mail"}, "HUB_SMTP_HOST"),
    ],
)
def test_settings_of_mail_that_do_not_fit_are_refused(
    terminal: Terminal, settings: dict[str, str], named: str
) -> None:
    printed = terminal.run("mail", "status", **settings)

    assert printed.status == 1
    assert named in printed.err.upper()


def test_a_password_file_that_others_can_read_is_refused(terminal: Terminal) -> None:
    secret = terminal.home / "smtp-password"
    secret.write_text("s3cret\n")
    secret.chmod(0o644)
    settings = {
        "HUB_SMTP_HOST": "127.0.0.1",
        "HUB_SMTP_TLS": "none",
        "HUB_SMTP_USER": "hub",
        "HUB_MAIL_SENDER": "hub@hub.example",
        "HUB_SMTP_PASSWORD_FILE": str(secret),
    }

    open_to_all = terminal.run("doctor", **settings)
    secret.chmod(0o600)
    closed = terminal.run("doctor", **settings)

    assert "chmod 600" in open_to_all.out
    assert "mail: sent by 127.0.0.1" in closed.out


MAIL = (
    b"From: Ana <ana@city.example>\r\nTo: hub@hub.example\r\nSubject: Cameras\r\n"
    b"Message-ID: <1@city.example>\r\n\r\nMay we?\r\n"
)
SERVER = {
    "HUB_SMTP_HOST": "127.0.0.1",
    "HUB_SMTP_TLS": "none",
    "HUB_MAIL_SENDER": "hub@hub.example",
}


def test_a_mail_that_is_piped_in_waits_for_its_sender(terminal: Terminal) -> None:
    first = terminal.run("mail", "receive", "--json", text=MAIL, **SERVER)
    again = terminal.run("mail", "receive", text=MAIL, **SERVER)

    assert (first.status, first.json) == (0, {"outcome": "waiting"})
    assert (again.status, again.out) == (0, "The mail came before.\n")
    assert terminal.json("mail", "status")["counts"]["unconfirmed"] == 1
    assert terminal.rows("select count(*) from cases") == [(0,)]


@pytest.mark.parametrize(
    "mail", [b"", b"\x00\xff", MAIL.replace(b"To:", b"Precedence: bulk\r\nTo:")]
)
def test_what_is_not_taken_ends_well_so_that_nothing_bounces(
    terminal: Terminal, mail: bytes
) -> None:
    printed = terminal.run("mail", "receive", "--json", text=mail, **SERVER)

    assert (printed.status, printed.json) == (0, {"outcome": "not-taken"})
    assert terminal.rows("select * from mail_requests") == []


@pytest.mark.parametrize("trouble", ["no-server", "no-hub", "wrong-setting"])
def test_what_cannot_be_decided_now_is_to_come_again(terminal: Terminal, trouble: str) -> None:
    where = Terminal(terminal.home / "nowhere") if trouble == "no-hub" else terminal
    settings = {} if trouble == "no-server" else dict(SERVER)
    if trouble == "wrong-setting":
        settings["HUB_SMTP_TLS"] = "perhaps"

    printed = where.run("mail", "receive", text=MAIL, **settings)

    assert (printed.status, printed.out) == (75, "")
    assert printed.err.startswith("Not now: ")
    assert "ana@" not in printed.err
