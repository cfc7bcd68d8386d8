"""The OpenAPI document and a page to read it."""

from flask import Flask


def install(app: Flask) -> None:
    """`/api/v1/openapi.json` and `/api/v1/docs`."""
