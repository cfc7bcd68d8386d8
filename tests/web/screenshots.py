"""Makes the pictures of `docs/pages` from the demonstration, whose day is fixed: `make screenshots`."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from tests.web.conftest import sign_in

WHERE: Final = Path(__file__).parents[2] / "docs" / "pages"
DESK: Final = (1200, 760)
PHONE: Final = (360, 740)
# Who looks at what: an address, or the first link of a page to one.
PICTURES: Final = (
    ("desk", "caseworker", DESK, "/desk"),
    ("case", "supervisor", DESK, "/desk .queue .name a"),
    ("cases", "caseworker", DESK, "/cases?workflow=legal_aid&open=true"),
    ("new-case", "caseworker", DESK, "/cases/new/legal_aid#section-employment"),
    ("letter", "caseworker", DESK, "/cases?phase=closed&workflow=legal_aid .queue .name a .letters a"),
    ("reports", "supervisor", DESK, "/reports"),
    ("payments", "supervisor", DESK, "/payments"),
    ("lawyer", "lawyer", PHONE, "/desk"),
    ("guide", None, PHONE, "/help/legal_aid"),
    ("apply", None, PHONE, "/apply/legal_aid"),
)
LANGUAGES: Final = {"zh-CN": "zh", "en": "en"}
_COLOURS: Final = 48


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "username", "size", "path"), PICTURES)
def test_a_picture_is_made(
    browser: Any, address: str, name: str, username: str | None, size: tuple[int, int], path: str, language: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=language, timezone_id="Asia/Shanghai"
    )
    sign_in(context, address, username, language)
    page = context.new_page()
    if name == "apply":
        page.goto(f"{address}/help/legal_aid")
        page.click("form[action='/apply/legal_aid'] button")
        page.goto(f"{address}/apply/legal_aid/matter")
        page.select_option("select", "wages")
        page.click("form.apply .button.wide")
        page.goto(f"{address}/apply/legal_aid/arrears")
        for tick in page.query_selector_all(".tick input[type=checkbox]")[1:3]:
            tick.check()
        for amount in page.query_selector_all(".tick.on .beside input"):
            amount.fill("6500")
    else:
        first, *links = path.split(" ", 1)
        page.goto(address + first)
        for link in links[0].split(" a ") if links else ():
            page.goto(address + page.get_attribute(f"{link.removesuffix(' a')} a", "href"))
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    WHERE.mkdir(exist_ok=True)
    small.save(WHERE / f"{name}-{LANGUAGES[language]}.png", optimize=True)
    context.close()
