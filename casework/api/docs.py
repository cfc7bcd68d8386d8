"""The page that shows the OpenAPI document to people: one HTML file without scripts and without anything foreign."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from casework.api.endpoint import Answer, Content, Endpoint
from casework.api.openapi import document
from casework.api.openapi_texts import PAGE
from casework.api.pages import TEMPLATES, headers_of, style
from casework.api.schemas import COMPONENTS, Schema
from casework.http.request_context import language
from casework.rules.text import Language, Text, in_language


@dataclass(frozen=True, slots=True)
class Member:
    """A line about a value: its path, its kinds as (words, name of a component or None), what it means."""

    path: str
    kinds: tuple[tuple[str, str | None], ...]
    required: bool
    about: str


_DOCUMENTATION: Final = Content("Documentation", {"type": "string", "examples": ["<!doctype html>"]}, ("text/html",))


@Endpoint("GET", "/docs", Text("接口说明（网页）", "This page"), answer=_DOCUMENTATION, public=True)
def docs(_service: Any, _body: Any) -> Answer:
    """The page in the caller's language."""
    return Answer(text=_page(language()), headers=headers_of("docs"))


@cache
def _page(language: Language) -> str:
    template = TEMPLATES.get_template("docs.html")
    return template.render(
        api=document(language),
        groups=_groups(document(language)),
        say=in_language(PAGE, language),
        language=language,
        style=style("docs"),
        members=members,
        kinds=kinds,
        told=_told,
    )


def _groups(api: dict[str, Any]) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each tag with its operations, which know their method and path; `$ref`s to answers are followed."""
    operations = [
        {
            **operation,
            "method": method.upper(),
            "path": path,
            "responses": {
                status: api["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
                if "$ref" in response
                else response
                for status, response in operation["responses"].items()
            },
        }
        for path, methods in [*api["paths"].items(), *api["webhooks"].items()]
        for method, operation in methods.items()
    ]
    return [(tag, [one for one in operations if tag["name"] in one["tags"]]) for tag in api["tags"]]


def members(schema: Schema, path: str = "") -> Iterator[Member]:
    """What is inside an object or a list of objects; components are named, not opened."""
    while "items" in schema:
        schema, path = schema["items"], f"{path}[]"
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        about = [inner[word] for word in ("title", "description") if word in inner]
        yield Member(here, kinds(inner), name in schema["required"], "：".join(about))
        yield from members(inner, here)


def kinds(schema: Schema) -> tuple[tuple[str, str | None], ...]:
    """What a value may be, in the words of JSON Schema."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(COMPONENTS)
        return ((name, name),)
    if "items" in schema:
        return tuple((f"{words}[]", name) for words, name in kinds(schema["items"]))
    if "enum" in schema:
        return tuple((json.dumps(word), None) for word in schema["enum"])
    if "const" in schema:
        return ((json.dumps(schema["const"]), None),)
    if "type" not in schema:
        return tuple(kind for one in (schema.get("anyOf") or schema["oneOf"]) for kind in kinds(one))
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    said = f" ({schema['format']})" if "format" in schema else ""
    return tuple((f"{word}{said if word == 'string' else ''}", None) for word in types)


def _told(value: Any) -> str:
    """An example as it is read."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
