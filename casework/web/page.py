"""What a page is: a view with a declaration that says where it is and who may see it, and what it is called with."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final, Literal

from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.forms.form import Form
from casework.http.query import NoQuery
from casework.http.uploads import Upload
from casework.rules import people
from casework.rules.people import Role
from casework.rules.refusals import NotFound
from casework.work.files import GivenFile
from casework.work.service import Transaction

STAFF: Final = frozenset(people.STAFF)
HELPERS: Final = frozenset(people.HELPERS)
USERS: Final = frozenset((*STAFF, *HELPERS, Role.AUDITOR, Role.ADMINISTRATOR))
"""Everybody who signs in."""


@dataclass(frozen=True, slots=True)
class Html:
    """A page to be written: the template and what stands in it."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on there: an address of ours, after something was done."""

    address: str


Answer = Html | Redirect | Response


class Posted(MultiDict[str, str]):
    """The fields that were posted, with the file beside them where the page takes one."""

    upload: Upload | None = None

    def file(self) -> GivenFile:
        """The file that was posted, looked into already; raises `NotFound` where the page takes none."""
        if self.upload is None:
            raise NotFound
        return self.upload.given()


@dataclass(slots=True)
class Visit:
    """A request of somebody who is signed in, within its one transaction."""

    tx: Transaction
    query: Mapping[str, Any]
    posted: Posted


@dataclass(slots=True, eq=False)
class Page:
    """One method at one address, and who may see it; it decorates the view.

    A page for `everybody` is called with what was posted and without a transaction; others with a `Visit`.
    `again` answers where the view refuses, in a transaction of its own: with the form as it was filled in. What was
    posted with a key in the field `once` is done once: sent again, it gets the answer of the first time.
    `own_account`: it is open to who has to choose another password first. `takes_file`: what is posted to it has a
    file, which `posted` has as its `upload`.
    """

    method: Literal["GET", "POST"]
    path: str
    roles: frozenset[Role] | Literal["everybody"]
    _: KW_ONLY
    query: type[Form] = NoQuery
    own_account: bool = False
    takes_file: bool = False
    again: "Callable[..., Answer] | None" = None
    view: Callable[..., Answer] = field(init=False)

    def __call__(self, view: Callable[..., Answer]) -> Callable[..., Answer]:
        """Keep the view, which stays what it is."""
        self.view = view
        PAGES.append(self)
        return view


PAGES: Final[list[Page]] = []
