"""An HTTP POST to the outside that can reach nothing inside and cannot be held up.

The name is resolved once, every address that it resolves to is checked, and the connection goes to a checked one: a
name that resolves to something else a moment later changes nothing. Redirects are not followed and no proxy of the
environment is used.
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final

from casework.senders.addresses import BadAddress, Destination, Network, Resolver, read, resolved, verified
from casework.senders.deadline import cut_off
from casework.senders.failures import Rejected, Unreachable, reason

_LARGEST_ANSWER: Final = 65_536
# These say that this very message is wrong, too long, of the wrong kind or not to be processed (RFC 9110). All others
# are about the way: a secret that was just changed, an address that leads nowhere during a deployment.
_NEVER: Final = (400, 413, 415, 422)
# These may say when to come back.
_LATER: Final = (429, 503)
_LONGEST_WAIT_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be called and how long it may take, in seconds: to connect, to say something, and altogether."""

    allowed: tuple[Network, ...] = ()
    connect_s: float = 3
    read_s: float = 5
    deadline_s: float = 10
    resolve: Resolver = resolved

    def check(self, url: str) -> None:
        """Raises `BadAddress` unless the address may be called as things stand."""
        where = read(url)
        verified(where, self.resolve(where.host, where.port, self.connect_s), self.allowed)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, read_answer: bool = False) -> bytes:
        """Send it; once a success is answered, gives the answer's first 64 KiB if they are wanted, else nothing.

        Raises `Rejected` where the answer says that this message will never be taken, else `Unreachable`.
        """
        ends = time.monotonic() + self.deadline_s
        try:
            where = read(url)
            found = verified(where, self.resolve(where.host, where.port, self.connect_s), self.allowed)
            with (
                self._connected(where, found, ends) as sock,
                sock.dup() as handle,
                cut_off(ends - time.monotonic(), lambda: handle) as cut,
                _spoken(where, sock) as spoken,
                _answer(where, spoken, body, headers) as response,
            ):
                said = response.read(_LARGEST_ANSWER) if read_answer else b""
                if cut.is_set():
                    raise Unreachable(reason("answer_cut_off"))
        except BadAddress as bad:
            raise Unreachable(bad.why) from bad
        except TimeoutError:
            raise Unreachable(reason("answer_late")) from None
        except ssl.SSLCertVerificationError as untrusted:
            raise Unreachable(reason("certificate", why=untrusted.verify_message)) from None
        except (OSError, HTTPException) as lost:
            raise Unreachable(reason("no_answer", kind=type(lost).__name__)) from None
        _judge(response.status, response.headers.get("Retry-After"))
        return said

    def _connected(self, where: Destination, found: Sequence[str], ends: float) -> socket.socket:
        """A connection to the first of the checked addresses that takes one."""
        refused: OSError = TimeoutError()
        for address in found:
            left = ends - time.monotonic()
            if left <= 0:
                break
            try:
                sock = socket.create_connection((address, where.port), timeout=min(self.connect_s, left))
            except OSError as error:
                refused = error
            else:
                sock.settimeout(self.read_s)
                return sock
        raise refused


def _spoken(where: Destination, sock: socket.socket) -> socket.socket:
    """The connection, encrypted where the address says so; the certificate must be that of the name."""
    if where.scheme == "http":
        return sock
    return ssl.create_default_context().wrap_socket(sock, server_hostname=where.host)


def _answer(where: Destination, sock: socket.socket, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
    connection = HTTPConnection(where.host, where.port)
    connection.sock = sock
    said = {"Host": where.named, "User-Agent": "casework", "Connection": "close", **headers}
    connection.request("POST", where.target, body, said)
    return connection.getresponse()


def _judge(status: int, retry_after: str | None) -> None:
    if 200 <= status < 300:
        return
    if status in _NEVER:
        raise Rejected(reason("answered", status=status))
    raise Unreachable(reason("answered", status=status), _wait(retry_after) if status in _LATER else 0)


def _wait(retry_after: str | None) -> float:
    """The seconds that `Retry-After` asks for, as a number or a date (RFC 9110), a day at most; 0 for none."""
    said = (retry_after or "").strip()
    if re.fullmatch(r"[0-9]+", said):
        return float(min(int(said[:9]), _LONGEST_WAIT_S))
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return 0
    # Without a zone it is of UTC, as all dates of HTTP are.
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, at.timestamp() - time.time()), _LONGEST_WAIT_S)
