"""`GET /`: where somebody is who opened the address that the start prints, and where to go on."""

from functools import cache
from typing import Any, Final

import msgspec
from flask import Flask, Response, request

from casework.api.endpoint import PREFIX
from casework.api.openapi_texts import TITLE
from casework.api.pages import TEMPLATES, headers_of, style
from casework.http.request_context import language
from casework.rules.text import Language, Text, in_language

_PLACES: Final = {
    "documentation": f"{PREFIX}/docs",
    "description": f"{PREFIX}/openapi.json",
    "alive": "/healthz",
    "ready": "/readyz",
    "metrics": "/metrics",
}
_SAY: Final = {
    "title": TITLE,
    "about": Text(
        "这里是服务的接口；工作页面尚未提供。",
        "This is the service behind its API; there are no pages to work with yet.",
    ),
    "documentation": Text("接口说明", "Documentation of the API"),
    "description": Text("接口描述（OpenAPI）", "Its description (OpenAPI)"),
    "alive": Text("进程是否存活", "Whether the process lives"),
    "ready": Text("是否可以工作", "Whether it can work"),
    "metrics": Text("运行指标（Prometheus）", "Metrics (Prometheus)"),
    "sign_in": Text("登录", "Signing in"),
    "token": Text(
        "程序以用户名和密码换取令牌：POST /api/v1/auth/token。",
        "Programs give a user name and a password for a token: POST /api/v1/auth/token.",
    ),
    "machine": Text("在服务器上，可以用户身份办理：", "On the machine itself one works in a user's name:"),
    "demonstration": Text(
        "演示环境的用户名和密码：casework demo users；其他环境：casework user list 和 casework user password。",
        "User names and passwords of a demonstration: casework demo users. Elsewhere: casework user list, and"
        " casework user password.",
    ),
}


def install(app: Flask) -> None:
    """`/`: a page for people, and its addresses as JSON for programs."""

    @app.get("/")
    def home() -> Response:
        wanted = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
        if wanted == "application/json":
            answer = Response(msgspec.json.encode(_PLACES), content_type="application/json")
        else:
            answer = Response(_page(language()), content_type="text/html; charset=utf-8")
            answer.headers.update(headers_of("docs"))
        answer.vary.add("Accept")
        return answer


@cache
def _page(language: Language) -> str:
    say: dict[str, Any] = in_language(_SAY, language)
    return TEMPLATES.get_template("home.html").render(say=say, places=_PLACES, language=language, style=style("docs"))
