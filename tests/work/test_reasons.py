"""Why something did not go out is a code with its parameters, told in both languages and with the cure."""

import re
from typing import get_args

import pytest

from casework.rules.text import Text
from casework.senders.failures import PARAMETERS, Code, Reason, Unreachable, noted, reason
from casework.work.delivery.delivery_errors import CURES, SENTENCES, told, with_cure

HAN = re.compile("[\u4e00-\u9fff]")
CODES = get_args(Code)
# These say that nothing was wrong with the way; those of addresses say themselves what to write.
NO_CURE = {"receiver_gone", "day_over", "nothing_to_tell", "not_written"}


def one_of(code: Code) -> Reason:
    return reason(code, **dict.fromkeys(PARAMETERS.get(code, ()), "seven"))


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_sentence_of_its_own_in_both_languages_with_all_that_belongs_to_it(code: Code) -> None:
    said = told(one_of(code))
    assert HAN.search(said.zh)
    assert said.en.isascii()
    for sentence in (said.zh, said.en):
        assert sentence.count("seven") == len(PARAMETERS.get(code, ()))
        assert "{" not in sentence
    others = [told(one_of(other)) for other in CODES if other != code]
    assert said.en not in [other.en for other in others]
    assert said.zh not in [other.zh for other in others]


def test_every_code_that_can_be_cured_names_the_cure() -> None:
    assert SENTENCES.keys() == set(CODES) >= PARAMETERS.keys()
    assert CURES.keys() == {code for code in CODES if not code.startswith("address_")} - NO_CURE
    assert all(HAN.search(cure.zh) and cure.en.isascii() for cure in CURES.values())


@pytest.mark.parametrize(
    ("why", "zh", "en"),
    [
        (reason("robot_answered", number=310000), "答复代码 310000。请核对渠道的地址和密钥", "keyword"),
        (reason("answered", status=404), "答复 404。请核对", "address and secret"),
        (reason("mail_no_starttls"), "邮件服务器不提供 STARTTLS。请将", 'Set tls in [smtp] to "tls"'),
        (reason("address_unknown_host"), "无法解析该主机名。", "The host name does not resolve."),
        (reason("mail_slow_to_open"), "与邮件服务器建立连接用时过长。请查明", "may greet late"),
        (reason("slow_to_open"), "建立连接用时过长。请检查对方是否繁忙。", "other side is busy"),
    ],
)
def test_a_reason_keeps_its_figures_and_names_the_cure(why: Reason, zh: str, en: str) -> None:
    assert with_cure(why).zh.startswith(zh)
    assert with_cure(why).en.startswith(told(why).en)
    assert en in with_cure(why).en


def test_a_code_that_a_newer_program_has_stored_is_told_as_it_is() -> None:
    assert told({"code": "something_else", "status": 1}) == Text("something_else", "something_else")
    assert with_cure({"code": "something_else"}) == Text("something_else", "something_else")


def test_a_reason_has_the_parameters_of_its_code_and_a_log_shows_them() -> None:
    for wrong in ({}, {"number": 7}, {"status": 404, "kind": "x"}):
        with pytest.raises(ValueError, match=r"^answered takes \['status'\], not "):
            reason("answered", **wrong)
    assert noted(reason("answered", status=404)) == str(Unreachable(reason("answered", status=404)))
    assert noted(reason("answered", status=404)) == "answered status=404"
