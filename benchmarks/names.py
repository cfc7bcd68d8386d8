"""How well names are found again: `python -m benchmarks.names`, which writes the table of docs/matching.md.

Ten thousand invented names of people and organisations, all different, are what the office knows. Of a thousand of each
kind every known variant is looked up among them. Recall is the share of variants that find the name they were made of;
precision the share of hits that are that name.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import opencc
from pypinyin import Style, lazy_pinyin

from casework.matching.names import LEAST, Kind, keys_of, likeness, writing_of
from casework.settings import ROOT

_SEED: Final = 12
_EACH: Final = 5_000
_ASKED: Final = 500
_TRADITIONAL: Final = opencc.OpenCC("s2t")
_BEGIN: Final = "<!-- measured -->"
_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段漕钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN: Final = (
    "伟强磊洋勇军杰涛超明刚平辉鹏华飞斌波宇浩凯健俊帆帅旭宁龙林建国志文海东立振永芳娜敏静丽艳娟霞秀燕玲桂英梅兰红雪琳晶莹倩婷颖慧巧"
    "美凤洁云莲真环春淑珍子轩涵梓睿思雨欣怡佳琪诗博泽晨阳皓天乐嘉懿煜城俊峰晓萌月瑶语嫣然可馨若彤家豪少康正德仁义信礼智孝廉松柏青"
    "山川江河湖泉溪石玉金银铁铜锡宝贵荣昌盛兴发达顺安康寿福禄喜庆祥和谐光亮辰星日升东南西北中原野田园书画琴棋"
)
_MINORITY: Final = "阿卜杜拉买提依木江古丽热娜吐尔逊艾力帕尔哈提卓玛扎西才让德吉次仁多杰央金"
_OWN: Final = (
    "晨光恒泰宏远鑫盛瑞祥安顺佳和永兴华茂金辉聚源天成广达通利德润丰硕嘉禾启明中正新海蓝天银河长城万里千禧百年同仁三友四方五岳六合七星"
    "八达九州东方南洋西子北斗春晓夏荷秋实冬青龙腾虎跃凤翔麒麟松鹤竹韵梅香兰芝菊韵荷塘"
)
_TRADES: Final = (
    "建筑劳务", "装饰工程", "餐饮管理", "物流", "服装", "食品", "物业服务", "机械制造", "保洁服务",
    "电子科技", "纺织", "化工", "运输", "园林绿化", "水产", "五金", "医药", "家具",
    "印刷", "包装", "农业开发", "商贸", "信息技术", "人力资源", "汽车修理", "酒店管理",
)  # fmt: skip
_REGIONS: Final = ("山东", "济南", "青岛", "聊城市", "山东省烟台市", "临沂", "潍坊", "德州", "菏泽", "济南市历下区")
_FORMS: Final = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")


class Company(NamedTuple):
    """The parts of an organisation's name."""

    region: str
    core: str
    form: str


def people(rng: Random) -> list[str]:
    """Names of people, one in twenty long ones with a dot."""
    found: dict[str, None] = {}
    while len(found) < _EACH:
        if rng.random() < 0.05:
            given, house = ("".join(rng.choices(_MINORITY, k=rng.choice((2, 3, 4)))) for _ in range(2))
            found[f"{given}·{house}"] = None
        else:
            found[rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=1 if rng.random() < 0.15 else 2))] = None
    return list(found)


def companies(rng: Random) -> list[Company]:
    """Organisations, no two of which have one own name and trade."""
    found: dict[str, Company] = {}
    while len(found) < _EACH:
        core = "".join(rng.sample(_OWN, k=rng.choice((2, 2, 3)))) + rng.choice(_TRADES)
        found.setdefault(core, Company(rng.choice(_REGIONS), core, rng.choice(_FORMS)))
    return list(found.values())


def variants_of_person(name: str, rng: Random) -> Iterable[tuple[str, str]]:
    """Yield the kind and the text of each variant."""
    yield "spaces", f" {name[0]}\u3000{name[1:]} "
    yield "traditional", _traditional(name)
    if "·" in name:
        yield "dots", name.replace("·", rng.choice(("•", "．", "・", "")))
        return
    yield "pinyin", " ".join(part.capitalize() for part in _parted(_sounds(name)))
    yield "pinyin with tones", " ".join(_parted(lazy_pinyin(list(name), style=Style.TONE)))
    yield "pinyin, surname last", " ".join(reversed(_parted(_sounds(name)))).upper()
    if len(name) > 2:
        place = rng.randrange(1, 3)
        if other := _sounding_alike(name[place], rng):
            yield "one sign of the same sound", name[:place] + other + name[place + 1 :]
        if name[1] != name[2]:
            yield "two signs changed round", name[0] + name[2] + name[1]


def variants_of_company(company: Company, rng: Random) -> Iterable[tuple[str, str]]:
    """Yield the kind and the text of each variant."""
    region, core, form = company
    full = f"{region}{core}{form}"
    yield "spaces", f"{region} {core} {form}"
    yield "region in brackets", f"{core[:2]}（{region}）{core[2:]}{form}"
    yield "brackets of full width", f"{core[:2]}({region}){core[2:]}{form}"
    yield "without region", f"{core}{form}"
    yield "without legal form", f"{region}{core}"
    yield "own name and trade alone", core
    yield "another legal form", f"{region}{core}{rng.choice([one for one in _FORMS if one != form])}"
    yield "branch", f"{full}{rng.choice(('济南分公司', '第二分公司', '青岛分公司'))}"
    yield "traditional", _traditional(full)
    place = rng.randrange(len(core))
    if other := _sounding_alike(core[place], rng):
        yield "one sign of the same sound", f"{region}{core[:place]}{other}{core[place + 1 :]}{form}"
    if len(core) >= 6:
        place = rng.randrange(2, len(core))
        yield "one sign left out", f"{region}{core[:place]}{core[place + 1 :]}{form}"


def main() -> int:
    """Measure, print, write the page, and return 1 where recall or precision is below its goal."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.names", description=__doc__)
    asked.add_argument("--page", type=Path, default=ROOT / "docs" / "matching.md")
    page = asked.parse_args().page
    rng = Random(_SEED)
    known_people, known_companies = people(rng), companies(rng)
    rows, met = [], True
    for kind, known, text, variants in (
        ("person", known_people, str, variants_of_person),
        ("organisation", known_companies, lambda one: "".join(one), variants_of_company),
    ):
        rows += _measured(kind, known, text, variants, rng)  # type: ignore[arg-type]
    table = ["| names of | variant | asked | recall | precision |", "| --- | --- | ---: | ---: | ---: |"]
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for kind, variant, asked_for, found, hits in rows:
        table.append(_row(kind, variant, asked_for, found, hits))
        for place, more in enumerate((asked_for, found, hits)):
            sums[kind][place] += more
            sums["both"][place] += more
    for kind in ("person", "organisation", "both"):
        asked_for, found, hits = sums[kind]
        table.append(_row(kind, "**all**", asked_for, found, hits))
        met &= found / asked_for >= 0.98 and found / hits >= 0.9
    told = "\n".join(table)
    head = page.read_text(encoding="utf-8").partition(_BEGIN)[0] if page.exists() else ""
    page.write_text(f"{head}{_BEGIN}\n\n{told}\n", encoding="utf-8")
    sys.stdout.write(f"{told}\n")
    return 0 if met else 1


def _measured(
    kind: Kind,
    known: list[Any],
    text: Callable[[Any], str],
    variants: Callable[[Any, Random], Iterable[tuple[str, str]]],
    rng: Random,
) -> list[tuple[str, str, int, int, int]]:
    by_key: dict[str, set[int]] = defaultdict(set)
    written = [writing_of(kind, text(one)) for one in known]
    for place, one in enumerate(written):
        for key in keys_of(one):
            by_key[key].add(place)
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for place in rng.sample(range(len(known)), _ASKED):
        for variant, said in variants(known[place], rng):
            asked = writing_of(kind, said)
            near = set().union(*(by_key.get(key, set()) for key in keys_of(asked)))
            hits = {one for one in near if likeness(asked, written[one]) >= LEAST}
            for which, more in enumerate((1, place in hits, len(hits))):
                counted[variant][which] += more
    return [(kind, variant, *figures) for variant, figures in counted.items()]  # type: ignore[misc]


def _row(kind: str, variant: str, asked_for: int, found: int, hits: int) -> str:
    return f"| {kind} | {variant} | {asked_for:,} | {found / asked_for:.3f} | {found / max(hits, 1):.3f} |"


def _traditional(text: str) -> str:
    return str(_TRADITIONAL.convert(text))


def _sounds(name: str) -> list[str]:
    return lazy_pinyin(list(name), style=Style.NORMAL)


def _parted(sounds: list[str]) -> list[str]:
    return [sounds[0], "".join(sounds[1:])]


def _sounding_alike(sign: str, rng: Random) -> str | None:
    [sound] = lazy_pinyin([sign], style=Style.NORMAL)
    alike = [
        one
        for one in dict.fromkeys(_GIVEN + _OWN + "".join(_TRADES))
        if one != sign and lazy_pinyin([one], style=Style.NORMAL) == [sound]
    ]
    return rng.choice(alike) if alike else None


if __name__ == "__main__":
    sys.exit(main())
