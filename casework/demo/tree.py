"""The unions of Shandong that the demonstration shows: province, cities, counties and a few streets.

Cities and counties bear their codes of GB/T 2260; of most cities only the first counties are here. A street's code
is its county's with three digits of our own, and its region is the county's code.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from casework.stories.places import Place

PROVINCE: Final = "370000"
JINAN: Final = "370100"
QINGDAO: Final = "370200"
CALENDAR: Final = "china"
_NAMESPACE: Final = UUID("8d0c2a3e-51f4-4f0b-9f0e-6a5f3b1c7d21")

CITIES: Final = {
    "370100": "济南市",
    "370200": "青岛市",
    "370300": "淄博市",
    "370400": "枣庄市",
    "370500": "东营市",
    "370600": "烟台市",
    "370700": "潍坊市",
    "370800": "济宁市",
    "370900": "泰安市",
    "371000": "威海市",
    "371100": "日照市",
    "371300": "临沂市",
    "371400": "德州市",
    "371500": "聊城市",
    "371600": "滨州市",
    "371700": "菏泽市",
}
_COUNTIES: Final = {
    "370100": "370102 历下区 370103 市中区 370104 槐荫区 370105 天桥区 370112 历城区 370113 长清区 370114 章丘区"
    " 370115 济阳区 370116 莱芜区 370117 钢城区 370124 平阴县 370126 商河县",
    "370200": "370202 市南区 370203 市北区 370211 黄岛区 370212 崂山区 370213 李沧区 370214 城阳区 370215 即墨区"
    " 370281 胶州市 370283 平度市 370285 莱西市",
    "370300": "370302 淄川区 370303 张店区 370305 临淄区",
    "370400": "370402 市中区 370403 薛城区 370481 滕州市",
    "370500": "370502 东营区 370503 河口区 370523 广饶县",
    "370600": "370602 芝罘区 370611 福山区 370681 龙口市",
    "370700": "370702 潍城区 370705 奎文区 370783 寿光市",
    "370800": "370811 任城区 370881 曲阜市 370883 邹城市",
    "370900": "370902 泰山区 370911 岱岳区 370982 新泰市",
    "371000": "371002 环翠区 371082 荣成市 371083 乳山市",
    "371100": "371102 东港区 371103 岚山区 371122 莒县",
    "371300": "371302 兰山区 371311 罗庄区 371323 沂水县",
    "371400": "371402 德城区 371425 齐河县 371482 禹城市",
    "371500": "371502 东昌府区 371521 阳谷县 371581 临清市",
    "371600": "371602 滨城区 371625 博兴县 371681 邹平市",
    "371700": "371702 牡丹区 371721 曹县 371725 郓城县",
}
_STREETS: Final = {
    "370102": ("解放路街道", "千佛山街道", "泉城路街道"),
    "370103": ("杆石桥街道", "舜玉路街道"),
    "370112": ("洪家楼街道",),
    "370202": ("香港中路街道", "八大湖街道"),
    "370211": ("长江路街道", "薛家岛街道"),
    "370602": ("向阳街道",),
    "371302": ("银雀山街道",),
}
_BUSY: Final = {JINAN: 5.0, QINGDAO: 4.0, "370600": 1.6, "370700": 1.6, "371300": 1.6}
_SHARE: Final = {"province": 2.0, "city": 8.0, "county": 5.0, "street": 2.0}


def places() -> Iterator[Place]:
    """The whole tree, parents first."""
    root = f"{PROVINCE}/"
    yield _place(PROVINCE, PROVINCE, "山东省总工会", "province", root)
    for city, city_name in CITIES.items():
        city_path = f"{root}{city}/"
        yield _place(city, city, f"{city_name}总工会", "city", city_path)
        words = _COUNTIES[city].split()
        for county, county_name in zip(words[::2], words[1::2], strict=True):
            county_path = f"{city_path}{county}/"
            yield _place(county, county, f"{county_name}总工会", "county", county_path)
            for number, street in enumerate(_STREETS.get(county, ()), start=1):
                code = f"{county}{number:03d}"
                yield _place(code, county, f"{street}总工会", "street", f"{county_path}{code}/")


def _place(code: str, region: str, name: str, kind: str, path: str) -> Place:
    city = f"{code[:4]}00"
    return Place(code, region, name, kind, path, CITIES.get(city, "济南市"), _SHARE[kind] * _BUSY.get(city, 1.0))


def org_row(place: Place, known: Mapping[str, UUID]) -> dict[str, Any]:
    """The row of `orgs`. A new place has the same id in every installation; `known` are the ids of those there."""
    ids = [known.get(code) or fixed_id(f"org/{code}") for code in place.chain]
    return {
        "id": ids[0],
        "code": place.code,
        "region": place.region,
        "name": place.name,
        "kind": place.kind,
        "parent_id": ids[1] if len(ids) > 1 else None,
        "path": place.path,
        "own_calendar": CALENDAR if place.code == PROVINCE else None,
        "phone": "12351",
        "address": f"{place.name.removesuffix('总工会')}示例路 1 号",
    }


def fixed_id(name: str) -> UUID:
    """The id of something that the demonstration has only one of."""
    return uuid5(_NAMESPACE, name)
