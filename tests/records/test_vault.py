"""Of several service keys the first wraps and all unwrap; what was altered, moved or cut short does not open."""

import json

import pytest

from casework.records.vault import Keyring, NotOpened, WrappedKey, new_key, seal, unseal

OLD, NEW, OTHER = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
PLACE = "applicants.wrapped_key:1"


def test_the_first_key_wraps_and_all_unwrap() -> None:
    key, later = new_key(), new_key()
    before, after = Keyring([OLD]), Keyring([NEW, OLD])
    wrapped, anew = before.wrap(PLACE, key), after.wrap(PLACE, later)
    assert (before.current, after.current) == (wrapped.key_id, anew.key_id)
    assert after.numbers == (anew.key_id, wrapped.key_id)
    assert after.unwrap(PLACE, wrapped) == key
    assert after.unwrap(PLACE, anew) == Keyring([NEW]).unwrap(PLACE, anew) == later


def test_a_key_that_is_not_there_opens_nothing_and_is_named() -> None:
    wrapped = Keyring([NEW]).wrap(PLACE, new_key())
    for others in ([OLD], [OLD, OTHER]):
        with pytest.raises(NotOpened, match=wrapped.key_id):
            Keyring(others).unwrap(PLACE, wrapped)
        assert Keyring(others).missing([wrapped.key_id]) == [wrapped.key_id]
    assert Keyring([OLD, NEW]).missing([wrapped.key_id]) == []


def test_what_was_moved_altered_cut_short_or_given_another_number_does_not_open() -> None:
    keyring = Keyring([NEW, OLD])
    wrapped = keyring.wrap(PLACE, new_key())
    old_number = keyring.numbers[1]
    for wrong in (
        WrappedKey(old_number, wrapped.wrapped),
        WrappedKey(wrapped.key_id, wrapped.wrapped[:-1] + bytes([wrapped.wrapped[-1] ^ 1])),
        WrappedKey(wrapped.key_id, wrapped.wrapped[:7]),
        WrappedKey(wrapped.key_id, b""),
    ):
        with pytest.raises(NotOpened):
            keyring.unwrap(PLACE, wrong)
    with pytest.raises(NotOpened):
        keyring.unwrap("applicants.wrapped_key:2", wrapped)


@pytest.mark.parametrize(
    "value", ["x", "x" * 10_000, {"body": "尊敬的申请人：您的申请已经收到。" * 40}, 7, None, ["x"] * 200]
)
def test_what_is_sealed_comes_back_and_a_letter_takes_less_than_it_says(value: object) -> None:
    key = new_key()
    sealed = seal(key, PLACE, value)
    assert unseal(key, PLACE, sealed) == value
    said = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    assert len(sealed) == said + 28 if said <= 256 else len(sealed) < said / 2
    with pytest.raises(NotOpened):
        unseal(key, "letters.sealed:2", sealed)
