"""The world in which stories of hardship assistance are told and walked through: the funds that may pay."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from casework.rules.fund_operations import Fund

FUNDS: Final[Mapping[str, Fund]] = MappingProxyType(
    {"RELIEF": Fund("RELIEF", "帮扶资金", Decimal("1000000.00"))},
)
