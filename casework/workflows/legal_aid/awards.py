"""Whether an award that does not say so is final for the employer, item by item.

Source: 最高人民法院关于审理劳动争议案件适用法律问题的解释（一）（法释〔2020〕26号） 19 with 劳动争议调解仲裁法 47.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from casework.rules.context import MoveContext
from casework.rules.text import Text
from casework.workflows.legal_aid.labour import FINAL_ITEMS, STANDARDS, UNMARKED

MONTHS: Final = 12


def award_sheet(at: MoveContext) -> Mapping[str, Any]:
    """Whether the award is final: every item of pay, medical cost, severance or damages is within twelve minimum wages.

    What is about national labour standards is final without such a cap. The monthly minimum wage is the policy
    `minimum_wage` of the place in yuan. Without it, or without the items, nobody can tell.
    """
    if at.given["kind"] != UNMARKED:
        return {}
    if "items" not in at.given:
        return {"award": {"told": _NO_ITEMS.both()}}
    items = [item for item in at.given["items"] if item["kind"] != STANDARDS]
    if not items:
        return {"award": {"final": True, "told": _STANDARDS.both()}}
    row = at.office.policy("minimum_wage")
    if row is None:
        return {"award": {"told": _UNKNOWN.both()}}
    most = MONTHS * row.amount()
    final = all(item["kind"] in FINAL_ITEMS and Decimal(item["amount"]) <= most for item in items)
    told = (_FINAL if final else _NOT_FINAL).with_(most=f"{most:.2f}", source=row.source)
    return {"award": {"final": final, "most": f"{most:.2f}", "told": told.both()}}


_NO_ITEMS: Final = Text(
    "裁决书未载明是否终局，且未登记各项金额，无法判断；双方均按十五日内起诉准备。",
    "The award does not say whether it is final and its items are not recorded, so nobody can tell; be ready to sue within"
    " fifteen days.",
)
_UNKNOWN: Final = Text(
    "本地区的月最低工资标准尚未设定，无法判断裁决是否终局；请联系管理员。",
    "The monthly minimum wage is not set for this place, so nobody can tell whether the award is final; ask the"
    " administrator.",
)
_STANDARDS: Final = Text(
    "裁决事项均为执行国家劳动标准，按终局裁决处理，不论金额：劳动者可以自收到之日起十五日内起诉，用人单位只能自收到之日起三十日内申请撤销。",
    "Every item is about national labour standards: the award counts as final, whatever the amounts. The worker may sue"
    " within fifteen days of receiving it; the employer may only ask to set it aside within thirty.",
)
_FINAL: Final = Text(
    "各项金额均不超过 {most} 元（十二个月最低工资，{source}），按终局裁决处理：劳动者可以自收到之日起十五日内起诉，用人单位只能自收到之日起"
    "三十日内申请撤销。",
    "No item is above {most} yuan (twelve monthly minimum wages, {source}): the award counts as final. The worker may"
    " sue within fifteen days of receiving it; the employer may only ask to set it aside within thirty.",
)
_NOT_FINAL: Final = Text(
    "有的项目金额超过 {most} 元（十二个月最低工资，{source}）或者不属于终局事项，按非终局裁决处理：双方均可以自收到之日起十五日内起诉。",
    "An item is above {most} yuan (twelve monthly minimum wages, {source}) or of another kind: the award is not final."
    " Either side may sue within fifteen days of receiving it.",
)
