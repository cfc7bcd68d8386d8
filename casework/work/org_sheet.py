"""The organisations as a table: read for `organisations.load`, and written as they stand."""

from typing import Final

from casework.records.database import Tx
from casework.rules.refusals import Fault, Invalid
from casework.rules.text import Language, Text
from casework.work.organisations import KINDS, Given, as_entered
from casework.work.sheet_cells import CODE, choice
from casework.work.sheets import Column, LineFault, cells_of, rows_of

COLUMNS: Final = (
    Column("code", Text("机构代码", "Code"), CODE),
    Column("name", Text("名称", "Name"), required=True),
    Column("kind", Text("层级", "Kind"), choice(lambda: KINDS), required=True),
    Column("region", Text("行政区划代码", "Region"), CODE, empty=None),
    Column("parent", Text("上级机构", "Organisation above"), CODE, empty=None),
    Column("calendar", Text("日历", "Calendar"), CODE, empty=None),
    Column("phone", Text("联系电话", "Telephone"), empty=None),
    Column("address", Text("联系地址", "Address"), empty=None),
    Column("seal_name", Text("印章名称", "Name on the seal"), empty=None),
)


class OrgTable:
    """A table of organisations: what it gives, and where in it a fault lies."""

    def __init__(self, name: str, raw: bytes) -> None:
        found = rows_of(COLUMNS, raw)
        self.given = Given(name, [given for _, _, given in found])
        self._lines = [number for number, _, _ in found]

    def placed(self, wrong: Invalid) -> Invalid:
        """Return the same faults, each with its line and column in its sentence."""
        return Invalid([self._placed(fault) for fault in wrong.faults])

    def _placed(self, fault: Fault) -> Fault:
        top, _, place = fault.path.partition(".")
        row, _, name = place.partition(".")
        if top != "org" or not row.isdecimal():
            return fault
        column = next((one for one in COLUMNS if one.name == name), None)
        told = LineFault(self._lines[int(row)], column, fault.code, fault.text).told
        return Fault(self.given.name, fault.code, told)


def table_of(tx: Tx, language: Language, *, empty: bool = False) -> list[list[str]]:
    """Return the cells of the table as it stands, headings first, or of one to be filled in."""
    return cells_of(COLUMNS, [] if empty else as_entered(tx), language)
