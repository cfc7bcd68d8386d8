"""From where somebody calls, as attempts are counted: one customer's network is one, however it is written."""

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from flask import request

from casework.http.problems import Malformed
from casework.http.wiring import wiring
from casework.rules.text import Text

# `203.0.113.8:40000`, `[2001:db8::1]:443`, `"[2001:db8::1]"`, `fe80::1%eth0`.
_BRACKETED: Final = re.compile(r"\[([^\]]*)\](?::[0-9]*)?")
_WITH_PORT: Final = re.compile(r"([0-9.]+):[0-9]*")
# What a customer of IPv6 is given at least (RFC 6177); within it addresses are free.
_CUSTOMER: Final = 64


def caller_network() -> str:
    """The address of the caller, or its /64 where it is of IPv6; the nearest proxy's where none is told.

    Raises `Malformed` where what a trusted proxy has told was lost.
    """
    told, heard = _told(), request.remote_addr or ""
    return network_of(told) or network_of(heard) or heard


def calls_from(networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Whether the caller's address lies in one of these networks."""
    try:
        address = ip_address(_plain(_told()).partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def _told() -> str:
    """Who calls, as we hear it or as the trusted proxies tell it.

    Each trusted proxy adds at the end of `X-Forwarded-For` whom it heard, so only as many entries from the end are
    believed. Raises `Malformed` where the one that counts was lost.
    """
    proxies = wiring().trusted_proxies
    if proxies == 0 or "X-Forwarded-For" not in request.headers:
        return request.remote_addr or ""
    said = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",")]
    told = said[-proxies] if len(said) >= proxies else ""
    if not told and "" in said:
        raise Malformed(
            Text(
                "X-Forwarded-For 请求头缺少一项，请检查反向代理。",
                "An entry of the header X-Forwarded-For is empty; see to the reverse proxy.",
            )
        )
    return told


def _plain(written: str) -> str:
    """An address without brackets, quotes and port."""
    plain = written.strip().strip('"')
    if bracketed := _BRACKETED.fullmatch(plain):
        return bracketed[1]
    with_port = _WITH_PORT.fullmatch(plain)
    return with_port[1] if with_port else plain


def network_of(written: str) -> str | None:
    """What is counted for an address as proxies write it, with or without port; None where it is none."""
    plain = _plain(written)
    try:
        return str(IPv4Address(plain))
    except AddressValueError:
        pass
    try:
        address = IPv6Address(plain.partition("%")[0])
    except AddressValueError:
        return None
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _CUSTOMER), strict=False))
