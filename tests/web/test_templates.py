"""What the templates, the style sheet and the scripts may hold, and what not."""

import re
from importlib.resources import files
from typing import Final

import pytest

WEB: Final = files("casework.web")
TEMPLATES: Final = sorted((one.name, one.read_text(encoding="utf-8")) for one in WEB.joinpath("templates").iterdir())
STATIC: Final = sorted(
    (one.name, one.read_text(encoding="utf-8")) for one in WEB.joinpath("static").iterdir() if one.name != "seal.svg"
)
HAN: Final = re.compile(r"[㐀-鿿]")
# The marks of the house are pictures.
MARKS: Final = re.compile(r'aria-hidden="true">[帮安]<')
PAIR: Final = re.compile(r"_\((?:[^()']|'[^']*')*\)")
# Chrome 90 has none of these; see `docs/decisions`.
TOO_NEW: Final = (
    "@layer",
    "@container",
    "popover",
    " inert",
    "dvh",
    ".at(",
    "structuredClone",
    "randomUUID",
    "@scope",
    ":has(:not",
)


@pytest.mark.parametrize(("name", "text"), TEMPLATES, ids=[name for name, _ in TEMPLATES])
def test_a_template_says_everything_in_both_languages_and_styles_and_scripts_nothing(name: str, text: str) -> None:
    plain = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    assert not HAN.search(MARKS.sub("", PAIR.sub("", plain)))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|data:", plain)
    assert not re.search(r"<script(?! type=\"module\" src=)", plain)
    assert "|safe" not in plain


@pytest.mark.parametrize(("name", "text"), STATIC, ids=[name for name, _ in STATIC])
def test_old_browsers_know_what_is_used(name: str, text: str) -> None:
    assert [word for word in TOO_NEW if word in text] == []
    assert not re.search(r"url\(|@import|https?:", text)
