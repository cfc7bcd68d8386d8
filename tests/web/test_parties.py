"""Further parties are added and removed on a page of the case, and named on the page of the case itself."""

from tests.web.conftest import Pages
from tests.web.test_hands import form
from tests.web.test_steps import taken_up


def test_the_owner_adds_and_removes_a_party_on_the_page(pages: Pages) -> None:
    visitor, number = taken_up(pages)
    path = f"/cases/{number}/parties"
    assert path in visitor.get(f"/cases/{number}").text
    said = {"party.role": "opposing_counsel", "party.organisation": "false", "party.name": "司马<到>"}
    refused = visitor.post(path, **form_version(pages, number), **said | {"party.role": ""})
    assert refused.status_code == 422
    assert "司马&lt;到&gt;" in refused.text
    assert 'href="#f-party-role' in refused.text
    assert visitor.post(path, version="1", **said).status_code == 412
    assert visitor.post(path, **form_version(pages, number), **said).location == path
    shown = visitor.get(path)
    assert shown.status_code == 200, shown.text
    page = shown.text
    assert "司马&lt;到&gt;" in page
    assert "对方代理人" in page
    assert "司马&lt;到&gt;" in visitor.get(f"/cases/{number}").text
    remove = page.split(f'action="{path}/')[1].partition('"')[0]
    assert visitor.post(f"{path}/{remove}", **form_version(pages, number)).status_code == 422
    given = {"remove.reason": "登记有误"}
    assert visitor.post(f"{path}/{remove}", **form_version(pages, number), **given).location == path
    assert "司马" not in visitor.get(path).text


def form_version(pages: Pages, number: str) -> dict[str, str]:
    return dict(form(pages.signed_in("supervisor"), number)[1])
