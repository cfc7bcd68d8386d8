"""Further parties of a case."""

from collections.abc import Mapping
from typing import Annotated, Any

from casework.api.answers.members import Id, Shape, like, one_of
from casework.rules.parties import ROLES
from casework.rules.text import Text


class CaseParty(Shape):
    """Somebody of a case whom its form does not name."""

    id: Id
    role: Annotated[str, one_of(ROLES)]
    organisation: Annotated[bool, like(True, "是单位", "Whether it is an organisation")]
    name: Annotated[str, like(Text("示例控股有限公司", "Example Holdings Ltd"), "姓名或者单位名称", "Name")]
    credit_code: Annotated[str | None, like(None, "统一社会信用代码", "Unified social credit code")]


def case_party(party: Mapping[str, Any]) -> CaseParty:
    """The party as the facts of a case list it."""
    return CaseParty(party["id"], party["role"], party["organisation"], party["name"], party.get("credit_code"))
