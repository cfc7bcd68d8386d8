"""The core of an organisation's name: without region, legal form and branch.

By 企业名称登记管理规定 (2020) art. 6 a name is administrative division, own name, trade and form of organisation,
in this order; a branch adds its own place and 分公司 behind (art. 13).
"""

import re
from typing import Final

_FORMS: Final = (
    "集团股份有限公司|股份有限公司|有限责任公司|集团有限公司|控股有限公司|有限公司|股份公司|"
    "有限合伙企业|有限合伙|普通合伙|特殊普通合伙|合伙企业|个人独资企业|个人独资|个体工商户|"
    "集团公司|总公司|集团|公司|coltd|companylimited|limited|"
    "ltd|inc|corporation|corp"
)
_PROVINCES: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|"
    "河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古自治区|内蒙古|"
    "广西壮族自治区|广西|西藏自治区|西藏|宁夏回族自治区|宁夏|新疆维吾尔自治区|新疆|香港|"
    "澳门"
)
_CITIES: Final = (
    "济南|青岛|淄博|枣庄|东营|烟台|潍坊|济宁|泰安|威海|日照|临沂|德州|聊城|滨州|"
    "菏泽|广州|深圳|杭州|南京|苏州|武汉|成都|西安|郑州|沈阳|大连|哈尔滨|长春|石家庄|"
    "太原|合肥|南昌|福州|厦门|长沙|南宁|海口|贵阳|昆明|兰州|西宁|银川|乌鲁木齐|"
    "呼和浩特|拉萨|宁波|无锡"
)
_FORM: Final = re.compile(f"(?:{_FORMS})$")
_BRANCH: Final = re.compile(
    "(?P<house>.*?)(?P<form>第[一二三四五六七八九十0-9]+分公司|分公司|分店|分行|支行|办事处|项目部|代表处)$"
)
_HOUSE: Final = re.compile(f"(?P<house>.+(?:{_FORMS}))(?P<place>.*)")
_HOUSE_AND_CITY: Final = re.compile(f"(?P<house>.{{2,}}?)(?P<place>(?:(?:{_PROVINCES})省?)?(?:{_CITIES})市?)$")
_REGION: Final = re.compile(
    f"(?:中国)?(?:(?:{_PROVINCES})(?:省|市|特别行政区)?)?(?:(?:{_CITIES})市?)?"
    "(?:[\u4e00-\u9fff]{2,3}(?:自治州|自治县|新区|开发区|高新区|市|县|区))?"
)
_KNOWN_REGION: Final = re.compile(f"(?:中国)?(?:(?:{_PROVINCES})省?)?(?:(?:{_CITIES})市?)?")
_BRACKETS: Final = re.compile(r"[(（\[【〔﹙]([^()（）\[\]【】〔〕﹙﹚]*)[)）\]】〕﹚]")
_IN_BRACKETS: Final = re.compile(f"(?:{_PROVINCES}|{_CITIES}|中国)[\u4e00-\u9fff]{{0,6}}")
# What ends like a district and is none: 市 of 超市, 区 of 社区, 县 of nothing known.
_NO_REGION: Final = (
    "超市",
    "城市",
    "都市",
    "小区",
    "社区",
    "园区",
    "景区",
    "厂区",
    "校区",
    "院区",
    "门市",
    "夜市",
    "股市",
)
_LEAST: Final = 2
"""A name keeps so many signs: 山东公司 is still 山东."""


def without_regions_in_brackets(name: str) -> str:
    """Return 华茂服装有限公司 of 华茂（山东）服装有限公司: what stands in brackets and is a region goes."""
    return _BRACKETS.sub(lambda found: "" if _IN_BRACKETS.fullmatch(found[1]) else found[1], name)


def core_of(folded: str) -> tuple[str, str]:
    """Return the own name and the trade of a folded name, and what tells a branch apart; empty where it is none."""
    rest, branch = _without_branch(folded)
    for _ in range(2):
        rest = _at_least(_FORM.sub("", rest), rest)
    found = _REGION.match(rest)
    if found is None or found[0].endswith(_NO_REGION):
        found = _KNOWN_REGION.match(rest)
    return _at_least(rest[found.end() if found else 0 :], rest), branch


def _without_branch(text: str) -> tuple[str, str]:
    found = _BRANCH.match(text)
    if found is None or len(found["house"]) < _LEAST:
        return text, ""
    house = _HOUSE.match(found["house"]) or _HOUSE_AND_CITY.match(found["house"])
    return (house["house"], house["place"] + found["form"]) if house else (found["house"], found["form"])


def _at_least(shorter: str, text: str) -> str:
    return shorter if len(shorter) >= _LEAST else text
