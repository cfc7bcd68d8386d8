"""What is called is on the open network, however its address is written."""

from ipaddress import ip_address, ip_network

import pytest

from casework.senders.addresses import BadAddress, faces_of, is_open, read, resolved, shown, verified
from casework.senders.outside import Outside
from tests.receivers import LOOPBACK

WITHIN_S = 3


def verify(url: str, found: list[str], *allowed: str) -> None:
    verified(read(url), found, [ip_network(network) for network in allowed])


@pytest.mark.parametrize(
    "host",
    [
        "①②⑦.⓪.⓪.①",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.1",
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "0.0.0.0",
        "[::]",
    ],
)
def test_this_machine_is_not_called_however_it_is_written(host: str) -> None:
    with pytest.raises(BadAddress, match=r"address_internal|address_unknown_host"):
        Outside().check(f"https://{host}:8080/hook")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "①②⑦.⓪.⓪.①", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_it_is_called_where_the_administrator_allows_it(host: str) -> None:
    Outside(LOOPBACK).check(f"http://{host}:8080/hook")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255",
        "240.0.0.1", "0.1.2.3", "198.18.0.1", "192.0.2.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
        "fec0::1", "2001:db8::1", "192.0.0.192", "192.88.99.1", "3fff::1", "168.63.129.16", "::ffff:192.0.0.192",
        "64:ff9b::168.63.129.16", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "2002:a00:1::1", "2002:7f00:1::", "2001:0:a00:1::1",
        "2001:0:808:808:0:0:f5ff:fffe", "fe80::5efe:a00:1", "2606:4700::5efe:10.0.0.1",
    ],
)  # fmt: skip
def test_a_name_that_resolves_to_something_inside_is_not_called(address: str) -> None:
    with pytest.raises(BadAddress, match="address_internal"):
        verify("https://hooks.example.org/", [address])


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
def test_a_name_that_resolves_to_the_open_network_is_called(address: str) -> None:
    assert all(is_open(face) for face in faces_of(ip_address(address)))
    verify("https://hooks.example.org/", [address])


def test_one_address_inside_among_several_is_one_too_many() -> None:
    with pytest.raises(BadAddress, match="address_internal"):
        verify("https://hooks.example.org/", ["1.1.1.1", "2606:4700::1111", "10.0.0.1"])
    verify("https://hooks.example.org/", ["1.1.1.1", "10.0.0.1"], "10.0.0.0/8")


def test_an_address_that_carries_another_is_called_only_where_that_one_may_be() -> None:
    with pytest.raises(BadAddress, match="address_internal"):
        verify("https://hooks.example.org/", ["2002:a00:1::1"], "2002::/16")
    verify("https://hooks.example.org/", ["2002:a00:1::1"], "2002::/16", "10.0.0.0/8")


def test_a_name_without_an_address_is_not_called() -> None:
    with pytest.raises(BadAddress, match="address_unknown_host"):
        verify("https://hooks.example.org/", [])
    assert resolved("nowhere.invalid", 443, WITHIN_S) == []
    assert resolved("x" * 300, 443, WITHIN_S) == []


def test_plain_http_is_for_networks_that_are_allowed() -> None:
    with pytest.raises(BadAddress, match="address_plain_http"):
        verify("http://hooks.example.org/", ["1.1.1.1"])
    verify("http://hooks.example.org/", ["10.0.0.1"], "10.0.0.0/8")
    with pytest.raises(BadAddress, match="address_plain_http"):
        verify("http://hooks.example.org/", ["10.0.0.1", "1.1.1.1"], "10.0.0.0/8")


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "//example.org/", "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/",
        "https:///hook", "https://user@example.org/", "https://user:pass@example.org/", "https://@example.org/",
        "https://example.org/#part", "https://example.org/a b", "https://example.org/é", "https://exa mple.org/",
        "https://exam\nple.org/", "https://example.org\\@127.0.0.1/", "https://example.org:port/",
        "https://example.org:99999/", "https://example.org:-1/", "https://[::1/", "https://[zz]/",
        "https://example%2eorg/", "https://.example.org/", "https://-/", "https://example.org?q=é",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadAddress, match="address_malformed") as refused:
        read(url)
    assert "pass" not in f"{refused.value} {refused.value.why}"


@pytest.mark.parametrize("port", [0, 1, 22, 25, 1023])
def test_a_port_of_something_else_is_refused(port: int) -> None:
    with pytest.raises(BadAddress, match="address_port"):
        read(f"https://example.org:{port}/")


def test_an_address_is_taken_apart() -> None:
    where = read("https://Hooks.Example.org:8443/a/b?key=1")
    assert (where.scheme, where.host, where.port, where.target) == ("https", "hooks.example.org", 8443, "/a/b?key=1")
    assert where.named == "hooks.example.org:8443"
    assert read("https://例子.测试").host == "xn--fsqu00a.xn--0zwm56d"
    assert read("https://[2606:4700::1111]/").named == "[2606:4700::1111]"


def test_an_address_is_shown_without_its_path() -> None:
    assert shown("https://hooks.example.org/secret?key=1") == "https://hooks.example.org/…"
