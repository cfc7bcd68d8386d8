"""The OpenAPI document, made from the declarations of the endpoints and the schemas of the answers."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from random import Random
from typing import Any, Final

import msgspec

from casework.api.endpoint import ENDPOINTS, PREFIX, Answer, Endpoint, endpoint
from casework.api.errors import STATUS, TITLES
from casework.api.money_schemas import XLSX
from casework.api.openapi_texts import (
    ABOUT,
    CREATED,
    DONE,
    EMPTY,
    HEADERS,
    NOTES,
    PARAMETERS,
    SERVER,
    TAGS,
    TITLE,
)
from casework.api.request_context import language
from casework.api.schemas import SCHEMAS
from casework.api.shapes import COMPONENTS, Schema, ref, sample
from casework.api.webhooks import TAG, webhooks
from casework.forms.example_data import ExampleData
from casework.forms.form import Form, intake_of
from casework.rules.grammar import Workflow
from casework.rules.text import Language, Text, in_language
from casework.work import workflow_registry
from casework.work.applications import NewApplication
from casework.work.forms import NewCase

_CONVERTER: Final = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_JSON: Final = ("application/json",)
_MEDIA: Final = {
    "Diagram": ("text/plain",),
    "Documentation": ("text/html",),
    "PaymentFile": ("text/csv", XLSX, "text/html"),
    "ApprovalSheet": ("text/html",),
}
# Examples are made up once for this day, so that the document is the same in every process.
_EXAMPLE_DAY: Final = date(2026, 3, 2)
# What opens a case has a component for each workflow.
_SHELLS: Final[dict[type[Form], str]] = {NewCase: "NewCase", NewApplication: "NewApplication"}
# Refusals that the shape of a declaration does not tell.
_ALSO: Final[dict[str, tuple[int, ...]]] = {
    "POST /auth/token": (401, 429, 503),
    "GET /users": (403,),
    "GET /channels": (403,),
    "POST /channels/<uuid:channel_id>/try": (409,),
    "GET /messages": (403,),
    "POST /messages/<uuid:message_id>/replay": (409,),
    "POST /alerts/<uuid:alert_id>/snooze": (409,),
    "GET /reports/sla": (403,),
    "GET /reports/sla/cases": (403,),
    "GET /cases/<uuid:case_id>/disclosures": (403,),
    "GET /funds": (403,),
    "GET /funds/<uuid:fund_id>/ledger": (403,),
    "GET /payment-orders": (403,),
    "POST /payment-orders": (409,),
    "GET /payment-orders/<uuid:order_id>": (403,),
    "GET /payment-orders/<uuid:order_id>/export": (403,),
    "POST /payment-orders/<uuid:order_id>/paid": (409,),
    "POST /payment-orders/<uuid:order_id>/lines/<uuid:line_id>/paid": (409,),
    "POST /payment-orders/<uuid:order_id>/lines/<uuid:line_id>/returned": (409,),
    "POST /cases/<uuid:case_id>/tracking-code": (409,),
}


@endpoint("GET", "/openapi.json", Text("接口描述（OpenAPI）", "This description"), answer="Description", public=True)
def description(_service: Any, _body: Any) -> Answer:
    """The document in the caller's language."""
    return Answer(text=_encoded(language()), headers={"Content-Type": "application/json"})


@cache
def _encoded(language: Language) -> str:
    return msgspec.json.encode(document(language)).decode()


@cache
def document(language: Language) -> dict[str, Any]:
    """The OpenAPI 3.1 document, complete in itself; the same one for every caller, so leave it as it is."""
    paths: dict[str, dict[str, Any]] = {}
    for one in ENDPOINTS:
        paths.setdefault(path_of(one), {})[one.method.lower()] = _operation(one, language)
    used = {TAG, *map(_tag, ENDPOINTS)}
    tags = [*(tag for tag in TAGS if tag in used), *sorted(used - TAGS.keys())]
    found: dict[str, Any] = in_language(
        {
            "openapi": "3.1.1",
            "info": {"title": TITLE, "version": "1", "description": ABOUT},
            "servers": [{"url": "/", "description": SERVER}],
            "tags": [{"name": tag, "description": TAGS.get(tag, tag)} for tag in tags],
            "security": [{"bearer": []}],
            "paths": paths,
            "webhooks": webhooks(),
            "components": {
                "schemas": _schemas(language),
                "responses": {_name(status): _problem(status) for status in sorted(set(STATUS.values()))},
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            },
        },
        language,
    )
    return found


def path_of(one: Endpoint) -> str:
    """The path as OpenAPI writes it, `/api/v1/cases/{case_id}`."""
    return PREFIX + _CONVERTER.sub(r"{\g<name>}", one.path)


def _tag(one: Endpoint) -> str:
    first = one.path.split("/")[1]
    return "docs" if first == "openapi.json" else first


def _operation(one: Endpoint, language: Language) -> dict[str, Any]:
    name = f"{one.method} {one.path}"
    said: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"\w+", f"{one.method} {path_of(one).removeprefix(PREFIX)}")).lower(),
        "tags": [_tag(one)],
        "summary": one.summary,
        "parameters": [*_path_parameters(one), *_query_parameters(one, language), *_header_parameters(one)],
        "responses": _responses(one),
    }
    if name in NOTES:
        said["description"] = NOTES[name]
    if one.body is not None:
        said["requestBody"] = _body(one.body, language)
    if one.public:
        said["security"] = []
    return said


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"} if found["kind"] == "uuid" else {"type": "string"},
        }
        for found in _CONVERTER.finditer(one.path)
    ]


def _query_parameters(one: Endpoint, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": field.required,
            "description": field.title,
            "schema": _named(_without_null(field.schema(language)), _camel(name)),
        }
        for name, field in one.query.form_fields()
    ]


def _without_null(schema: Schema) -> Schema:
    """The schema of a field as a parameter, which is given or left out but never null."""
    said = dict(schema)
    if isinstance(schema["type"], list):
        said["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        said["enum"] = [word for word in schema["enum"] if word is not None]
        said["oneOf"] = [word for word in schema["oneOf"] if word["const"] is not None]
    return said


def _header_parameters(one: Endpoint) -> list[dict[str, Any]]:
    found = []
    if _repeatable(one):
        key = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"}
        found.append(_header_parameter("Idempotency-Key", key))
    if one.writes_to_a_case:
        found.append(_header_parameter("If-Match", {"type": "string"}, required=one.method == "PATCH"))
    if one.visitor == "newcomer":
        found.append(_header_parameter("Tracking-Code", {"type": "string"}))
    if one.visitor == "applicant":
        found.append(_header_parameter("Tracking-Code", {"type": "string"}, required=one.method == "GET"))
    return found


def _header_parameter(name: str, schema: Schema, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": PARAMETERS[name], "schema": schema}


def _repeatable(one: Endpoint) -> bool:
    return one.method == "POST" and (not one.public or one.visitor is not None)


def _body(body: type[Form] | str, language: Language) -> dict[str, Any]:
    if isinstance(body, str):
        schema, example = ref(body), sample(SCHEMAS[body], SCHEMAS)
        required = bool(SCHEMAS[body].get("required"))
    else:
        schema, example = _named(body.schema(language), body.__name__), body.example(_inventor(language))
        required = bool(schema["required"])
    if isinstance(body, type) and body in _SHELLS:
        schema = _by_workflow(_SHELLS[body])
        example["facts"] = intake_of(workflow_registry.newest(example["workflow"])).example(_inventor(language))
    return {"required": required, "content": {"application/json": {"schema": schema, "example": example}}}


def _by_workflow(shell: str) -> Schema:
    """One of the components for each workflow, told apart by the word that `workflow` says."""
    names = {one.key: f"{shell}.{one.key}" for one in workflow_registry.latest()}
    mapping = {key: f"{COMPONENTS}{name}" for key, name in names.items()}
    return {
        "oneOf": [ref(name) for name in names.values()],
        "discriminator": {"propertyName": "workflow", "mapping": mapping},
    }


def _opening(form: type[Form], workflow: Workflow, language: Language) -> Schema:
    """What opens a case of this workflow: the form, this word as `workflow`, and facts after its intake form."""
    schema = form.schema(language)
    schema["properties"] |= {
        "workflow": {"type": "string", "const": workflow.key, "title": workflow.title.in_(language)},
        "facts": ref(_intake_name(workflow.key)),
    }
    schema["required"].append("facts")
    example = {**form.example(_inventor(language)), "workflow": workflow.key}
    return schema | {"examples": [example | {"facts": intake_of(workflow).example(_inventor(language))}]}


def _named(schema: Any, name: str) -> Any:
    """The schema with ASCII names as titles of its objects, from which programs make the names of their classes.

    What people read as a title becomes the description. `name` is that of the schema.
    """
    if isinstance(schema, list):
        return [_named(one, name) for one in schema]
    if not isinstance(schema, dict):
        return schema
    said = {word: _named(inner, name) for word, inner in schema.items() if word not in ("properties", "examples")}
    if isinstance(schema.get("title"), str):
        del said["title"]
        said["description"] = " ".join(filter(None, (schema["title"], schema.get("description"))))
    if "properties" in schema:
        members = schema["properties"].items()
        said["properties"] = {member: _named(inner, name + _camel(member)) for member, inner in members}
        said["title"] = name
    return said | ({"examples": schema["examples"]} if "examples" in schema else {})


def _camel(words: str) -> str:
    return "".join(word.capitalize() for word in re.findall(r"[0-9A-Za-z]+", words))


def _inventor(language: Language) -> ExampleData:
    return ExampleData(_EXAMPLE_DAY, Random(1), language=language)


def _intake_name(workflow: str) -> str:
    return f"Intake.{workflow}"


def _schemas(language: Language) -> dict[str, Schema]:
    intakes: dict[str, Schema] = {}
    for one in workflow_registry.latest():
        facts = intake_of(one).schema(language)
        facts |= {"title": one.title.in_(language), "examples": [intake_of(one).example(_inventor(language))]}
        intakes[_intake_name(one.key)] = _named(facts, f"Intake{_camel(one.key)}")
        for form, shell in _SHELLS.items():
            intakes[f"{shell}.{one.key}"] = _named(_opening(form, one, language), f"{shell}{_camel(one.key)}")
    named = {name: schema | {"examples": [sample(schema, SCHEMAS)]} for name, schema in SCHEMAS.items()}
    return {**dict(sorted(named.items())), **intakes}


def _responses(one: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {str(one.status): _success(one)}
    if one.or_else:
        status, schema = one.or_else
        found[str(status)] = _success(replace(one, status=status, answer=schema))
    if f"{one.method} {one.path}" == "POST /queue/claim":
        found["204"] = {"description": EMPTY, "headers": _headers("Idempotent-Replayed")}
    for status in sorted(_refusals(one)):
        found[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    return found


def _success(one: Endpoint) -> dict[str, Any]:
    names = {
        "ETag": one.etag,
        "Location": one.etag and one.status == 201,
        "Link": "cursor" in one.query.field_names(),
        "Idempotent-Replayed": _repeatable(one),
    }
    return {
        "description": CREATED if one.status == 201 else DONE,
        "headers": _headers(*(name for name, sent in names.items() if sent)),
        "content": {media: {"schema": ref(one.answer)} for media in _MEDIA.get(one.answer, _JSON)},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in names}


def _refusals(one: Endpoint) -> set[int]:
    """The statuses of the refusals that this endpoint can answer with; 405 belongs to no endpoint."""
    found = set(_ALSO.get(f"{one.method} {one.path}", ()))
    if one.method != "GET":
        found |= {400, 413, 415, 422}
    if not one.public or one.visitor:
        found |= {422, 503}
    if not one.public:
        found.add(401)
        # Whoever has a password of an administrator's is asked to change it first.
        found |= {403} if one.path != "/me" else set()
    if one.visitor:
        found.add(429)
    if one.method != "GET" and (not one.public or one.visitor):
        found |= {403, 409} if one.answer == "Case" or one.visitor else {403}
    if "<" in one.path:
        found.add(404)
    if one.writes_to_a_case:
        found |= {412, 428} if one.method == "PATCH" else {412}
    return found


def _codes(status: int) -> list[str]:
    return [code for code, its in STATUS.items() if its == status]


def _name(status: int) -> str:
    return _codes(status)[0]


def _problem(status: int) -> dict[str, Any]:
    titles = [TITLES[code] for code in _codes(status)]
    names = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ())
    return {
        "description": Text("；".join(one.zh for one in titles), "; ".join(one.en for one in titles)),
        "headers": _headers(*names),
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }
