"""What an endpoint is: a function with a declaration that says everything of it, and what it is called with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, cast
from urllib.parse import urlencode

from flask import request

from casework.api.answers.members import Page, Shape
from casework.api.body import read_json
from casework.forms.form import Form
from casework.http.query import NoQuery, from_cursor, to_cursor, whole
from casework.http.uploads import Upload
from casework.rules.text import Text
from casework.work.applications import GivenCode
from casework.work.service import Transaction

PREFIX: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers: a noun, a plain `text` or the bytes of a file, or with neither no content."""

    noun: Shape | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | bytes | None = None


@dataclass
class Call:
    """A request as an endpoint sees it."""

    tx: Transaction
    endpoint: "Endpoint"
    query: dict[str, Any]
    raw: bytes
    caller: str
    """Who asks, as idempotency keys tell callers apart."""
    code: str = ""
    """The tracking code that a newcomer showed of an earlier application."""
    upload: Upload | None = None
    """The file that was sent, where the endpoint takes one."""

    @cached_property
    def body(self) -> Any:
        """The JSON body; an empty body is an empty object."""
        return read_json(self.raw) if self.raw.strip() else {}

    @property
    def limit(self) -> int:
        """How many rows the caller wants."""
        return int(self.query.get("limit", 50))


Visitor = Literal["reader", "newcomer", "applicant"]
"""Who comes without an account: to read what is public, to open an application, or with a number and its code."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is described by a schema of its own, because it is no noun: a page, a file, what a workflow asks for."""

    name: str
    schema: Mapping[str, Any]
    media: tuple[str, ...] = ("application/json",)


Described = type[Shape] | Content
"""What has a component in the OpenAPI document."""
GIVEN: Final = Content(
    "Given",
    {
        "type": "object",
        "description": Text("按该操作的 needs 填写", "What the transition's `needs` asks for"),
        "examples": [{}],
    },
)


@dataclass(slots=True, eq=False)
class Endpoint:
    """One method at one path, with everything that the documentation says of it; it decorates the view that answers.

    `answer` is what is told, or what an empty answer means.

    One for a `visitor` is public too, but counted for each address, and its view gets a call as those of users do;
    an applicant's `<number>` in the path reaches it as the id of the case.
    """

    method: str
    path: str
    summary: Text
    _: KW_ONLY
    answer: Described | Text
    status: int = 200
    body: type[Form] | Described | None = None
    query: type[Form] = NoQuery
    public: bool = False
    etag: bool = False
    visitor: Visitor | None = None
    or_else: tuple[int, Described | Text] | None = None
    """Another success: its status, and its answer, or what an empty answer means."""
    takes_file: bool = False
    """Whether its body is a form with a file instead of JSON."""
    keeps_answer: bool = True
    """Whether an answer is kept for whoever sends the same request again; else it is done again."""
    refuses: tuple[int, ...] = ()
    """The statuses of refusals that the rest does not tell."""
    note: Text | None = None
    view: Callable[..., Answer] = field(init=False)

    def __post_init__(self) -> None:
        self.public = self.public or self.visitor is not None

    def __call__(self, view: Callable[..., Answer]) -> Callable[..., Answer]:
        """Keep the view, which stays what it is."""
        self.view = view
        ENDPOINTS.append(self)
        return view

    @property
    def own_account(self) -> bool:
        """Whether it is about the caller's own account, which also those reach who have yet to choose a password."""
        return self.path == "/me" or (self.path.startswith("/auth/") and not self.public)

    @property
    def writes_to_a_case(self) -> bool:
        """Whether it writes to one case, and so honours `If-Match`."""
        if self.method == "GET" or self.path.endswith("/link"):
            return False
        of_applicant = self.visitor == "applicant" and self.body is not GivenCode
        return self.path.startswith("/cases/<uuid:case_id>") or of_applicant


ENDPOINTS: Final[list[Endpoint]] = []


def cut(call: Call, items: list[Any], **more: Any) -> Answer:
    """A page of a short list that is there as a whole; the cursor is a position, since such lists only grow."""
    key = from_cursor(call.query, whole)
    first = key[0] if key else 0
    after = first + call.limit
    return page(call, items[first:after], to_cursor(after) if after < len(items) else None, **more)


def listed(call: Call, rows: Sequence[Any], show: Callable[[Any], Shape], *key: str) -> Answer:
    """A page of rows, of which one more was read than is shown, ordered by their attributes `key`."""
    shown = rows[: call.limit]
    after = to_cursor(*(getattr(shown[-1], name) for name in key)) if len(rows) > call.limit else None
    return page(call, [show(row) for row in shown], after)


def page(call: Call, items: list[Any], next_cursor: str | None, **more: Any) -> Answer:
    """A page of a list, with the address of the next one in `Link`; `more` is what is said of the whole list."""
    headers = {}
    if next_cursor is not None:
        args = request.args.to_dict(flat=False) | {"cursor": [next_cursor]}
        headers["Link"] = f'<{request.path}?{urlencode(args, doseq=True)}>; rel="next"'
    kind = cast("type[Page]", call.endpoint.answer)
    return Answer(kind(items=items, next_cursor=next_cursor, **more), headers=headers)
