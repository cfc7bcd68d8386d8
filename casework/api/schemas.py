"""The components of the OpenAPI document, made from the answers, each with an example."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from casework.api.endpoint import Content, Described
from casework.rules.text import Text

Schema = dict[str, Any]
COMPONENTS: Final = "#/components/schemas/"


def name_of(one: Described) -> str:
    """The name of its component."""
    return one.name if isinstance(one, Content) else one.__name__


def ref(name: str) -> Schema:
    """A component by its name."""
    return {"$ref": f"{COMPONENTS}{name}"}


def components(described: Iterable[Described]) -> dict[str, Schema]:
    """The schemas of these, and of every noun within them, by name; what people read is a `Text`."""
    every = [*described]
    nouns = [one for one in every if not isinstance(one, Content)]
    _, found = msgspec.json.schema_components(nouns, ref_template=f"{COMPONENTS}{{name}}")
    for schema in found.values():
        # Docstrings are for those who read the source.
        schema.pop("description", None)
    schemas = {one.name: dict(one.schema) for one in every if isinstance(one, Content)} | _with_texts(found)
    return {name: schema | {"examples": [sample(schema, schemas)]} for name, schema in schemas.items()}


def _with_texts(value: Any) -> Any:
    """The same with the `Text`s that msgspec has taken apart."""
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return Text(**value)
        return {name: _with_texts(inner) for name, inner in value.items()}
    return [_with_texts(inner) for inner in value] if isinstance(value, list) else value


def sample(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """The example of a schema: its own, else put together from those of its parts."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return sample(schemas[schema["$ref"].removeprefix(COMPONENTS)], schemas)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], schemas)
    if "items" in schema:
        return [sample(schema["items"], schemas)]
    if "properties" in schema:
        return {name: sample(member, schemas) for name, member in schema["properties"].items()}
    return schema["enum"][0]
