"""Under what callers are counted: the network of one customer, however proxies write the address."""

import pytest

from casework.http.callers import network_of


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("203.0.113.8", "203.0.113.8"),
        (" 203.0.113.8:40000 ", "203.0.113.8"),
        ('"203.0.113.8:40000"', "203.0.113.8"),
        ("::ffff:203.0.113.8", "203.0.113.8"),
        ("::ffff:cb00:7108", "203.0.113.8"),
        ("[::ffff:203.0.113.8]:443", "203.0.113.8"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:0000:0000:0000:0009", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:ffff::1]:40000", "2001:db8:1:2::/64"),
        ('"[2001:db8:1:2::1]"', "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[fe80::1%25eth0]:80", "fe80::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
        ("203.0.113", None),
        ("203.0.113.256", None),
        ("é", None),
        ("[203.0.113.8", None),
    ],
)  # fmt: skip
def test_an_address_is_counted_however_it_is_written(written: str, counted: str | None) -> None:
    assert network_of(written) == counted
