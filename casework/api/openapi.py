"""The OpenAPI document, made from the declarations of the endpoints, the forms and the answers."""

import re
from datetime import date
from functools import cache
from random import Random
from typing import Any, Final

import msgspec

from casework.api.answers.cases import Case
from casework.api.answers.members import Shape
from casework.api.answers.problems import Problem
from casework.api.endpoint import ENDPOINTS, PREFIX, Answer, Content, Described, Endpoint
from casework.api.openapi_texts import (
    ABOUT,
    CREATED,
    DONE,
    HEADERS,
    PARAMETERS,
    SERVER,
    TAGS,
    TITLE,
)
from casework.api.schemas import COMPONENTS, Schema, components, name_of, ref
from casework.api.webhooks import BODIES, TAG, webhooks
from casework.forms.example_data import ExampleData
from casework.forms.form import Form, intake_of
from casework.http.problems import STATUS, TITLES
from casework.http.request_context import language
from casework.rules.grammar import Workflow
from casework.rules.text import Language, Text, in_language
from casework.work import workflow_registry
from casework.work.applications import NewApplication
from casework.work.forms import NewCase

_CONVERTER: Final = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# Examples are made up once for this day, so that the document is the same in every process.
_EXAMPLE_DAY: Final = date(2026, 3, 2)
# What opens a case has a component for each workflow.
_SHELLS: Final[dict[type[Form], str]] = {NewCase: "NewCase", NewApplication: "NewApplication"}
_DESCRIPTION: Final = Content(
    "Description",
    {
        "type": "object",
        "description": Text("OpenAPI 文档", "An OpenAPI document"),
        "examples": [{"openapi": "3.1.1"}],
    },
)


@Endpoint("GET", "/openapi.json", Text("接口描述（OpenAPI）", "This description"), answer=_DESCRIPTION, public=True)
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
            "webhooks": webhooks(_components()),
            "components": {
                "schemas": {**dict(sorted(_components().items())), **_intakes(language)},
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
    said: dict[str, Any] = {
        "operationId": "_".join(re.findall(r"\w+", f"{one.method} {path_of(one).removeprefix(PREFIX)}")).lower(),
        "tags": [_tag(one)],
        "summary": one.summary,
        "parameters": [*_path_parameters(one), *_query_parameters(one, language), *_header_parameters(one)],
        "responses": _responses(one),
    }
    if one.note is not None:
        said["description"] = one.note
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


def _body(body: type[Form] | Described, language: Language) -> dict[str, Any]:
    if isinstance(body, Content) or issubclass(body, Shape):
        described = _components()[name_of(body)]
        schema, example, required = ref(name_of(body)), described["examples"][0], "required" in described
    else:
        schema, example = _named(body.schema(language), body.__name__), body.example(_example_data(language))
        required = bool(schema["required"])
        if body in _SHELLS:
            schema = _by_workflow(_SHELLS[body])
            example["facts"] = intake_of(workflow_registry.newest(example["workflow"])).example(_example_data(language))
    media = body.media if isinstance(body, Content) else ("application/json",)
    return {"required": required, "content": {kind: {"schema": schema, "example": example} for kind in media}}


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
    example = {**form.example(_example_data(language)), "workflow": workflow.key}
    return schema | {"examples": [example | {"facts": intake_of(workflow).example(_example_data(language))}]}


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


def _example_data(language: Language) -> ExampleData:
    return ExampleData(_EXAMPLE_DAY, Random(1), language=language)


def _intake_name(workflow: str) -> str:
    return f"Intake.{workflow}"


def _intakes(language: Language) -> dict[str, Schema]:
    """What opens a case, and the facts of each workflow."""
    found: dict[str, Schema] = {}
    for one in workflow_registry.latest():
        facts = intake_of(one).schema(language)
        facts |= {"title": one.title.in_(language), "examples": [intake_of(one).example(_example_data(language))]}
        found[_intake_name(one.key)] = _named(facts, f"Intake{_camel(one.key)}")
        for form, shell in _SHELLS.items():
            found[f"{shell}.{one.key}"] = _named(_opening(form, one, language), f"{shell}{_camel(one.key)}")
    return found


@cache
def _components() -> dict[str, Schema]:
    """What is answered, what is sent, and what is taken that is no form."""
    described: dict[str, Described] = {name_of(one): one for one in (Problem, *BODIES)}
    for one in ENDPOINTS:
        for said in (one.answer, one.or_else and one.or_else[1], one.body):
            if isinstance(said, Content) or (isinstance(said, type) and issubclass(said, Shape)):
                described[name_of(said)] = said
    return components(described.values())


def _responses(one: Endpoint) -> dict[str, Any]:
    found = {str(one.status): _success(one, one.status, one.answer)}
    if one.or_else:
        status, answer = one.or_else
        found[str(status)] = _success(one, status, answer)
    for status in sorted(_refusals(one)):
        found[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    return found


def _success(one: Endpoint, status: int, answer: Described | Text) -> dict[str, Any]:
    again = ("Idempotent-Replayed",) if _repeatable(one) else ()
    if isinstance(answer, Text):
        return {"description": answer, "headers": _headers(*again)}
    names = {
        "ETag": one.etag,
        "Location": one.etag and status == 201,
        "Link": "cursor" in one.query.field_names(),
    }
    media = answer.media if isinstance(answer, Content) else ("application/json",)
    return {
        "description": CREATED if status == 201 else DONE,
        "headers": _headers(*(name for name, sent in names.items() if sent), *again),
        "content": {kind: {"schema": ref(name_of(answer))} for kind in media},
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"description": HEADERS[name], "schema": {"type": "string"}} for name in names}


def _refusals(one: Endpoint) -> set[int]:
    """The statuses of the refusals that this endpoint can answer with; 405 belongs to no endpoint."""
    found = set(one.refuses)
    if one.method != "GET":
        found |= {400, 413, 415, 422}
    if not one.public or one.visitor:
        found |= {422, 503}
    if not one.public:
        found.add(401)
        # Whoever has a password of an administrator's is asked to change it first.
        found |= {403} if not one.own_account else set()
    if one.visitor:
        found.add(429)
    if one.method != "GET" and (not one.public or one.visitor):
        found |= {403, 409} if one.answer is Case or one.visitor else {403}
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
