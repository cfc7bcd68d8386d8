"""Draws the floors of the house into docs/architecture.md, from the import contract and the imports themselves.

The picture stands between two marks of the page, in Mermaid; an arrow leads from a part to what several of its modules
import.
"""

import tomllib
from collections import defaultdict
from typing import Final

import grimp

from casework.settings import ROOT

PAGE: Final = ROOT / "docs" / "architecture.md"
_BEGIN: Final = "<!-- drawn by docs/make_architecture.py -->"
_END: Final = "<!-- end of the drawing -->"
_FEWEST: Final = 3
"""So many imports at least make an arrow; fewer would hide the others."""


def floors() -> list[list[str]]:
    """Return the parts of the package on each floor, from the top, as the import contract has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [found] = [one["layers"] for one in project["tool"]["importlinter"]["contracts"] if one["id"] == "floors"]
    return [[part.strip() for part in floor.split("|") if "(" not in part] for floor in found]


def drawing() -> str:
    """Return the picture."""
    graph = grimp.build_graph("casework")
    importers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            importers[_part(module), _part(imported)].add(module)
    lines = ["```mermaid", "flowchart TD"]
    for number, floor in enumerate(floors()):
        lines += [f"  subgraph floor{number}[ ]", *(f"    {part}" for part in floor), "  end"]
    arrows = sorted(pair for pair, found in importers.items() if len(found) >= _FEWEST and len({*pair, ""}) == 3)
    lines += [f"  {upper} --> {lower}" for upper, lower in arrows]
    return "\n".join([*lines, "```"])


def _part(module: str) -> str:
    """The part of the package to which a module belongs; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def page() -> str:
    """Return the page with the picture as the code is now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{drawing()}\n\n{_END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
