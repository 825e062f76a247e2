"""robots.txt as RFC 9309 has it, and as real sites write it."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.robots import LARGEST, RobotsRules, read_robots

SITE = "https://city.example"


def rules(*lines: str) -> RobotsRules:
    return read_robots("\n".join(lines), "RightsHub")


def allowed(path: str, *lines: str) -> bool:
    return rules(*lines).allow(SITE + path)


@pytest.mark.parametrize(
    ("lines", "may"),
    [
        ((), True),
        (("User-agent: *", "Disallow: /"), False),
        (("User-agent: *", "Disallow:"), True),
        (("User-agent: RightsHub", "Disallow: /"), False),
        (("user-AGENT:rightshub", "DISALLOW:/"), False),
        (("User-agent: RightsHub/1.0 (bot)", "Disallow: /"), False),
        (("User-agent: RightsHubble", "Disallow: /"), True),
        (("User-agent: Rights", "Disallow: /"), True),
        (("User-agent: Googlebot", "Disallow: /"), True),
        (("User-agent: *", "Disallow: /", "User-agent: RightsHub", "Disallow: /x"), True),
        (("User-agent: RightsHub", "Disallow: /x", "User-agent: *", "Disallow: /"), True),
        (("User-agent: a", "User-agent: RightsHub", "User-agent: b", "Disallow: /"), False),
        (("User-agent: RightsHub", "Sitemap: /s.xml", "User-agent: b", "Disallow: /"), False),
        (("User-agent: RightsHub", "", "Disallow: /"), False),
        (("Disallow: /", "User-agent: *", "Disallow: /x"), True),
        (("User-agent: * ", "Disallow: / # all of it"), False),
        (("User-agent: *", "Disallow : /"), False),
        (("\ufeffUser-agent: *", "Disallow: /"), False),
        (("User-agent: *", "Noindex: /", "Disalow: /"), True),
        (("<!doctype html>", "<p>User-agent: * Disallow: /", "not here</p>"), True),
    ],
)
def test_which_lines_are_said_to_us(lines: tuple[str, ...], may: bool) -> None:
    assert allowed("/a", *lines) is may


def test_groups_of_one_name_are_one_and_those_for_everybody_are_then_not_ours() -> None:
    lines = (
        *("User-agent: RightsHub", "Disallow: /a", "User-agent: *", "Disallow: /c"),
        *("User-agent: rightshub", "Disallow: /b"),
    )

    assert [allowed(path, *lines) for path in ("/a", "/b", "/c")] == [False, False, True]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_lines_end_as_they_like(end: str) -> None:
    assert not read_robots(end.join(["User-agent: *", "Disallow: /a"]), "x").allow(f"{SITE}/a")


@pytest.mark.parametrize(
    ("rule", "path", "fits"),
    [
        ("/fish", "/fish.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/a.php?x=1", True),
        ("/*.php$", "/a.php", True),
        ("/*.php$", "/a.php?x", False),
        ("/fish*.php", "/fishheads/catfish.php", True),
        ("/a*b*c$", "/abcbc", True),
        ("/a*b*c$", "/abcb", False),
        ("/ab*b$", "/ab", False),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("*", "/anything", True),
        ("/a?b=*&c", "/a?b=1&c=2", True),
        ("/?", "/?", True),
        ("/?", "/#?", False),
        ("/a$b", "/a$b", True),
        ("/a$b", "/a", False),
        ("/file-%2A.html", "/file-*.html", True),
        ("/%7Efoo", "/~foo", True),
        ("/~foo", "/%7efoo", True),
        ("/دليل", "/%D8%AF%D9%84%D9%8A%D9%84/1", True),
        ("/%e3%83%84", "/%E3%83%84", True),
        ("/a%2fb", "/a/b", False),
        ("/a b", "/a%20b", True),
    ],
)
def test_a_rule_fits_the_beginning_of_a_path(rule: str, path: str, fits: bool) -> None:
    assert allowed(path, "User-agent: *", f"Disallow: {rule}") is not fits


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/page", True),
        ("/folder/page", True),
        ("/other", False),
        ("/folder/secret", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_decides_and_to_allow_wins_a_tie(path: str, may: bool) -> None:
    lines = (
        *("User-agent: *", "Disallow: /", "Allow: /page", "Disallow: /page"),
        *("Allow: /folder", "Disallow: /folder/secret", "Disallow: /robots.txt"),
    )

    assert allowed(path, *lines) is may


@pytest.mark.parametrize(
    ("said", "seconds"), [("10", 10.0), ("0.5", 0.5), ("-1", 0.0), ("x", 0.0), ("nan", 0.0)]
)
def test_how_slowly_a_site_wants_to_be_asked_is_read(said: str, seconds: float) -> None:
    assert rules("User-agent: *", f"Crawl-delay: {said}", "Disallow: /x").delay == seconds


@given(st.text() | st.lists(st.sampled_from(["User-agent: *", "Disallow: /a*b$", "x"])))
@example("User-agent: *\rDisallow: /%zz#\nAllow:\nCrawl-delay: 2")
def test_whatever_is_written_is_read_and_kept_rules_say_the_same(text: str | list[str]) -> None:
    found = read_robots("\n".join(text) if isinstance(text, list) else text, "RightsHub")

    assert read_robots(found.as_text(), "RightsHub") == found
    assert found.allow(f"{SITE}/robots.txt")


def test_a_file_made_to_be_slow_is_not() -> None:
    stars = "*a" * 2000
    body = "User-agent: *\n" + f"Disallow: /{stars}b$\n" * 120
    began = time.process_time()

    found = read_robots(body.encode() * 2, "RightsHub")

    assert found.allow(f"{SITE}/{'a' * 2000}")
    assert time.process_time() - began < 5


def test_more_than_the_largest_file_is_not_read() -> None:
    body = b"User-agent: *\nDisallow: /a\n#" + b"x" * LARGEST + b"\nDisallow: /b"

    found = read_robots(body, "RightsHub")

    assert [found.allow(f"{SITE}{path}") for path in ("/a", "/b")] == [False, True]


def test_a_rule_that_was_cut_in_two_is_none() -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"#\n" * (LARGEST // 2) + b"Disallow: /"
    cut = (b"User-agent: *\n#" + b"x" * LARGEST)[: LARGEST - 13] + b"\nDisallow: /bcd"

    assert read_robots(body, "RightsHub").allow(f"{SITE}/b")
    assert read_robots(cut, "RightsHub").allow(f"{SITE}/b")
