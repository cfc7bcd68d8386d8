"""Recorded requests become scripts of pgbench that do the same with values that vary."""

import pytest

from benchmarks.recording import Statement, rows_of
from benchmarks.replay import Sample, scripts_of, without

FIND = "select * from cases where id = $1 and state = $2"
TAKE = "update cases set owner = $1 where id = $2"


def sample(case: str, owner: str | None) -> Sample:
    return (
        Statement(FIND, (case, "open"), ("uuid", None)),
        Statement(TAKE, (owner, case), ("integer", "uuid")),
    )


def test_what_varies_is_drawn_and_what_does_not_is_constant() -> None:
    [script] = scripts_of("claim", [sample("a", "1"), sample("b", "2")], once=False)
    assert script.constants == {"claim_0_0_1": "open"}
    assert script.columns == ("claim_0_0_0", "claim_0_1_0")
    assert script.rows == (("a", "1"), ("b", "2"))
    assert script.statements == 2
    assert script.text == (
        "\\set n random(0, 1)\n"
        "select claim_0_0_0, claim_0_1_0 from benchmark.claim_0 where n = :n \\gset\n"
        "begin;\n"
        "select * from cases where id = :claim_0_0_0::uuid and state = :claim_0_0_1;\n"
        "update cases set owner = :claim_0_1_0::integer where id = :claim_0_0_0::uuid;\n"
        "commit;\n"
    )


def test_a_value_that_is_null_in_some_samples_is_drawn_as_null() -> None:
    [script] = scripts_of("claim", [sample("a", None), sample("b", "2")], once=False)
    assert "owner = nullif(:claim_0_1_0, '\\N')::integer" in script.body


def test_a_value_that_is_always_null_is_a_variable_that_is_never_set() -> None:
    [script] = scripts_of("claim", [sample("a", None), sample("b", None)], once=False)
    assert "claim_0_1_0" not in script.constants
    assert script.columns == ("claim_0_0_0",)


def test_a_value_that_is_always_empty_is_no_variable() -> None:
    [script] = scripts_of("claim", [(Statement("select $1", ("",), ("text",)),)], once=False)
    assert script.constants == {}
    assert "select ''::text;" in script.body


def test_what_is_written_goes_through_the_samples_in_order_each_connection_its_own() -> None:
    [script] = scripts_of("claim", [sample(str(number), "1") for number in range(16)], once=True)
    assert script.draw.startswith("\\set i :i + 1\n\\set n :client_id + 8 * :i\n")
    assert "random" in script.draw_only


def test_requests_that_send_other_statements_have_a_script_of_their_own() -> None:
    short = (Statement(FIND, ("c", "open"), ("uuid", None)),)
    most, other = scripts_of("list", [short, sample("a", "1"), sample("b", "2")], once=False)
    assert (len(most.rows), most.table, len(other.rows), other.table) == (2, "list_0", 1, "list_1")
    assert set(most.constants) & set(other.constants) == set()
    with pytest.raises(ValueError, match="2 different sequences"):
        scripts_of("claim", [short, sample("a", "1")], once=True)


def test_a_statement_that_pgbench_would_read_otherwise_is_refused() -> None:
    with pytest.raises(ValueError, match="for a variable"):
        scripts_of("list", [(Statement("select 'a:b'"),)], once=False)
    [script] = scripts_of("list", [(Statement("select 'a'::text"),)], once=False)
    assert "'a'::text;" in script.body


def test_the_tenth_parameter_is_not_the_first_with_a_nought() -> None:
    numbers = [str(number) for number in range(1, 11)]
    statement = Statement(" ".join(f"${number}" for number in numbers), tuple(numbers), (None,) * 10)
    assert statement.written([f"<{number}>" for number in numbers]) == " ".join(f"<{number}>" for number in numbers)


def test_the_time_of_drawing_is_taken_off() -> None:
    assert without(100, 10_000) == pytest.approx(1 / (0.01 - 0.0001))
    assert without(100, 90) == 100


def test_rows_are_those_that_scans_read_with_those_that_were_dropped_in_every_loop() -> None:
    plan = {
        "Node Type": "Nested Loop",
        "Actual Rows": 3,
        "Actual Loops": 1,
        "Plans": [
            {"Node Type": "Seq Scan", "Relation Name": "cases", "Actual Rows": 3, "Actual Loops": 1}
            | {"Rows Removed by Filter": 97},
            {
                "Node Type": "Bitmap Heap Scan",
                "Relation Name": "orgs",
                "Actual Rows": 1.5,
                "Actual Loops": 4,
                "Plans": [{"Node Type": "Bitmap Index Scan", "Actual Rows": 2, "Actual Loops": 4}],
            },
            {"Node Type": "CTE Scan", "CTE Name": "chosen", "Actual Rows": 50, "Actual Loops": 1},
        ],
    }
    assert rows_of(plan) == 106
