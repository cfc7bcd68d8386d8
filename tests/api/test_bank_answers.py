"""The bank's answer to a whole payment order, over HTTP and from a file: recorded row by row, all or none."""

import csv
import time
from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from casework.work.admin_files import BadFile
from casework.work.bank_answer_files import read
from tests.api.conftest import Api
from tests.api.money import helped, in_force, make_order, new_fund
from tests.api.test_concurrency import at_once, ensure_one_history, rows, statuses
from tests.api.test_permissions import hire
from tests.cli.terminal import Done, Terminal
from tests.work.test_funds import books

TODAY: Final = "2026-07-06"
ACCOUNTS: Final = ("5222020011112222330", "5222020011112222331", "5222020011112222332")


@pytest.fixture
def office(api: Api) -> Api:
    """It is Monday 6 July 2026, Jinan has 100,000 yuan, and whoever approves there does not pay."""
    api.days_pass(126)
    in_force(api, "subsistence_line", "370100", "1062")
    new_fund(api)
    in_force(api, "paid_by_another", "370100", "true")
    return api


@pytest.fixture
def order(office: Api) -> Any:
    """An order of three payments to three accounts."""
    for account in ACCOUNTS:
        helped(office, account=account)
    return make_order(office)


def paid(number: int, **more: Any) -> dict[str, Any]:
    """What the bank tells of one of the three payments."""
    return {"account": ACCOUNTS[number], "amount": "500.00", "result": "paid", "on": TODAY} | more


def returned(number: int, **more: Any) -> dict[str, Any]:
    return paid(number, result="returned", reason="户名不符", **more)


def answered(api: Api, order: Any, given: list[Any], who: str = "caseworker", **more: Any) -> Any:
    return api.call(who, "POST", f"/payment-orders/{order['id']}/results", {"rows": given} | more)


def wrong(answer: Any) -> list[tuple[str, str]]:
    """Where the answer is refused, and for which reason."""
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"]) for one in answer.get_json()["errors"]]


def unsettled(api: Api, order: Any) -> int:
    return int(api.get("caseworker", f"/payment-orders/{order['id']}")["unsettled"])


def test_an_answer_is_recorded_with_every_case_and_in_the_fund_and_given_again_it_changes_nothing(
    office: Api, order: Any
) -> None:
    given = [paid(2), returned(0), paid(1)]
    done = answered(office, order, given).get_json()
    assert (done["preview"], done["unchanged"], done["unsettled"]) == (False, 0, 0)
    assert [(one["status"], one["settled_on"]) for one in done["changed"]] == [
        ("paid", TODAY),
        ("returned", TODAY),
        ("paid", TODAY),
    ]
    for case, result in zip(done["changed"], ("paid", "returned", "paid"), strict=True):
        [aid] = office.get("auditor", f"/cases/{case['case_id']}")["facts"]["aid"]
        assert aid["status"] == result
        ensure_one_history(office, case["case_id"])
    assert str(books(office.service)["RELIEF"].balance) == "99000.00"
    before = rows(office, "select id, version from cases order by id")
    again = answered(office, order, given).get_json()
    assert (again["changed"], again["unchanged"], again["unsettled"]) == ([], 3, 0)
    assert rows(office, "select id, version from cases order by id") == before


def test_a_preview_says_what_would_change_and_changes_nothing(office: Api, order: Any) -> None:
    before = rows(office, "select id, version from cases order by id")
    shown = answered(office, order, [paid(0), returned(1)], preview=True).get_json()
    assert (shown["preview"], shown["unsettled"]) == (True, 1)
    assert [one["status"] for one in shown["changed"]] == ["paid", "returned"]
    assert rows(office, "select id, version from cases order by id") == before
    assert unsettled(office, order) == 3
    assert str(books(office.service)["RELIEF"].balance) == "100000.00"
    # It refuses what recording would refuse.
    assert answered(office, order, [paid(0)], "supervisor", preview=True).status_code == 422


def test_what_differs_from_the_order_is_refused_with_its_row_and_nothing_is_recorded(office: Api, order: Any) -> None:
    elsewhere = {"account": "5222020011112229999"}
    cases: list[tuple[list[Any], list[tuple[str, str]]]] = [
        ([paid(0), paid(1, **elsewhere)], [("rows.1.account", "unknown_account")]),
        ([paid(0), paid(1, amount="500.01")], [("rows.1.amount", "other_amount")]),
        ([paid(0, payee="张三"), paid(1)], [("rows.0.payee", "other_payee")]),
        ([paid(0), paid(0)], [("rows.0.account", "twice"), ("rows.1.account", "twice")]),
        ([paid(0, serial=4)], [("rows.0.serial", "no_such_line")]),
        ([paid(0, serial=2)], [("rows.0.account", "other_account")]),
        ([paid(0, serial=1, amount="1")], [("rows.0.amount", "other_amount")]),
        ([paid(0, serial=1), paid(0, serial=1)], [("rows.1.serial", "twice")]),
        ([paid(0), paid(1, result="returned")], [("rows.1.reason", "reason_missing")]),
        ([paid(0), paid(1, on="2026-07-07")], [("rows.1.on", "day_future")]),
        ([paid(0), paid(1, on="2026-07-01")], [("rows.1", "not_met")]),
        ([paid(0, result="lost"), {"amount": "1"}], [
            ("rows.0.result", "choice"),
            *((f"rows.1.{name}", "required") for name in ("account", "result", "on")),
        ]),
        ([], [("rows", "too_few")]),
    ]  # fmt: skip
    for given, faults in cases:
        assert wrong(answered(office, order, given)) == faults
    assert unsettled(office, order) == 3


def test_what_is_recorded_otherwise_is_not_recorded_over_but_what_was_paid_may_still_come_back(
    office: Api, order: Any
) -> None:
    assert answered(office, order, [paid(0, on=TODAY), returned(1)]).status_code == 200
    assert wrong(answered(office, order, [paid(2), paid(1)])) == [("rows.1.result", "settled")]
    assert unsettled(office, order) == 1
    done = answered(office, order, [returned(0), returned(1)]).get_json()
    assert ([one["status"] for one in done["changed"]], done["unchanged"]) == (["returned"], 1)


def test_payments_that_the_bank_cannot_tell_apart_need_their_serial_number_unless_all_are_told(office: Api) -> None:
    for _ in range(2):
        helped(office, account=ACCOUNTS[0])
    order = make_order(office)
    assert wrong(answered(office, order, [paid(0)])) == [("rows.0.serial", "which_one")]
    both = [paid(0), returned(0)]
    done = answered(office, order, both).get_json()
    assert [one["id"] for one in done["changed"]] == [line["id"] for line in order["lines"]]
    assert answered(office, order, both).get_json()["unchanged"] == 2
    assert answered(office, order, [returned(0, serial=2)]).get_json()["unchanged"] == 1


def test_whoever_approved_does_not_record_the_answer_and_every_such_row_is_named(office: Api, order: Any) -> None:
    answer = answered(office, order, [paid(0), paid(1)], "supervisor")
    assert wrong(answer) == [("rows.0", "not_met"), ("rows.1", "not_met")]
    assert order["lines"][0]["case_number"] in answer.get_json()["errors"][0]["message"]
    assert unsettled(office, order) == 3


def test_the_answer_is_recorded_by_staff_who_see_all_cases_of_the_order(office: Api, order: Any) -> None:
    expected = dict.fromkeys(("auditor", "lawyer", "administrator"), 403) | {"caseworker-qd": 404}
    for who, status in expected.items():
        assert answered(office, order, [], who, unheard_of=1).status_code == status, who
    hire(office, "cashier", "caseworker", "370100")
    assert answered(office, order, [paid(0)], "cashier").status_code == 200


def test_of_two_who_give_the_same_answer_at_once_one_records_it(office: Api, order: Any) -> None:
    given = [paid(0), returned(1), paid(2)]
    answers = at_once([lambda: answered(office, order, given)] * 4)
    assert statuses(answers) == [200] * 4
    assert sorted(len(one.get_json()["changed"]) for one in answers) == [0, 0, 0, 3]
    assert str(books(office.service)["RELIEF"].balance) == "99000.00"


Answer = Callable[..., Done]


@pytest.fixture
def answer(office: Api, order: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """`casework payment answer` with a file of these bytes, in the name of the caseworker."""
    monkeypatch.setattr("casework.cli.payments.working", lambda _: nullcontext(office.service))
    terminal, file = Terminal(tmp_path / "home"), tmp_path / "answer.csv"

    def run(content: bytes, *more: str, who: str = "caseworker", language: str = "en") -> Done:
        file.write_bytes(content)
        return terminal("--language", language, "payment", "answer", order["number"], file, "--as", who, *more)

    return run


def completed(
    api: Api, order: Any, results: list[list[str]], titles: list[str], language: str = "zh-CN", **changed: str
) -> list[list[str]]:
    """The file of the order as it is exported, with further columns."""
    where = f"/payment-orders/{order['id']}/export"
    exported = api.call("caseworker", "GET", where, headers={"Accept-Language": language})
    head, *lines = csv.reader(StringIO(exported.data.decode("utf-8-sig")))
    return [[*head, *titles], *([*line, *told] for line, told in zip(lines, results, strict=True))]


def as_csv(table: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    file = StringIO()
    csv.writer(file).writerows(table)
    return file.getvalue().encode(encoding)


CHINESE: Final = ["结果", "日期", "原因"]
TOLD: Final = [["已支付", "2026/7/6", ""], ["交易失败", "20260706", "账户已销户"], ["成功", "2026年7月6日", "交易成功"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_the_orders_own_file_with_results_is_taken_as_chinese_spreadsheets_save_it(
    encoding: str, office: Api, order: Any, answer: Answer
) -> None:
    content = as_csv([*completed(office, order, TOLD, CHINESE), [], ["1500", "合计", "共 3 笔"]], encoding)
    shown = answer(content, "--preview")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Payments that would be recorded: 3; as they are: 0; without a result then: 0." in shown.stdout
    assert unsettled(office, order) == 3
    done = answer(content)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Payments recorded: 3; as they were: 0; still without a result: 0." in done.stdout
    assert all(line["case_number"] in done.stdout for line in order["lines"])
    seen = office.get("caseworker", f"/payment-orders/{order['id']}")["lines"]
    assert [(line["status"], line["settled_on"]) for line in seen] == [
        (result, TODAY) for result in ("paid", "returned", "paid")
    ]
    last = office.get("auditor", f"/cases/{seen[1]['case_id']}/events?limit=200")["items"][-1]
    assert (last["payload"]["transition"], last["actor"]["username"]) == ("record_payment", "caseworker")
    again = answer(content, language="zh-CN")
    assert again.stdout == "已登记 0 笔，3 笔原已如此；尚无结果的 0 笔。\n"


def test_the_orders_own_workbook_with_results_is_taken_as_it_is(office: Api, order: Any, answer: Answer) -> None:
    table = completed(office, order, TOLD, CHINESE)
    account, amount = table[0].index("账号"), table[0].index("金额")
    table[2][amount] = "499.00"
    assert answer(as_workbook(table, amount)).stderr.splitlines() == [
        "line 3, Amount: The order says 500.00 yuan; ask the bank."
    ]
    table[2][amount] = "500.00"
    done = answer(as_workbook(table, amount))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Payments recorded: 3; as they were: 0; still without a result: 0." in done.stdout
    lost = answer(as_workbook(table, amount, account))
    assert (lost.returncode, "row 2 has a number of more than 15 digits" in lost.stderr) == (1, True)


def as_workbook(table: list[list[str]], *numbers: int) -> bytes:
    """The same as a workbook, with numbers in these columns."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("回盘")
        for row, cells in enumerate(table):
            for column, cell in enumerate(cells):
                if row and column in numbers:
                    sheet.write_number(row, column, float(cell.removeprefix("'")))
                else:
                    sheet.write_string(row, column, cell)
    return file.getvalue()


def test_titles_are_found_in_english_too_in_any_order_and_the_day_may_be_said_once(
    office: Api, order: Any, answer: Answer
) -> None:
    told = [["paid", ""], ["Returned", "no such account"], ["PAID", ""]]
    table = completed(office, order, told, [" RESULT", "reason"], "en")
    done = answer(as_csv([row[::-1] for row in table]), "--on", TODAY)
    assert done.returncode == 0, done.stderr
    assert unsettled(office, order) == 0


def test_each_row_that_is_wrong_is_named_by_its_line_and_column_in_both_languages(
    office: Api, order: Any, answer: Answer
) -> None:
    table = completed(office, order, TOLD, CHINESE)
    table[1][4], table[2][3], table[3][6] = "499.00", "5222020011112229999", "不详"
    table.insert(2, [""] * len(table[0]))
    only = answer(as_csv(table))
    assert (only.returncode, only.stdout) == (1, "")
    assert only.stderr.splitlines() == [
        "line 5, Result: Please choose one of: paid (paid), returned (returned).",
    ]
    table[4][6] = "成功"
    assert answer(as_csv(table)).stderr.splitlines() == [
        "line 2, Amount: The order says 500.00 yuan; ask the bank.",
        "line 4, Account: No payment of this order goes to this account; compare it, and see whether the answer is to"
        " this order.",
    ]
    assert answer(as_csv(table), language="zh-CN").stderr.splitlines() == [
        "第 2 行“金额”: 与支付单不符：本单为 500.00 元，请向银行核实。",
        "第 4 行“账号”: 本单没有付往该账号的款项，请核对账号，以及是否本单的回盘。",
    ]
    assert unsettled(office, order) == 3


@pytest.mark.parametrize("cell", ["x" * 1_048_576, "王" + "\u0301\u0323" * 500_000], ids=["plain", "piled"])
def test_a_cell_of_a_megabyte_in_a_workbook_is_refused_at_once_with_its_line(cell: str, tmp_path: Path) -> None:
    # Spreadsheets take no more than 32,767 characters; whoever writes the file by hand may.
    with Workbook(book := BytesIO()) as written:
        sheet = written.add_worksheet()
        for row, cells in enumerate([["账号", "金额", "结果"], ["1", "2", "LONG"]]):
            sheet.write_row(row, 0, cells)
    raw = repacked(book.getvalue(), "xl/sharedStrings.xml", lambda part: part.replace("LONG", cell))
    file = tmp_path / "answer.xlsx"
    file.write_bytes(raw)
    began = time.monotonic()
    with pytest.raises(BadFile, match="line 2 has a cell of more than 500 characters"):
        read(file)
    assert time.monotonic() - began < 2


def repacked(raw: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The zip file with one of its parts changed."""
    with ZipFile(BytesIO(raw)) as old, ZipFile(new := BytesIO(), "w", ZIP_DEFLATED) as packed:
        for part in old.namelist():
            said = old.read(part)
            packed.writestr(part, change(said.decode()).encode() if part == name else said)
    return new.getvalue()


def test_whoever_approved_does_not_record_the_file_either(office: Api, order: Any, answer: Answer) -> None:
    refused = answer(as_csv(completed(office, order, TOLD, CHINESE)), who="supervisor")
    assert refused.returncode == 1
    assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["line 2", "line 3", "line 4"]
    assert unsettled(office, order) == 3
    assert "no active user" in answer(as_csv(completed(office, order, TOLD, CHINESE)), who="nobody").stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "neither a CSV nor a workbook"),
        (b"\xff\xfeA\x00", "neither a CSV nor a workbook"),
        (b"\xff\xff", "neither in UTF-8 nor in GB18030"),
        (b"", "lacks these columns: Account, Amount, Result"),
        ("账号,金额\n".encode(), "lacks these columns: Result"),
        ("账号,金额,金额（元）,结果\n".encode(), "keep one"),
        (b"a" * 1_048_577, "larger than 1 MB"),
        ("账号,金额,结果\n".encode(), "At least 1 row"),
        ("账号,金额,结果\n".encode() + b"1,2," + b"a" * 501, "line 2 has a cell of more than 500 characters"),
        ("账号,金额,结果\n".encode() + b"1,2," + b"a" * 900_000, "line 2 has more than 20000 characters"),
        ("账号,金额,结果\n".encode() + b'"' + b"a\n" * 200_000, "has a cell of more than 500 characters"),
        ("账号,金额,结果\n1,2,".encode() + "王\u0301\u0323".encode() * 200, "line 2 has a cell of more"),
    ],
)
def test_what_is_no_answer_is_refused_in_a_sentence(content: bytes, said: str, answer: Answer) -> None:
    refused = answer(content)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
