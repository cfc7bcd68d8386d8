"""The form of approval as a page: for whoever sees the case, with the opinions, and logged as read."""

from tests.api.conftest import Api
from tests.api.money import dossier


def test_the_form_has_the_household_and_the_opinions_and_their_reading_is_logged(api: Api) -> None:
    case = dossier(api)
    where = f"/cases/{case['id']}/approval-sheet"
    empty = api.call("caseworker", "GET", where, headers={"Accept-Language": "zh-CN"})
    assert empty.headers["Content-Type"].startswith("text/html")
    for said in ("基层工会意见", "县级工会意见", "市级工会意见", case["number"], case["facts"]["applicant"]["name"]):
        assert said in empty.text
    assert "省级工会意见" not in empty.text
    assert api.get("auditor", f"/cases/{case['id']}/disclosures")["items"] == []
    api.take("caseworker", case, "accept")
    api.take("caseworker", case, "propose_refusal", finding="<b>收入高于标准</b>")
    api.take("supervisor", case, "refuse", reasons="经核查不符合条件")
    form = api.call("supervisor", "GET", where, headers={"Accept-Language": "zh-CN"}).text
    for said in ("&lt;b&gt;收入高于标准&lt;/b&gt;", "经核查不符合条件", "不予帮扶"):
        assert said in form
    assert case["facts"]["applicant"].get("identity_number", "无") not in form
    [read] = api.get("auditor", f"/cases/{case['id']}/disclosures")["items"]
    assert (read["paths"], read["user"]["username"]) == (["opinions"], "supervisor")


def test_it_is_there_for_hardship_assistance_and_for_nobody_who_does_not_see_the_case(api: Api) -> None:
    case = dossier(api)
    where = f"/cases/{case['id']}/approval-sheet"
    for who in ("supervisor-qd", "lawyer", "administrator"):
        assert api.call(who, "GET", where).status_code == 404
    assert api.call("auditor", "GET", where).status_code == 200
    other = api.new_case()
    assert api.call("caseworker", "GET", f"/cases/{other['id']}/approval-sheet").status_code == 404
