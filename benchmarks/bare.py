"""F: a Flask view that does nothing, for the same web server."""

from flask import Flask

app = Flask("bare", static_folder=None)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def nothing(path: str) -> dict[str, bool]:
    """Answer."""
    return {"ok": True}
