"""Whether an answer is what the OpenAPI document says: status, media type, headers, body."""

import re
from functools import cache
from typing import Any, Final

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from casework.api.openapi import document
from casework.rules.text import Language

HEADERS: Final = {"ETag", "Location", "Link", "Idempotent-Replayed", "Retry-After", "WWW-Authenticate"}
# Refusals of the door itself, before it is known which endpoint was meant or whether it takes a body.
AT_THE_DOOR: Final = {400, 405, 413, 414, 415, 431}


def ensure_described(app: Flask, answer: TestResponse) -> None:
    """Fails unless the answer is described; an address that does not exist needs only its problem."""
    language: Any = answer.headers["Content-Language"]
    said = _response(app, answer, language)
    if said is None:
        assert answer.mimetype == "application/problem+json", answer.mimetype
        validator("Problem", language).validate(answer.get_json())
        return
    assert HEADERS & {*answer.headers.keys()} <= {*said.get("headers", {})}, answer.headers
    if "content" not in said:
        assert answer.data == b""
        return
    content = said["content"][answer.mimetype]
    if "json" in answer.mimetype:
        _ensure_the_offices_offset(answer.get_json())
        validator(content["schema"]["$ref"].rsplit("/", 1)[1], language).validate(answer.get_json())


def _ensure_the_offices_offset(value: Any) -> None:
    """Every instant in the answer is in the zone of the office."""
    if isinstance(value, dict):
        _ensure_the_offices_offset([*value.values()])
    elif isinstance(value, list):
        for one in value:
            _ensure_the_offices_offset(one)
    elif isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\S+", value):
        assert value.endswith("+08:00"), value


def _response(app: Flask, answer: TestResponse, language: Language) -> Any:
    """What the document says of an answer with this status; None where it speaks of no endpoint."""
    operation = operation_of(app, answer)
    status = str(answer.status_code)
    if operation is None or answer.status_code in AT_THE_DOOR:
        return None
    responses = document(language)["paths"][operation[1]][operation[0]]["responses"]
    assert status in responses, f"{status} is not described for {operation}: {answer.text}"
    said = responses[status]
    return document(language)["components"]["responses"][said["$ref"].rsplit("/", 1)[1]] if "$ref" in said else said


def operation_of(app: Flask, answer: TestResponse) -> tuple[str, str] | None:
    """The method and the path of the document that were called, None where there are none."""
    request = answer.request
    try:
        rule, _ = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    return request.method.lower(), path_of(rule.rule)


def path_of(rule: str) -> str:
    """The path of a rule as OpenAPI writes it."""
    return rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}")


@cache
def validator(name: str, language: Language) -> Draft202012Validator:
    """What judges a value by a component of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document(language)["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
