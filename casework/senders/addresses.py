"""Which addresses may be called: written plainly, and leading to nothing but the open network.

What counts is the address that a name resolves to, never how it is written: `①②⑦.⓪.⓪.①`, `0x7f000001` and
`2130706433` all resolve to this machine.
"""

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

from casework.senders.failures import Code, reason

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int, float], Sequence[str]]

_PORTS: Final = {"http": 80, "https": 443}
_VISIBLE: Final = re.compile(r"[!-~]+")
_ODD: Final = re.compile(r"[\s#\\]")
_HOST: Final = re.compile(r"[0-9a-z](?:[0-9a-z._-]{0,251}[0-9a-z])?|\[[0-9a-f:.]+\]")
# IPv6 addresses that stand for an IPv4 one: RFC 6052 (NAT64), RFC 4291 (compatible).
_NAT64: Final = ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ip_network("::/96")
# Special by the registries of IANA, whatever this version of Python knows of them: protocol assignments (RFC 6890),
# relays to IPv6 (RFC 7526), documentation (RFC 9637); and what looks open but is the inside of a cloud (Azure).
_CLOSED: Final = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))
_ISATAP: Final = 0x5EFE
_LOW_32: Final = 0xFFFF_FFFF


class BadAddress(Exception):
    """The address may not be called; the reason does not repeat it."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.why = reason(code)


@dataclass(frozen=True, slots=True)
class Destination:
    """An address taken apart: `host` in ASCII and without brackets, `target` the path with the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """The host, with the port where it is not the usual one, as the header `Host` has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read(url: str) -> Destination:
    """The parts of an address; raises `BadAddress`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host.encode("idna").decode().lower()
        port = parts.port
    except ValueError:
        raise BadAddress("address_malformed") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    odd = "@" in parts.netloc or _ODD.search(url) or not _HOST.fullmatch(host) or not _VISIBLE.fullmatch(target)
    if parts.scheme not in _PORTS or odd:
        raise BadAddress("address_malformed")
    port = _PORTS[parts.scheme] if port is None else port
    if port not in _PORTS.values() and port < 1024:
        raise BadAddress("address_port")
    return Destination(parts.scheme, host.strip("[]"), port, target)


def shown(url: str) -> str:
    """Where an address leads, without its path: that is often a secret."""
    where = read(url)
    return f"{where.scheme}://{where.named}/…"


def resolved(host: str, port: int, within_s: float) -> Sequence[str]:
    """Every address of a host; none where it has none or its name servers take too long."""
    answers: SimpleQueue[list[Any]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.put([])

    # The resolver cannot be interrupted, so that it is left to itself when it takes too long.
    Thread(target=ask, name="resolver", daemon=True).start()
    try:
        return list(dict.fromkeys(str(found[4][0]) for found in answers.get(timeout=max(0, within_s))))
    except Empty:
        return []


def verified(where: Destination, found: Sequence[str], allowed: Sequence[Network]) -> Sequence[str]:
    """The addresses that a host resolves to, all of which may be called; raises `BadAddress` if one may not."""
    if not found:
        raise BadAddress("address_unknown_host")
    faces = [face for one in found for face in faces_of(ip_address(one))]
    named = [any(face in network for network in allowed) for face in faces]
    if not all(known or is_open(face) for face, known in zip(faces, named, strict=True)):
        raise BadAddress("address_internal")
    if where.scheme == "http" and not all(named):
        raise BadAddress("address_plain_http")
    return found


def faces_of(address: Address) -> tuple[Address, ...]:
    """What is called by an address: where an IPv4 address is written inside it, that one, and itself if it is more."""
    if isinstance(address, IPv4Address):
        return (address,)
    low = IPv4Address(int(address) & _LOW_32)
    if address.ipv4_mapped is not None or address in _NAT64:
        return (low,)
    if address.sixtofour is not None:
        return (address, address.sixtofour)
    if address.teredo is not None:
        return (address, *address.teredo)
    if (address in _COMPATIBLE and int(address) > 1) or (int(address) >> 32) & 0xFDFF_FFFF == _ISATAP:
        return (address, low)
    return (address,)


def is_open(address: Address) -> bool:
    """Whether the address is on the open network: not private, shared, local, reserved or for groups."""
    closed = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    closed = closed or any(address in network for network in _CLOSED)
    local = address.is_link_local or (isinstance(address, IPv6Address) and address.is_site_local)
    return address.is_global and not closed and not local
