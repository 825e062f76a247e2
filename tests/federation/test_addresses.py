"""The allow-list of addresses, and which URLs may be asked for at all (SECURITY.md S27, S28)."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.addresses import BadAuthority, check_url, is_public, parse_authorities

NOTHING = frozenset[str]()

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.1.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:1ff:ffff::1",
    "2002:7f00:1::",
    "2620:4f:8000::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2a00:1450::1%1",
]

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "223.255.255.255",
    "2001:200::1",
    "2400:cb00::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "3ffe::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_plainly_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ip_address(address))


REFUSED_URLS = [
    "http://hub.example/inbox",
    "http://hub.example:443/inbox",
    "https://hub.example:8443/inbox",
    "https://hub.example:80/inbox",
    "https://hub.example:0/inbox",
    "https://hub.example:99999/inbox",
    "https://hub.example:/inbox@x",
    "https://user@hub.example/inbox",
    "https://user:word@hub.example/inbox",
    "https://hub.example./inbox",
    "https://HUB.example/inbox",
    "https://hüb.example/inbox",
    "https://hub%2eexample/inbox",
    "https://hub.example\\@evil.example/inbox",
    "https://hub.example /inbox",
    "https://hub.example/in box",
    "https://hub.example/inbox\r\nX: y",
    "https://hub.example/inbox#fragment",
    "https://hub.example/ü",
    "https://localhost/inbox",
    "https://127.0.0.1/inbox",
    "https://8.8.8.8/inbox",
    "https://[2606:4700::1111]/inbox",
    "https://[::1]/inbox",
    "https://[::ffff:127.0.0.1]/inbox",
    "https://2130706433/inbox",
    "https://127.1/inbox",
    "https://0x7f.1/inbox",
    "https://0x7f000001/inbox",
    "https://0177.0.0.1/inbox",
    "https://127.0.0.1.2130706433/inbox",
    "https://hub.0x7f/inbox",
    "https://-hub.example/inbox",
    "https://hub..example/inbox",
    "https://" + "a" * 250 + ".example/inbox",
    "https://hub.example/" + "a" * 2048,
    "https:///inbox",
    "https://",
    "//hub.example/inbox",
    "hub.example/inbox",
    "ftp://hub.example/inbox",
    "file:///etc/passwd",
    "data:application/activity+json,{}",
    "gopher://hub.example/inbox",
    "",
]


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_a_url_that_is_not_https_to_a_plain_name_is_refused(url: str) -> None:
    assert check_url(url, NOTHING) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://hub.example/inbox",
        "https://hub.example:443/inbox?a=b%20c",
        "https://xn--hb-xka.example/",
    ],
)
def test_https_to_a_name_is_allowed_and_then_only_to_a_public_address(url: str) -> None:
    target = check_url(url, NOTHING)

    assert target is not None
    assert target.may_connect("8.8.8.8", 443)
    assert not target.may_connect("127.0.0.1", 443)
    assert not target.may_connect("::ffff:8.8.8.8", 443)
    assert not target.may_connect("8.8.8.8", 80)
    assert not target.may_connect("not an address", 443)


def test_a_trusted_pair_opens_exactly_that_host_and_port() -> None:
    trusted = parse_authorities(["127.0.0.2:9802", "[::1]:9000", "Intranet.example:8443"])

    assert check_url("http://127.0.0.2:9802/inbox", trusted) is not None
    assert check_url("https://127.0.0.2:9802/inbox", trusted) is not None
    assert check_url("http://[::1]:9000/inbox", trusted) is not None
    assert check_url("https://intranet.example:8443/inbox", trusted) is not None
    for url in (
        "http://127.0.0.2:9803/inbox",
        "http://127.0.0.2/inbox",
        "http://127.0.0.1:9802/inbox",
        "http://127.0.0.3:9802/inbox",
        "http://[::ffff:127.0.0.2]:9802/inbox",
        "http://[::1]:9001/inbox",
        "http://[0::1]:9000/inbox",
        "http://2130706434:9802/inbox",
        "http://127.0.0.2:9802@evil.example/inbox",
        "http://evil.example:9802/inbox",
        "http://intranet.example/inbox",
    ):
        assert check_url(url, trusted) is None, url


def test_a_trusted_literal_connects_to_that_very_address_only() -> None:
    trusted = parse_authorities(["127.0.0.2:9802", "intranet.example:8443"])
    literal = check_url("http://127.0.0.2:9802/", trusted)
    name = check_url("https://intranet.example:8443/", trusted)

    assert literal is not None
    assert literal.may_connect("127.0.0.2", 9802)
    assert not literal.may_connect("127.0.0.1", 9802)
    assert not literal.may_connect("127.0.0.2", 9803)
    assert not literal.may_connect("8.8.8.8", 9802)
    assert name is not None
    assert name.may_connect("10.0.0.7", 8443)
    assert not name.may_connect("10.0.0.7", 22)


@pytest.mark.parametrize(
    "text",
    ["127.0.0.2", "127.0.0.2:", ":9802", "*:9802", "127.0.0.2:0", "127.0.0.2:70000", "::1:80"],
)
def test_a_trusted_authority_that_is_not_host_and_port_is_refused(text: str) -> None:
    with pytest.raises(BadAuthority):
        parse_authorities([text])


@given(st.ip_addresses(v=4))
def test_whatever_is_allowed_of_ipv4_is_global_and_no_multicast(address: object) -> None:
    found = ip_address(str(address))

    if is_public(found):
        assert found.is_global
        assert not found.is_multicast
        assert not found.is_private


@given(st.text(max_size=60))
def test_no_text_makes_the_check_of_urls_fail_otherwise_than_by_refusing(text: str) -> None:
    assert check_url(text, NOTHING) is None or text.startswith("https://")
    check_url("https://" + text, NOTHING)
    check_url("http://" + text, frozenset({"127.0.0.1:80"}))
