"""The pages of money: orders and their payments as the API has them, files and paper for those who may, results."""

import csv
import re
from html import unescape
from io import StringIO
from typing import Any

import pytest

from casework.records import funds as fund_records
from casework.records import payments as records
from casework.records.people import by_username
from casework.rules.chinese_amount import in_capitals
from casework.rules.people import Actor, Role
from casework.web.payments import of_order
from casework.work import payments
from casework.work.service import Transaction
from tests.web.conftest import Pages

WHO = ["supervisor-sd", "supervisor", "caseworker", "auditor"]


def as_user(tx: Transaction, who: str) -> Any:
    found = by_username(tx.db, who)
    assert found is not None
    tx.actor = Actor(found[0].role, found[0])
    return found[0]


def orders_of(pages: Pages, who: str) -> list[Any]:
    with pages.service.transaction() as tx:
        return list(records.page(tx.db, as_user(tx, who), 10_000))


def lines_of(pages: Pages, who: str, order: Any) -> list[Any]:
    with pages.service.transaction() as tx:
        return list(records.lines(tx.db, order.id, as_user(tx, who)))


def an_order(pages: Pages, *, unsettled: bool = False) -> Any:
    """An order whose cases the supervisor of Jinan sees, or one of which the bank has not told everything."""
    with pages.service.transaction() as tx:
        person = as_user(tx, "supervisor")
        return next(
            one
            for one in records.page(tx.db, person, 10_000)
            if (one.unsettled or not unsettled) and records.all_seen(tx.db, one.id, person)
        )


@pytest.mark.parametrize("who", WHO)
def test_the_list_has_the_orders_that_one_sees_the_newest_first(pages: Pages, who: str) -> None:
    visitor = pages.signed_in(who)
    found: list[str] = []
    further: str | None = "/payments"
    while further:
        text = visitor.get(further).text
        found += [unescape(one) for one in re.findall(r'<th scope="row"><a href="/payments/[^"]+">([^<]+)</a>', text)]
        more = re.search(r'class="more"><a class="button quiet" href="([^"]+)"', text)
        further = unescape(more[1]) if more else None
    assert found == [one.number for one in orders_of(pages, who)]


@pytest.mark.parametrize("who", WHO)
def test_an_order_shows_its_payments_and_never_a_whole_account(pages: Pages, who: str) -> None:
    visitor, seen = pages.signed_in(who), 0
    for order in orders_of(pages, who)[:5]:
        text = visitor.get(of_order(order.number)).text
        rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', text.replace("\n", ""), re.DOTALL)
        lines = lines_of(pages, who, order)
        assert len(rows) == len(lines)
        assert f"{order.total:,.2f}" in text
        assert in_capitals(order.total) in text
        assert not re.search(r"[0-9]{9,}", re.sub(r'href="[^"]*"|value="[^"]*"', "", text))
        for row, line in zip(rows, lines, strict=True):
            seen += 1
            assert line.payee in row
            assert f"{line.amount:,.2f}" in row
            assert f"/cases/{line.case_number}" in row
            may = re.findall(r"/lines/[0-9a-f-]+/(paid|returned)", row)
            expected = {None: ["paid", "returned"], "paid": ["returned"], "returned": []}[line.result]
            assert may == (expected if who != "auditor" else [])
    assert seen or who == "caseworker"


def test_the_banks_file_has_full_accounts_and_is_logged_and_an_auditor_gets_none(pages: Pages) -> None:
    order = an_order(pages)
    address = of_order(order.number)
    with pages.service.transaction() as tx:
        person = as_user(tx, "supervisor")
        accounts = [account for _, account in payments.lines_with_accounts(tx, order.id)]
        before = tx.db.run("select count(*) from disclosures where user_id = :id", id=person.id).scalar_one()
    answer = pages.signed_in("supervisor").get(f"{address}/file?format=csv")
    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert all(any(account in cell for cell in row) for row, account in zip(rows[1:], accounts, strict=True))
    with pages.service.transaction() as tx:
        after = tx.db.run("select count(*) from disclosures where user_id = :id", id=person.id).scalar_one()
    assert after > before
    workbook = pages.signed_in("supervisor").client.get(f"{address}/file?format=xlsx")
    assert workbook.data.startswith(b"PK")
    for part in ("file?format=csv", "print", "paid"):
        assert pages.signed_in("auditor").get(f"{address}/{part}").status_code == 403
        assert part not in pages.signed_in("auditor").get(address).text
    assert pages.signed_in("supervisor").get(f"{address}/file?format=pdf").status_code == 422


def test_the_list_on_paper_says_who_printed_it_and_the_sum_in_capitals(pages: Pages) -> None:
    order = an_order(pages)
    text = pages.signed_in("supervisor").get(f"{of_order(order.number)}/print").text
    with pages.service.transaction() as tx:
        name = as_user(tx, "supervisor").name
    [foot] = re.findall(r"<tfoot>(.*?)</tfoot>", text, re.DOTALL)
    assert f"打印：{name}" in foot
    assert re.search(r"\d\d-\d\d \d\d:\d\d", foot)
    [head] = re.findall(r"<thead>(.*?)</thead>", text, re.DOTALL)
    assert order.number in head, "the head stands on each page"
    assert in_capitals(order.total) in text
    assert re.findall(r"<li>(制单|审核|批准)<span>", text) == ["制单", "审核", "批准"]
    for line in lines_of(pages, "supervisor", order):
        assert line.payee in text
        assert not re.search(r"[0-9]{9,}", re.sub(r'(?:href|value)="[^"]*"', "", text)), line


def test_the_list_is_printed_on_a4_across(pages: Pages, address: str, browser: Any) -> None:
    order = an_order(pages)
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.click('button[name=username][value="supervisor"]')
    page.wait_for_load_state()
    page.goto(f"{address}{of_order(order.number)}/print")
    printed = page.pdf(prefer_css_page_size=True)
    [box] = set(re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed))
    assert [round(float(one)) for one in box] == [842, 595]
    context.close()


def once_of(text: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', text)
    assert found is not None
    return found[1]


def test_what_came_back_is_recorded_once_ordered_again_and_recorded_as_a_whole(pages: Pages) -> None:
    order = an_order(pages, unsettled=True)
    [line, *_] = [one for one in lines_of(pages, "supervisor", order) if one.result is None]
    at_line = f"{of_order(order.number)}/lines/{line.line_id}"
    visitor = pages.signed_in("supervisor-sd")
    key = once_of(visitor.get(f"{at_line}/returned").text)
    refused = visitor.post(f"{at_line}/returned", once=key, on="2027-01-01", reason="户名不符")
    assert refused.status_code == 422
    assert 'href="#f-on"' in refused.text
    assert 'value="户名不符"' in refused.text
    assert [one.result for one in lines_of(pages, "supervisor", order) if one.line_id == line.line_id] == [None]

    for _ in range(2):
        done = visitor.post(f"{at_line}/returned", once=key, on="2026-11-16", reason="户名不符")
        assert done.status_code == 303
        assert unescape(done.location) == of_order(order.number)
    [after] = [one for one in lines_of(pages, "supervisor", order) if one.line_id == line.line_id]
    assert (after.result, str(after.settled_on)) == ("returned", "2026-11-16")
    again = visitor.post(f"{at_line}/paid", on="2026-11-16")
    assert again.status_code == 409
    assert "没有登记" in again.text

    form = visitor.get(f"/payments/new?fund={order.fund}")
    assert re.search(rf'<option value="{order.fund}" selected', form.text)
    strange = visitor.post("/payments/new", fund="NOWHERE")
    assert strange.status_code == 422
    assert 'href="#f-fund"' in strange.text
    as_it_was = visitor.post("/payments/new", fund=order.fund)
    assert as_it_was.status_code == 409
    assert "银行退回后账户信息尚未更正" in as_it_was.text

    key = once_of(visitor.get("/payments/new").text)
    made = [visitor.post("/payments/new", once=key, fund=order.fund, as_returned="true") for _ in range(2)]
    assert [one.status_code for one in made] == [303, 303]
    assert made[0].location == made[1].location
    newest = orders_of(pages, "supervisor-sd")[0]
    assert made[0].location.partition("?")[0] == of_order(newest.number)
    assert line.line_id in [one.line_id for one in lines_of(pages, "supervisor-sd", newest)]

    whole = f"{of_order(newest.number)}/paid"
    done = visitor.post(whole, once=once_of(visitor.get(whole).text), on="2026-11-16")
    assert done.status_code == 303
    assert [one.unsettled for one in orders_of(pages, "supervisor-sd") if one.number == newest.number] == [0]
    assert visitor.post(whole, on="2026-11-16").status_code == 409


@pytest.mark.parametrize("who", WHO)
def test_funds_show_what_is_there_and_every_entry_of_the_ledger(pages: Pages, who: str) -> None:
    with pages.service.transaction() as tx:
        person = as_user(tx, who)
        funds = fund_records.page(tx.db, person.org_path, 200)
        ledgers = {one.code: fund_records.ledger(tx.db, one.id, person, 10_000) for one in funds}
    visitor = pages.signed_in(who)
    listed = visitor.get("/funds").text
    assert funds
    for fund in funds:
        assert f"/funds/{fund.code}" in listed
        assert f"{fund.balance - fund.reserved:,.2f}" in listed
    for fund in funds[:3]:
        further: str | None = f"/funds/{fund.code}"
        shown: list[str] = []
        while further:
            text = visitor.get(further).text
            assert f"<dd>{fund.balance:,.2f}</dd>" in text
            shown += re.findall(r'<tr><th scope="row">(\d+)</th>', text)
            more = re.search(r'class="more"><a class="button quiet" href="([^"]+)"', text)
            further = unescape(more[1]) if more else None
        assert shown == [str(one.seq) for one in ledgers[fund.code]]
        cases = {one.case_number for one in ledgers[fund.code] if one.case_number}
        for number in re.findall(r'<a href="/cases/([A-Z]+-\d+-\d+)">', text):
            assert number in cases
        assert ("/payments/new" in text) == (person.role is not Role.AUDITOR)


def test_an_order_that_was_made_says_what_it_left_out_and_nothing_that_an_address_invents(pages: Pages) -> None:
    visitor, address = pages.signed_in("supervisor"), of_order(an_order(pages).number)
    told = visitor.get(f"{address}?left_out=no_account:2,full:1,unheard_of:3,full:many").text
    assert re.findall(r"<li>(.*?)</li>", told) == ["2 笔：档案中没有银行账号，请先补正", "1 笔：本单已满，请另开一单"]
    assert "未列入" not in visitor.get(address).text


@pytest.mark.parametrize("address", ["/funds/NOWHERE", "/payments/(2026)PAY-NOWHERE-1", "/payments/x/print"])
def test_what_is_not_there_or_not_yours_is_not_found(pages: Pages, address: str) -> None:
    assert pages.signed_in("supervisor").get(address).status_code == 404


def test_an_order_elsewhere_is_not_there(pages: Pages) -> None:
    own = {one.number for one in orders_of(pages, "supervisor")}
    visitor = pages.signed_in("supervisor")
    for one in orders_of(pages, "supervisor-sd"):
        assert (visitor.get(of_order(one.number)).status_code == 200) == (one.number in own)
