"""How a request is served: the one transaction, who is calling, the idempotency key, the body, and the answer.

A request is one transaction: who is calling, the idempotency key, the verb and the kept answer commit together or
not at all. Bodies are read strictly but checked by the verbs, because who may not do something is told so before
being asked to fill in a form.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from casework.api.answers.cases import Case
from casework.api.body import Encoded, read_json
from casework.api.endpoint import ENDPOINTS, PREFIX, Answer, Call, Endpoint
from casework.http.callers import caller_network
from casework.http.query import read_query
from casework.http.request_context import bearer_token, language
from casework.http.requests import body as read_body
from casework.http.transactions import transacted
from casework.http.uploads import MOST_OF_BODY, Upload, upload_of
from casework.http.wiring import wiring
from casework.records import cases, idempotency
from casework.records.vault import seal, unseal
from casework.rules.people import APPLICANT
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Text
from casework.work import applications, people
from casework.work.service import Service, Transaction

_LONGEST_KEY: Final = 200
# In bytes; whatever is longer is no code, and looks as any wrong one does.
_LONGEST_CODE: Final = 800
_LONGEST_IF_MATCH: Final = 1_000
# Proxies that compress answers make `"1"` weak or write `"1-gzip"`; the version they speak of is still the one that
# was read.
_OUR_TAG: Final = re.compile(r"([0-9]{1,9})(?:--?[a-z]{1,10})?")
_ENCODER: Final = msgspec.json.Encoder()


def install(app: Flask) -> None:
    """Put every declared endpoint into the application."""
    for one in ENDPOINTS:
        app.add_url_rule(
            PREFIX + one.path,
            endpoint=f"{one.method} {one.path}",
            view_func=_view(one),
            methods=[one.method],
            provide_automatic_options=False,
        )


def _view(one: Endpoint) -> Callable[..., Response]:
    def answer(**path: Any) -> Response:
        service = wiring().service
        # Read before the transaction begins: a slow sender must not hold a connection of the database.
        raw = read_body(MOST_OF_BODY if one.takes_file else wiring().most_bytes)
        if one.visitor:
            upload = upload_of(raw) if one.takes_file else None
            return _visited(one, service, b"" if upload else raw, path, upload)
        if one.public:
            _ensure_json(raw)
            return _response(one.view(service, read_json(raw) if raw.strip() else {}, **path))

        upload = _from_a_user(raw) if one.takes_file else None

        def do(tx: Transaction) -> Response:
            people.identify(tx, own_account=one.own_account)
            return _answered(one, tx, str(tx.person.id), b"" if upload else raw, path, upload=upload)

        return transacted(do, token=bearer_token())

    return answer


def _from_a_user(raw: bytes) -> Upload:
    """The upload, looked into once it is known that a user sends it; no connection is held meanwhile."""
    transacted(people.identify, token=bearer_token())
    upload = upload_of(raw)
    upload.examine()
    return upload


def _visited(
    one: Endpoint, service: Service, raw: bytes, path: dict[str, Any], upload: Upload | None = None
) -> Response:
    """The answer to somebody without an account, who is counted before anything is looked at."""
    address = caller_network()
    if one.visitor == "newcomer":
        with applications.opening(service, address):
            raw, code = _tracking_code(one, service, raw)

            def do(tx: Transaction) -> Response:
                # A digest, so that nobody reads in the table who was here.
                # And bound to who applies, as only the applicant can say it: many sit behind one address.
                said = json.dumps([address, _applicant(raw)], sort_keys=True).encode("utf-8", "surrogatepass")
                caller = hmac.digest(tx.key_for("callers"), said, "sha256").hex()
                return _answered(one, tx, f"from {caller}", raw, path, code)

            return transacted(do, APPLICANT)
    applications.visit(service, address)
    if one.visitor == "applicant":
        raw, code = _tracking_code(one, service, raw)
        if upload and "tracking_code" in upload.fields:
            code = applications.typed_code(service, upload.fields.pop("tracking_code"))
        case_id = applications.identify(service, path.pop("number"), code, address)
        if upload:
            applications.count_upload(service, address)
            upload.examine()
        own = {"case_id": case_id, **path}
        return transacted(lambda tx: _answered(one, tx, f"applicant of {case_id}", raw, own, upload=upload), APPLICANT)
    return transacted(lambda tx: _answered(one, tx, "", raw, path), APPLICANT)


def _answered(
    one: Endpoint,
    tx: Transaction,
    caller: str,
    raw: bytes,
    path: Mapping[str, Any],
    code: str = "",
    upload: Upload | None = None,
) -> Response:
    tx.language = language()
    tx.if_match = _if_match() if one.writes_to_a_case else None
    query = read_query(one.query, request.args, tx.today)
    _ensure_json(raw)
    call = Call(tx, one, query, raw, caller, code, upload)
    if one.method == "POST" and "Idempotency-Key" in request.headers:
        return _once(call, path)
    # Read even where the verb does not ask for it, so that what is no JSON is refused before anything is done.
    _ = call.body
    return _response(one.view(call, **path))


def _if_match() -> frozenset[int] | Literal["*"] | None:
    """The versions of `If-Match`, of which the caller has read one; None where the header is missing."""
    if "If-Match" not in request.headers:
        return None
    if len(request.headers["If-Match"]) > _LONGEST_IF_MATCH:
        return frozenset()
    if request.if_match.star_tag:
        return "*"
    # A foreign tag, or what is no tag at all, is no version of ours: it matches nothing.
    versions = (_OUR_TAG.fullmatch(tag or "") for tag in request.if_match.as_set(include_weak=True))
    return frozenset(int(version[1]) for version in versions if version)


def _tracking_code(one: Endpoint, service: Service, raw: bytes) -> tuple[bytes, str]:
    """The body without the code, and the code: `tracking_code` of the body of a POST, else the header.

    What is typed is no ASCII at times, and no web server promises to hand on other headers; WSGI gives their bytes as
    Latin-1.
    """
    if one.method == "POST" and raw.strip():
        _ensure_json(raw)
        body = read_json(raw)
        if isinstance(body, dict) and "tracking_code" in body:
            code = applications.typed_code(service, body.pop("tracking_code"))
            return json.dumps(body).encode(), code
    given = request.headers.get("Tracking-Code", "")[:_LONGEST_CODE]
    try:
        return raw, given.encode("latin-1").decode()
    except UnicodeError:
        return raw, given


def _applicant(raw: bytes) -> Any:
    """What a body says of the applicant; None where it says nothing."""
    body = read_json(raw) if raw.strip() else None
    facts = body.get("facts") if isinstance(body, dict) else None
    return facts.get("applicant") if isinstance(facts, dict) else None


def _ensure_json(raw: bytes) -> None:
    if not raw:
        return
    codings = request.headers.get("Content-Encoding", "").split(",")
    if any(one.strip().lower() not in ("", "identity") for one in codings):
        raise Encoded
    if request.mimetype != "application/json":
        raise UnsupportedMediaType


def _once(call: Call, path: Mapping[str, Any]) -> Response:
    """Do it once for this key: a repetition gets the answer of the first, a concurrent twin waits for it."""
    key = request.headers["Idempotency-Key"]
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable():
        sentence = Text(
            "Idempotency-Key 须为 1 至 200 个可见字符。", "An Idempotency-Key has 1 to 200 visible characters."
        )
        raise Invalid([Fault("Idempotency-Key", "idempotency_key", sentence)])
    tx, caller = call.tx, call.caller
    # Of what the address names and not of how it is written; a digest, because it may be longer than an index takes.
    named = json.dumps([call.endpoint.path, path], sort_keys=True, default=str)
    address = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    digest = _digest(call)
    # Answers hold what lies open nowhere else (notes, disclosures), and so they are sealed too.
    seal_key, place = tx.key_for("answers"), f"idempotency_keys.body:{caller}:{address}:{key}"
    earlier = idempotency.claim(tx.db, caller, address, key, digest, tx.service.limits.keep_answers)
    if earlier is not None:
        told = unseal(seal_key, place, earlier.body) if earlier.body else ""
        _ensure_still_seen(call, path, told)
        if not hmac.compare_digest(earlier.body_digest, digest):
            sentence = Text("此 Idempotency-Key 已用于另一请求。", "This key was used for another request.")
            raise Invalid([Fault("Idempotency-Key", "reused", sentence)])
        if call.endpoint.keeps_answer:
            return _replayed(earlier.status, earlier.headers, told)
    response = _response(call.endpoint.view(call, **path))
    if not call.endpoint.keeps_answer:
        return response
    kept = {name: value for name, value in response.headers.items() if name in ("Content-Type", "ETag", "Location")}
    body = seal(seal_key, place, response.get_data(as_text=True))
    idempotency.keep(tx.db, caller, address, key, response.status_code, json.dumps(kept), body)
    return response


def _ensure_still_seen(call: Call, path: Mapping[str, Any], told: str) -> None:
    """Raises `NotFound` where what was told is of a case that the caller, who may have been moved, sees no more."""
    if call.endpoint.visitor:
        return
    of = path.get("case_id")
    if call.endpoint.answer is Case and told:
        of = UUID(json.loads(told)["id"])
    if of is not None:
        cases.get(call.tx.db, of, call.tx.person)


def _replayed(status: int, headers: Mapping[str, str], body: str) -> Response:
    response = Response(body, status=status)
    response.headers.remove("Content-Type")
    response.headers.update({**headers, "Idempotent-Replayed": "true"})
    return response


def _digest(call: Call) -> bytes:
    """A keyed digest: bodies hold what must not be guessed from it.

    It is of the caller's post too: what was told to somebody in one is not told again to the same person in another.
    """
    person = call.tx.acting.person
    post = [person.role, person.org_path] if person else None
    body = call.upload.said() if call.upload else call.body
    said = json.dumps([body, call.code, sorted(call.query.items(), key=str), post], sort_keys=True, default=str)
    return hmac.digest(call.tx.key_for("bodies"), said.encode("utf-8", "surrogatepass"), "sha256")


def _response(answer: Answer) -> Response:
    if answer.text is not None:
        response = Response(answer.text, status=answer.status, content_type="text/plain; charset=utf-8")
    elif answer.noun is None:
        response = Response(status=answer.status)
        response.headers.remove("Content-Type")
    else:
        response = Response(_ENCODER.encode(answer.noun), status=answer.status, content_type="application/json")
    if answer.headers:
        response.headers.update(answer.headers)
    return response
