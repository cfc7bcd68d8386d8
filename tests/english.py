"""What is left of Chinese in an English example."""

import re
from collections.abc import Iterator
from typing import Any, Final

from casework.forms.example_data import _GIVEN, _SURNAMES

_HAN: Final = re.compile(r"[々㐀-鿿，。；：（）、]")
_NAMES: Final = re.compile(
    "王秀英|张敏|示例[甲乙]|"
    f"[{_SURNAMES}](?:{'|'.join(given for names in _GIVEN.values() for given in names)})|"
    "济南市总工会|示例机械厂|乳山示例纺织有限公司|中国示例银行|乳山支行|乳山市劳动人事争议仲裁委员会|乳山市人民法院|"
    "济南晨光建筑劳务有限公司|"
    "（2026）济工援决字第1号"
)
"""People, organisations, and the number of a letter, which is the same in every language."""


def chinese_in(value: Any) -> Iterator[str]:
    """The texts of an example that are Chinese beside names, but for what stands under `zh-CN` beside its English."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "zh-CN":
                yield from chinese_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from chinese_in(inner)
    elif isinstance(value, str) and _HAN.search(_NAMES.sub("", value)):
        yield value
