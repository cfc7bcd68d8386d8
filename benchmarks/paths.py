"""How far five requests travel through the code: `python -m benchmarks.paths`, a table for docs/architecture.md.

Counted are the functions of casework that a request enters, each once, in the order of their first calls: how many
there are and in how many modules, how often a function belongs to a module that was left before, and how often it
stands on a higher floor than the function which calls it (what the table of a workflow names is told apart).
"""

import logging
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any, Final

import structlog

from benchmarks.office import Office, Request, office
from benchmarks.servers import running, written
from casework.app import service_of
from casework.settings import ROOT
from casework.work.overdue import sweep

_ORG: Final = "370100"
_CASES: Final = 60
_PACKAGE: Final = str(ROOT / "casework") + "/"


@dataclass(slots=True)
class Walk:
    """The functions that were entered, in order, each with the module from which it was first called."""

    entered: dict[CodeType, str | None] = field(default_factory=dict)

    def note(self, frame: FrameType, event: str, _: Any) -> None:
        """Note a call; what is not ours, and what Python makes of comprehensions, is passed over."""
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(_PACKAGE) and not code.co_name.startswith("<"):
            self.entered.setdefault(code, _caller(frame))

    @property
    def modules(self) -> list[str]:
        """The module of each function."""
        return [_module(code) for code in self.entered]

    @property
    def returns(self) -> int:
        """How often a function belongs to a module that was left before."""
        seen, last, count = set[str](), "", 0
        for module in self.modules:
            count += module != last and module in seen
            seen.add(module)
            last = module
        return count

    @property
    def climbs(self) -> tuple[int, int]:
        """How often a function stands on a higher floor than its caller, without and with what a definition names.

        The rules ask what the table of a workflow names: guards, facts, forms. That stands above them by design.
        """
        pairs = [(caller, _module(code)) for code, caller in self.entered.items() if caller]
        higher = [called for caller, called in pairs if _FLOOR[_top(called)] < _FLOOR[_top(caller)]]
        asked = sum(_top(called) in ("workflows", "forms") for called in higher)
        return len(higher) - asked, asked

    def row(self, title: str) -> str:
        """The line of the table."""
        climbs, asked = self.climbs
        return f"| {title} | {len(self.entered)} | {len(set(self.modules))} | {self.returns} | {climbs} | {asked} |"


def _module(code: CodeType) -> str:
    return code.co_filename.removeprefix(_PACKAGE).removesuffix(".py")


def _top(module: str) -> str:
    return module.partition("/")[0]


def _caller(frame: FrameType) -> str | None:
    above = frame.f_back
    while above is not None:
        code = above.f_code
        if code.co_filename.startswith(_PACKAGE):
            return _module(code)
        above = above.f_back
    return None


def _floors() -> dict[str, int]:
    """The number of the floor of each part of the package, counted from the top, as the import contract has them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [floors] = [one["layers"] for one in contracts if one["id"] == "floors"]
    return {part.strip(" ()"): number for number, floor in enumerate(floors) for part in floor.split("|")}


_FLOOR: Final = _floors()


def walked(do: Callable[[], Any]) -> Walk:
    """Return the walk of what is done."""
    walk = Walk()
    sys.setprofile(walk.note)
    try:
        do()
    finally:
        sys.setprofile(None)
    return walk


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    _say("| path | functions | modules | returns to a module left | climbs to a higher floor | asks the definition |")
    _say("|---|---|---|---|---|---|")
    with running("private") as server:
        server.casework("database", "upgrade")
        server.casework("demo", "load", "--cases", str(_CASES))
        with office(server.settings, written(server.app("casework"))) as asked:
            for title, walk in _walks(asked):
                _say(walk.row(title))
        service = service_of(server.settings, written(server.app("casework")))
        _say(walked(lambda: sweep(service)).row("the first sweep"))
        service.database.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _walks(asked: Office) -> Iterator[tuple[str, Walk]]:
    """Each request a second time, so that what is kept from the first does not count."""
    clerk, boss = asked.prepare(2).writers["ours"][0], asked.token_of(f"sv-{_ORG}-1")
    opened = [Request("POST", "/cases", clerk.token, body) for body in clerk.bodies]
    yield "open a case", _second(asked, opened)
    granted = []
    for case_id in clerk.waiting:
        asked.ask(Request("POST", f"/cases/{case_id}/transitions/accept", clerk.token, {}))
        offered = asked.ask(Request("GET", f"/cases/{case_id}/transitions", boss))["items"]
        [needs] = [one["needs"] for one in offered if one["name"] == "grant"]
        granted.append(Request("POST", f"/cases/{case_id}/transitions/grant", boss, needs["examples"][0]))
    yield "grant", _second(asked, granted)
    yield "claim", _second(asked, [Request("POST", "/queue/claim", clerk.token, {})] * 2)
    yield "queue page", _second(asked, [Request("GET", "/queue?limit=50", clerk.token)] * 2)
    yield "one case", _second(asked, [Request("GET", f"/cases/{clerk.waiting[0]}", clerk.token)] * 2)


def _second(asked: Office, requests: list[Request]) -> Walk:
    first, second = requests[:2]
    asked.ask(first)
    return walked(lambda: asked.ask(second))


if __name__ == "__main__":
    main()
