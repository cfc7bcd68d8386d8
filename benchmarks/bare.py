"""F: a Flask view that does nothing, behind the same gateway and web server."""

from flask import Flask

from casework.gateway import Bounds, Gateway
from casework.settings import Settings

app = Flask("bare", static_folder=None)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def nothing(path: str) -> dict[str, bool]:
    """Answer."""
    return {"ok": True}


web = Settings.load().web
gateway = Gateway(app, Bounds(web.threads, web.max_body_bytes))
