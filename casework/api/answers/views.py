"""A view of the list of cases."""

from typing import Annotated, Any

from casework.api.answers.members import Shape, like
from casework.rules.text import Text
from casework.work import views


class View(Shape):
    """Filters under a name."""

    name: Annotated[str, like(Text("本月受理", "This month"))]
    filters: Annotated[dict[str, Any], like({"workflow": "legal_aid", "open": True})]


def view(one: views.View) -> View:
    """The view as it is told."""
    return View(one.name, dict(one.query))
