"""Ids begin with the time, and nobody guesses the rest."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from casework.records.ids import new_id

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_seven() -> None:
    one = new_id()
    assert (one.version, one.variant) == (7, RFC_4122)


def test_later_ids_sort_later() -> None:
    ids = [new_id(AT + timedelta(milliseconds=step)) for step in range(100)]
    assert ids == sorted(ids)


def test_the_time_of_the_example_in_the_standard_stands_in_front() -> None:
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    assert str(new_id(at, random=0xCC3 << 62 | 0x18C4DC0C0C07398F)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_ids_of_one_instant_differ() -> None:
    assert len({new_id(AT) for _ in range(10_000)}) == 10_000


def test_the_same_chance_gives_the_same_id() -> None:
    assert new_id(AT, random=7) == new_id(AT, random=7) != new_id(AT, random=8)
