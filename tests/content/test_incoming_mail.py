"""Mails as they come: read within limits, or refused with the reason; never anything else."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.mail.incoming import (
    CUT,
    LARGEST_MAIL,
    LONGEST_TEXT,
    MOST_FILES,
    MailNotTaken,
    Why,
    read_mail,
)

HEAD = b"From: Ana <ana@city.example>\r\nTo: help@hub.example\r\nSubject: Cameras\r\n"
LETTER = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"


def written(text: str = "May we?", **headers: str) -> EmailMessage:
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Ana <ana@city.example>"
    message["Subject"] = "Cameras"
    message["Message-ID"] = "<1@city.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def refused(raw: bytes, own: str = "") -> Why:
    with pytest.raises(MailNotTaken) as caught:
        read_mail(raw, own=own)
    return caught.value.why


def test_a_plain_mail_is_sender_subject_and_text() -> None:
    mail = read_mail(written("May we?\n\nAna").as_bytes())

    assert (mail.sender, mail.subject, mail.text) == (
        "ana@city.example",
        "Cameras",
        "May we?\n\nAna",
    )
    assert mail.files == ()


def test_files_are_taken_as_they_are_with_their_names() -> None:
    message = written()
    message.add_attachment(
        b"%PDF-1.7", maintype="application", subtype="pdf", filename="tænder.pdf"
    )

    assert read_mail(message.as_bytes()).files == (("tænder.pdf", b"%PDF-1.7"),)


def test_of_two_forms_of_one_text_the_plain_one_is_read() -> None:
    message = written("plain")
    message.add_alternative("<p>rich</p>", subtype="html")

    assert read_mail(message.as_bytes()).text == "plain"


def test_html_becomes_text_without_anything_that_could_be_fetched_or_run() -> None:
    message = written()
    message.set_content(
        "<html><head><title>T</title><style>p{}</style></head><body><script>evil()</script>"
        '<p>One &amp; two</p><img src="http://track.example/x.png"><!-- hidden -->'
        '<a href="http://x.example/y">a link</a><br>three &lt;b&gt;</body></html>',
        subtype="html",
    )

    text = read_mail(message.as_bytes()).text

    assert text.split() == ["One", "&", "two", "a", "link", "three", "<b>"]
    for gone in ("evil", "track", "http", "hidden", "p{}"):
        assert gone not in text


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-8859-1", "¿Podemos?"),
        ("windows-1256", "هل يمكننا؟"),
        ("koi8-r", "Можно ли?"),
        ("shift_jis", "できますか"),
        ("utf-16", "Größe"),
    ],
)
def test_charsets_of_the_world_are_read(charset: str, text: str) -> None:
    raw = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()

    assert read_mail(raw + text.encode(charset)).text == text


@pytest.mark.parametrize(
    "charset", ["no-such", "zip", "punycode", "utf-7", "idna", "", "\udcff", "=?"]
)
def test_a_charset_that_is_none_is_read_as_utf_8(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode("utf-8", "surrogateescape")

    assert read_mail(HEAD + head + "é+AGE-".encode()).text == "é+AGE-"


def test_a_reply_names_the_letters_that_it_answers() -> None:
    mail = read_mail(
        written(
            Subject="RE: Fwd: AW: Cameras",
            In_Reply_To=f"<{LETTER}@hub.example>",
            References=f"<other@x.example> <{LETTER}@hub.example>",
        ).as_bytes()
    )

    assert mail.answers == (LETTER,)
    assert mail.subject == "Cameras"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"List-Id": "<l.example>"},
        {"List-Unsubscribe": "<mailto:x@l.example>"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
        {"From": "MAILER-DAEMON@x.example"},
        {"From": "help@hub.example"},
    ],
    ids=str,
)
def test_what_a_program_wrote_is_refused_so_that_nothing_goes_round(
    headers: dict[str, str],
) -> None:
    assert refused(written(**headers).as_bytes(), own="Help@hub.example") is Why.AUTOMATIC


def test_a_bounce_is_refused() -> None:
    raw = HEAD + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b--\r\n"

    assert refused(raw) is Why.AUTOMATIC


def test_a_person_who_says_so_is_taken() -> None:
    message = written(**{"Auto-Submitted": "no", "Return-Path": "<ana@city.example>"})

    assert read_mail(message.as_bytes()).text == "May we?"


@pytest.mark.parametrize(
    "sender",
    [
        b"",
        b"From: \r\n",
        b"From: Ana\r\n",
        b"From: a@x.example\r\nFrom: b@x.example\r\n",
        b"From: <a@x.example\r\n\tBcc: b@x.example>\r\n",
        b"From: a@x.example, b@x.example\r\n",
        b"From: " + b"a" * 5000 + b"@x.example\r\n",
    ],
)
def test_a_mail_without_one_sender_is_refused(sender: bytes) -> None:
    assert refused(sender + b"Subject: x\r\n\r\ntext") is Why.NO_SENDER


def test_a_mail_that_is_too_large_is_refused_with_its_sender() -> None:
    with pytest.raises(MailNotTaken) as caught:
        read_mail(HEAD + b"\r\n" + b"x" * LARGEST_MAIL)

    assert (caught.value.why, caught.value.sender) == (Why.TOO_LARGE, "ana@city.example")
    assert "ana" not in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [
        b"X: " + b"x" * 200_000,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200,
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 6000,
        HEAD
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(2000)
        ),
    ],
    ids=["headers", "parts", "many-parts", "deep"],
)
def test_what_would_cost_too_much_is_refused(raw: bytes) -> None:
    assert refused(raw) is Why.UNREADABLE


def test_a_mail_without_text_and_subject_is_empty() -> None:
    assert refused(b"From: ana@city.example\r\n\r\n \r\n") is Why.EMPTY
    assert read_mail(HEAD + b"\r\n").text == "Cameras"


def test_a_long_text_is_cut_and_says_so() -> None:
    mail = read_mail(written("é" * 40_000).as_bytes())

    assert mail.cut
    assert mail.text.endswith(CUT)
    assert len(mail.text.encode()) <= LONGEST_TEXT + len(CUT.encode())


def test_more_files_than_a_case_holds_are_counted() -> None:
    message = written()
    for number in range(MOST_FILES + 3):
        message.add_attachment(b"x", maintype="text", subtype="csv", filename=f"{number}.csv")

    mail = read_mail(message.as_bytes())

    assert (len(mail.files), mail.left_out) == (MOST_FILES, 3)


def test_control_signs_do_not_come_through() -> None:
    raw = HEAD.replace(b"Cameras", b"=?utf-8?q?Cam=1B[31meras=0D=0ABcc:x?=")
    mail = read_mail(raw + b"\r\nred \x1b[31m\x00\x07 end\r\n\x0b")

    assert mail.subject == "Cam[31meras"
    assert mail.text == "red [31m end"


HEADERS = st.sampled_from(
    [
        b"From", b"Subject", b"Content-Type", b"Content-Transfer-Encoding", b"Content-Disposition",
        b"Message-ID", b"References", b"MIME-Version", b"Auto-Submitted", b"Content-Language", b"X",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b'multipart/alternative; boundary="b"; charset=\xff',
            b"message/rfc822",
            b"text/html; charset*=utf-8''%ff",
            b'text/plain; charset="utf-8',
            b"=?utf-8?b?////?=",
            b"=?x?q?=?=",
            b"attachment; filename*0*=''%; filename*2=x",
            b"base64",
            b"uuencode",
            b"quoted-printable",
            b"a@x.example",
            b"<a@x.example> (",
            b'"<' * 20,
        ]
    ),
)
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=80), st.sampled_from([b"--b\r\n", b"\r\n--b--\r\n", b"begin 644 x\n"])
    ),
    max_size=8,
).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(HEADERS, VALUES), max_size=8), BODIES, st.booleans())
def test_whatever_comes_is_read_or_refused(
    headers: list[tuple[bytes, bytes]], body: bytes, known: bool
) -> None:
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    raw = (b"From: a@x.example\r\n" if known else b"") + lines + b"\r\n" + body

    try:
        mail = read_mail(raw)
    except MailNotTaken:
        return

    assert mail.text
    assert mail.subject
    assert "\n" not in mail.subject
    for text in (mail.text, mail.subject, *(name for name, _ in mail.files)):
        assert not set(text) & set("\x00\x1b\r")
        text.encode()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_bytes_that_are_no_mail_are_read_or_refused(raw: bytes) -> None:
    try:
        read_mail(raw)
    except MailNotTaken:
        return


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=300),
    st.sampled_from([email.policy.default, email.policy.SMTP, email.policy.SMTPUTF8]),
)
def test_what_a_mail_program_writes_is_read_as_it_was_written(
    text: str, policy: email.policy.EmailPolicy
) -> None:
    message = EmailMessage(policy=policy)
    message["From"] = "ana@city.example"
    message["Subject"] = "x"
    message.set_content(text)

    assert read_mail(message.as_bytes()).text.split() == (text.split() or ["x"])
