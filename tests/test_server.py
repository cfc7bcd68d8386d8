"""What only the real web server shows: headers, framing, addresses and crowds as they travel over the wire."""

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.day import CONFIG, Day, living

MOST: Final = 20_000
LIMITS: Final = f"""
[web]
trusted_proxies = 1
max_body_bytes = {MOST}
[public]
wrong_codes = 3
openings_an_hour = 100
visits = 1000
"""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with living(tmp_path_factory.mktemp("server") / "office", config=CONFIG + LIMITS) as found:
        yield found


@dataclass(frozen=True)
class Said:
    """What the server has said."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str:
        """That of a problem."""
        return str(self.body["code"])


def wire(day: Day, method: str, path: str, body: bytes = b"", **headers: bytes | str) -> Said:
    """The answer to a request that is written byte by byte; a text in a header is sent in UTF-8."""
    said = {"Host": "localhost", "Connection": "close", **{n.replace("_", "-"): v for n, v in headers.items()}}
    if body:
        said = {"Content-Type": "application/json"} | said
        if "Transfer-Encoding" not in said:
            said |= {"Content-Length": str(len(body))}
    lines = [f"{n}: ".encode() + (v.encode() if isinstance(v, str) else v) for n, v in said.items()]
    head = b"\r\n".join([f"{method} ".encode() + path.encode() + b" HTTP/1.1", *lines, b"", b""])
    with socket.create_connection(("127.0.0.1", day.running.port), timeout=20) as connection:
        connection.sendall(head + body)
        raw = b""
        while piece := connection.recv(65_536):
            raw += piece
    top, _, rest = raw.partition(b"\r\n\r\n")
    first, *fields = top.decode("latin-1").split("\r\n")
    named = {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}
    if named.get("transfer-encoding") == "chunked":
        rest = rest.partition(b"\r\n")[2].rpartition(b"\r\n0\r\n")[0]
    return Said(int(first.split()[1]), named, json.loads(rest) if rest else None)


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"


def bearer(day: Day, who: str = "caseworker") -> str:
    return f"Bearer {day.tokens[who]}"


def claim(day: Day) -> dict[str, Any]:
    facts = day.call("caseworker", "GET", "/workflows/legal_aid")["intake"]["examples"][0]
    return {"workflow": "legal_aid", "org": "370100", "channel": "walk_in", "facts": facts}


def opened(day: Day) -> Any:
    return day.call("caseworker", "POST", "/cases", claim(day))


def many_cases(day: Day) -> int:
    return len(day.call("caseworker", "GET", "/cases?limit=200")["items"])


def applied(day: Day) -> tuple[str, str]:
    given = claim(day)
    del given["channel"]
    said = day.call(None, "POST", "/public/applications", given)
    return said["number"], said["tracking_code"]


def full(said: str) -> str:
    """In full-width characters, as a Chinese keyboard gives them."""
    return "".join(chr(ord(char) + 0xFEE0) for char in said)


# Tracking codes


@pytest.mark.parametrize("typed", [str, full, str.lower, lambda code: full(code.lower()).replace("－", "　")])
def test_a_code_in_the_body_is_known_however_it_is_typed(day: Day, typed: Any) -> None:
    number, code = applied(day)
    given = json.dumps({"tracking_code": typed(code)}, ensure_ascii=False).encode()
    at = f"/api/v1/public/applications/{number}"
    assert wire(day, "POST", f"{at}/status", given).body["number"] == number
    assert "withdraw" in [one["name"] for one in wire(day, "POST", f"{at}/transitions", given).body["items"]]
    assert wire(day, "POST", f"{at}/transitions/withdraw", given).body["state"] == "withdrawn"


def test_a_code_in_a_header_is_read_whatever_bytes_it_comes_in(day: Day) -> None:
    number, code = applied(day)
    at, here = f"/api/v1/public/applications/{number}", {"X_Forwarded_For": "198.51.100.20"}
    for typed in (code, full(code), code.encode() + b"\xa0"):
        assert wire(day, "GET", at, Tracking_Code=typed, **here).status == 200
    wrong = ("查询码", "查询码".encode("gbk"), b"\xff", "")
    assert [wire(day, "GET", at, Tracking_Code=one, **here).status for one in wrong] == [404, 404, 404, 429]


def test_a_wrong_code_in_the_body_is_counted_and_looks_like_one_in_the_header(day: Day) -> None:
    number, _ = applied(day)
    at, here = f"/api/v1/public/applications/{number}", {"X_Forwarded_For": "198.51.100.21"}
    wrong = [{"tracking_code": "2222"}, {"tracking_code": None}, {}]
    assert wire(day, "POST", f"{at}/status", b'{"tracking_code": 7}', **here).status == 422
    tried = [wire(day, "POST", f"{at}/status", json.dumps(one).encode(), **here) for one in (*wrong, wrong[0])]
    assert [one.status for one in tried] == [404, 404, 404, 429]
    header = wire(day, "GET", at, Tracking_Code="2222", X_Forwarded_For="198.51.100.22")
    assert header.body["detail"] == tried[0].body["detail"]


def test_a_status_takes_nothing_but_the_code(day: Day) -> None:
    number, code = applied(day)
    given = json.dumps({"tracking_code": code, "colour": "red"}).encode()
    said = wire(day, "POST", f"/api/v1/public/applications/{number}/status", given)
    assert (said.status, said.body["errors"][0]["field"]) == (422, "colour")


# Addresses


def codes_from(day: Day, number: str, addresses: list[Any]) -> list[int]:
    at = f"/api/v1/public/applications/{number}"
    return [wire(day, "GET", at, Tracking_Code="2222", X_Forwarded_For=one).status for one in addresses]


def test_ports_hosts_of_one_network_and_spellings_are_one_caller(day: Day) -> None:
    number, _ = applied(day)
    ports = [f"203.0.113.8:{port}" for port in range(40000, 40005)]
    assert codes_from(day, number, ports) == [404, 404, 404, 429, 429]
    hosts = ["2001:db8:1:2::1", "[2001:0DB8:1:2:0::2]:443", "2001:db8:1:2::3%eth0", "2001:db8:1:2:ffff::4"]
    assert codes_from(day, number, hosts) == [404, 404, 404, 429]
    mapped = ["203.0.113.30", "::ffff:203.0.113.30", "::ffff:cb00:711e", "[::ffff:203.0.113.30]:1"]
    assert codes_from(day, number, mapped) == [404, 404, 404, 429]


def test_what_a_caller_adds_before_the_proxy_changes_nothing(day: Day) -> None:
    number, code = applied(day)
    added: list[Any] = ["é, 203.0.113.99", b"\xe9, 203.0.113.99", "济南, 203.0.113.99", "127.0.0.1, 203.0.113.99"]
    assert codes_from(day, number, added) == [404, 404, 404, 429]
    at = f"/api/v1/public/applications/{number}"
    assert wire(day, "GET", at, Tracking_Code=code).status == 200
    assert codes_from(day, number, ["198.51.100.77"]) == [404]


# Other headers


@pytest.mark.parametrize("given", ["é", b"\xff", "键"])
def test_other_headers_beyond_ascii_are_refused_or_do_no_harm(day: Day, given: bytes | str) -> None:
    case, before = opened(day), many_cases(day)
    at, me = f"/api/v1/cases/{case['id']}", bearer(day)
    said = wire(day, "POST", "/api/v1/cases", json.dumps(claim(day)).encode(), Authorization=me, Idempotency_Key=given)
    assert (said.status, said.body["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert many_cases(day) == before
    stale = wire(day, "POST", f"{at}/transitions/accept", b"{}", Authorization=me, If_Match=given)
    assert (stale.status, stale.code) == (412, "stale")
    assert wire(day, "GET", at, Authorization=given).status == 401
    assert wire(day, "GET", at, Authorization=f"{me}键").status == 401
    plain = wire(day, "GET", at, Authorization=me, Accept_Language=given, X_Request_Id=given)
    assert (plain.status, plain.headers["content-language"]) == (200, "zh-CN")
    assert wire(day, "POST", "/api/v1/cases", b"{}", Authorization=me, Content_Type=given).status == 415


def test_tags_as_proxies_write_them_match_while_nobody_has_changed_the_case(day: Day) -> None:
    me = bearer(day)
    for tag in ('W/"1"', '"1-gzip"', '"1--gzip"', 'W/"1-gzip"', '"1-br"', '"7", W/"1"', '"1"', "*"):
        case = opened(day)
        at = f"/api/v1/cases/{case['id']}"
        patch = json.dumps({"facts": {"claimants": 9}}).encode()
        done = wire(day, "PATCH", at, patch, Authorization=me, If_Match=tag)
        assert (done.status, done.headers.get("etag")) == (200, '"2"'), tag
        again = wire(day, "PATCH", at, patch, Authorization=me, If_Match=tag)
        assert (again.status == 412) or tag == "*", tag


# Framing


def test_a_body_in_chunks_is_read_to_its_end_or_refused(day: Day) -> None:
    me, before = bearer(day), many_cases(day)
    case = json.dumps(claim(day) | {"duplicate_reason": "同一内容以不同方式发送"}).encode()
    blanks = b" " * (MOST - len(case))
    framed = {"Authorization": me, "Transfer_Encoding": "chunked"}
    for tail in (b"rubbish", b" ", b"x" * 5000, b"x" * MOST):
        for sent in (chunked(case, blanks, tail), chunked(case + blanks + tail)):
            said = wire(day, "POST", "/api/v1/cases", sent, **framed)
            assert (said.status, said.code) == (413, "too_large")
        whole = wire(day, "POST", "/api/v1/cases", case + blanks + tail, Authorization=me)
        assert (whole.status, whole.code) == (413, "too_large")
    assert many_cases(day) == before
    assert wire(day, "POST", "/api/v1/cases", chunked(case, blanks), **framed).status == 201
    assert wire(day, "POST", "/api/v1/cases", chunked(case[:100], case[100:]), **framed).status == 201
    assert wire(day, "POST", "/api/v1/cases", case + blanks, Authorization=me).status == 201
    assert wire(day, "POST", "/api/v1/cases", chunked(case, b"rubbish"), **framed).status == 400
    assert many_cases(day) == before + 3


@pytest.mark.parametrize("coding", ["gzip", "br", "GZIP", "identity, gzip", "x-gzip"])
def test_an_encoded_body_is_told_what_is_taken(day: Day, coding: str) -> None:
    said = wire(day, "POST", "/api/v1/cases", b"\x1f\x8b\x08", Authorization=bearer(day), Content_Encoding=coding)
    assert (said.status, said.code, said.headers["accept-encoding"]) == (415, "media_type", "identity")
    case = json.dumps(claim(day)).encode()
    plain = wire(day, "POST", "/api/v1/cases", case, Authorization=bearer(day), Content_Encoding="identity")
    assert plain.status == 201


# Addresses of what is asked for


@pytest.mark.parametrize(
    "path", ["/cases?q=%B9%C5%C0%F6", "/cases?%B9=1", "/cases/%B9%C5", "/users?role=%FF", "/workflows/%E6%B5"]
)
def test_what_is_not_utf_8_is_malformed(day: Day, path: str) -> None:
    said = wire(day, "GET", f"/api/v1{path}", Authorization=bearer(day))
    assert (said.status, said.code) == (400, "malformed")
    assert "UTF-8" in said.body["detail"]
    assert wire(day, "GET", "/api/v1/cases?q=%E5%8F%A4%E4%B8%BD", Authorization=bearer(day)).status == 200


@pytest.mark.parametrize(
    "written", ["2026-03-01T00:00:00+08:00", "2026-03-01T00:00:00%2B08:00", "2026-03-01T00:00+0800"]
)
def test_a_plus_sign_need_not_be_escaped(day: Day, written: str) -> None:
    case = opened(day)
    said = wire(day, "GET", f"/api/v1/cases?sort=-opened_at&opened_from={written}", Authorization=bearer(day))
    assert said.body["items"][0]["id"] == case["id"]


def test_a_key_is_the_same_however_its_address_is_written(day: Day) -> None:
    case, me = opened(day), bearer(day)
    body = json.dumps(claim(day)).encode()
    asked = [
        wire(day, "POST", path, body, Authorization=me, Idempotency_Key="one-key")
        for path in ("/api/v1/cases", "/api/v1/cases/", "/api/v1/c%61ses")
    ]
    assert len({one.body["id"] for one in asked}) == 1
    at = [f"/api/v1/cases/{one}/notes" for one in (case["id"], case["id"].upper())]
    noted = [wire(day, "POST", one, b'{"text":"x"}', Authorization=me, Idempotency_Key="n").body["id"] for one in at]
    assert noted[0] == noted[1]


# What did not arrive whole, and what servers read differently


def raw(day: Day, sent: bytes, *, half: bool = False) -> bytes:
    """What the server has said when it has closed the connection; `half`: we close our side first."""
    with socket.create_connection(("127.0.0.1", day.running.port), timeout=20) as connection:
        connection.sendall(sent)
        if half:
            connection.shutdown(socket.SHUT_WR)
        said = b""
        with suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                said += piece
    return said


def head(day: Day, path: str, *lines: str) -> bytes:
    named = (f"POST {path} HTTP/1.1", "Host: localhost", f"Authorization: {bearer(day)}", *lines)
    return "\r\n".join([*named, "Content-Type: application/json", "", ""]).encode()


def test_what_did_not_arrive_whole_is_not_done(day: Day) -> None:
    case = opened(day)
    at = f"/api/v1/cases/{case['id']}/transitions/accept"
    whole = json.dumps(claim(day)).encode()
    cut = (
        head(day, at, "Content-Length: 60"),
        head(day, at, "Content-Length: 2") + b"{",
        head(day, at, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
        head(day, at, "Transfer-Encoding: chunked") + b"2\r\n{}\r\nzz\r\n",
        head(day, "/api/v1/cases", f"Content-Length: {len(whole) + 1}") + whole,
    )
    before = many_cases(day)
    for sent in cut:
        assert b" 20" not in raw(day, sent, half=True)[:16]
    assert day.call("caseworker", "GET", f"/cases/{case['id']}")["state"] == "submitted"
    assert many_cases(day) == before


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\n\r\n",
        b"GET //api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /api%2Fv1/me HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: y\r\n folded\r\n\r\n",
    ],
)
def test_what_servers_and_proxies_read_differently_is_refused(day: Day, sent: bytes) -> None:
    assert raw(day, sent).split(b"\r\n")[0].split()[1] == b"400"


def test_a_head_without_an_end_costs_its_own_connection(day: Day) -> None:
    endless = b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + b"X-Long: " + b"y" * 200_000
    assert raw(day, endless) == b""


# Crowds


@contextmanager
def crowd(day: Day, sent: bytes, many: int = 100) -> Iterator[list[socket.socket]]:
    """So many connections that have sent this much and then neither send nor read."""
    with ExitStack() as opened:
        connections = []
        for _ in range(many):
            connection = socket.socket()
            # A small buffer, so that an answer that is not read stays with the server.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(20)
            connection.connect(("127.0.0.1", day.running.port))
            connection.sendall(sent)
            connections.append(opened.enter_context(connection))
        yield connections


def open_still(connections: list[socket.socket]) -> int:
    """How many the server has not closed and has not answered."""
    asked = 0
    for connection in connections:
        connection.setblocking(False)
        try:
            connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            asked += 1
    return asked


def test_a_hundred_slow_senders_harm_nobody(day: Day) -> None:
    slow = head(day, "/api/v1/cases", "Content-Length: 1000") + b"{"
    with crowd(day, slow) as bodies, crowd(day, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ") as heads:
        assert [day.asks("caseworker", "GET", "/queue").status for _ in range(10)] == [200] * 10
        assert opened(day)["state"] == "submitted"
        # All that while they were there.
        assert (open_still(bodies), open_still(heads)) == (100, 100)


def test_a_hundred_slow_readers_harm_nobody(day: Day) -> None:
    with crowd(day, b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n", many=100) as readers:
        assert [day.asks("caseworker", "GET", "/queue").status for _ in range(10)] == [200] * 10
        assert len(readers) == 100
