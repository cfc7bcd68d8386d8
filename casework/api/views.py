"""The views of the list of cases that somebody keeps under a name."""

from casework.api.answers.members import page_of
from casework.api.answers.views import View, view
from casework.api.endpoint import Answer, Call, Endpoint, cut
from casework.forms.form import Nested
from casework.http.case_filters import ViewFilters, checked_filters
from casework.http.query import Page
from casework.rules.text import Text
from casework.work import views


class NewView(views.ViewName):
    """A view: its name, and its filters as `GET /cases` takes them, each once."""

    filters = Nested(
        ViewFilters,
        required=True,
        title=Text("筛选条件", "Filters"),
        example={"workflow": "legal_aid", "open": True},
    )


@Endpoint("GET", "/me/views", Text("我的视图", "My views"), answer=page_of(View), query=Page)
def of_caller(call: Call) -> Answer:
    """The filters that the caller has kept under names, by name."""
    return cut(call, [view(one) for one in views.of_caller(call.tx)])


@Endpoint("POST", "/me/views", Text("保存视图", "Keep a view"), answer=View, status=201, body=NewView)
def keep(call: Call) -> Answer:
    """Filters under a name, in the place of those that were kept under it; search words are not kept."""
    said = NewView.check(call.body, today=call.tx.today)
    return Answer(view(views.keep(call.tx, said["name"], checked_filters(call.tx, said["filters"]))), status=201)


@Endpoint(
    "DELETE",
    "/me/views/<name>",
    Text("删除视图", "Delete a view"),
    answer=Text("已删除", "It is forgotten"),
    status=204,
)
def drop(call: Call, name: str) -> Answer:
    """The view is forgotten."""
    views.drop(call.tx, name)
    return Answer(status=204)
