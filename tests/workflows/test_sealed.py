"""What people write in their own words and what tells of illness is sealed, unless its field says why it lies open."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from casework.forms.field import MASK, FormField
from casework.forms.form import Form, Many, Nested, declared, form_of
from casework.forms.numbers import Flag
from casework.forms.paths import in_own_words
from casework.forms.texts import Choice, Line, LongText, PersonName
from casework.records.rows import case_row, event_payload, sealed_parts
from casework.rules.case import Case
from casework.rules.grammar import Workflow
from casework.rules.paper_names import OTHER_PAPER, shown_name
from casework.rules.refusals import Invalid
from casework.rules.text import Text
from casework.work import workflow_registry
from tests.story import Story
from tests.workflows import test_walks
from tests.workflows.test_hardship_aid import MEDICAL, on_file
from tests.workflows.test_walks import walk

TELLS_OF_A_BODY: Final = re.compile("病|残|伤|癌|医疗|健康|暴力|虐待|死亡|殉职|孕")
"""Words of titles by which a table of codes tells of illness, injury, violence or death."""
SHORTEST_REASON: Final = 20


def forms() -> Iterator[tuple[str, type[Form]]]:
    """Every form of every version of every programme: its intake and what its steps need."""
    for workflow in workflow_registry.all_versions():
        yield f"{workflow.key} intake", form_of(workflow.intake)
        for edge in workflow.transitions:
            if edge.needs:
                yield f"{workflow.key} {edge.name}", form_of(edge.needs)


FORMS: Final = tuple(dict.fromkeys(form for _, form in forms()))


def unsaid(form: type[Form]) -> list[str]:
    """What the form says neither of: a sentence for each field in people's own words that is not sealed."""
    return [
        f"{form.__name__}.{path} ({field.title.en}) is written in people's own words: seal it with sensitive=True, or"
        " say at its declaration why it lies open, with open_because."
        for path, field in in_own_words(form).items()
        if not field.sensitive and not field.open_because
    ]


def told_open(form: type[Form]) -> list[str]:
    """The same of codes whose titles tell of illness, injury, violence or death."""
    return [
        f"{form.__name__}.{path} ({field.title.en}) tells of a person's body: seal it with sensitive=True or shown_as,"
        " or say at its declaration why it lies open, with open_because."
        for path, field in declared(form)
        if not field.sensitive and not field.open_because and TELLS_OF_A_BODY.search(_words(field))
    ]


def _words(field: FormField) -> str:
    options = field.options.values() if isinstance(field, Choice) else ()
    return " ".join((field.title.zh, *(one.zh for one in options)))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__.split('.')[-2]}.{form.__name__}")
def test_every_field_in_own_words_is_sealed_or_says_why_not(form: type[Form]) -> None:
    assert unsaid(form) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.__module__.split('.')[-2]}.{form.__name__}")
def test_every_code_that_tells_of_a_body_is_sealed_or_says_why_not(form: type[Form]) -> None:
    assert told_open(form) == []


def test_reasons_are_sentences() -> None:
    reasons = {field.open_because for form in FORMS for _, field in declared(form) if field.open_because}
    assert [reason for reason in reasons if len(reason) < SHORTEST_REASON or not reason.endswith(".")] == []


class NewKind(FormField):
    """A kind of text that somebody has added and not thought about."""

    def read(self, value: Any) -> str:
        return self.text(value)

    def invent(self, example_data: Any) -> str:
        return "word"

    def shape(self, language: Any) -> dict[str, Any]:
        return {}


TITLE: Final = Text("栏目", "Field")


class Added(Form):
    story = Line(title=TITLE)
    told = NewKind(title=TITLE)
    ill = Flag(title=Text("是否患病", "Ill"))
    cause = Choice({"own": Text("本人大病", "own illness")}, title=TITLE)


def test_a_new_text_field_is_sealed_by_default_and_one_of_a_new_kind_has_to_say() -> None:
    """The tests above fail for such fields, with a sentence that says what to do."""
    [sentence] = unsaid(Added)
    assert sentence.startswith("Added.told (Field) is written in people's own words")
    assert [one.partition(" ")[0] for one in told_open(Added)] == ["Added.ill", "Added.cause"]
    assert Added.instance().field("story").sensitive


def test_a_field_does_not_lie_open_and_sealed_at_once() -> None:
    with pytest.raises(ValueError, match="sensitive does not lie open"):
        Line(title=TITLE, sensitive=True, open_because="It is the name of a body.")
    assert not Line(title=TITLE, open_because="It is the name of a body.").sensitive
    assert PersonName(title=TITLE, sensitive=True).open_because is None


MARK: Final = "暗号"
WALKS: Final = 40


class Marked(Story):
    """A story in which everybody writes a mark into every field that is written in people's own words and sealed."""

    marks = 0

    def form(self, name: str, given: Mapping[str, Any], case: Case | None = None, who: str = "applicant") -> Any:
        """What is given, with marks."""
        edge = self.workflow.edge(name, (case or self.case).state)
        told = super().form(name, given, case, who)
        return self.marked(form_of(edge.needs), told, everywhere=not self.case.state) if edge and edge.needs else told

    def marked(self, form: type[Form], told: Mapping[str, Any], *, everywhere: bool = False) -> dict[str, Any]:
        """The same with a mark in each sealed text; `everywhere`: also in those that the example leaves out."""
        found = dict(told)
        for name, field in form.form_fields():
            if name in told or (everywhere and isinstance(field, Line | LongText) and name != "no_representatives"):
                found[name] = self._with_marks(field, told.get(name), everywhere)
        return found

    def _with_marks(self, field: FormField, value: Any, everywhere: bool) -> Any:
        if isinstance(field, Nested) and value is not None:
            return self.marked(field.form, value, everywhere=everywhere)
        if isinstance(field, Many) and value is not None:
            return [self._with_marks(field.item, row, everywhere) for row in value]
        if isinstance(field, Line | LongText) and field.sensitive:
            Marked.marks += 1
            return f"{MARK}{Marked.marks:06d}"
        return value


@pytest.mark.parametrize("workflow", workflow_registry.latest(), ids=lambda one: str(one.key))
def test_no_mark_lies_open_in_the_rows_of_a_case_whatever_is_done_to_it(
    workflow: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither as it was given, nor as a fact that a step has made of it; letters are sealed, and may say it."""
    monkeypatch.setattr(test_walks, "Story", Marked)
    taken, written = Counter[str](), 0
    for seed in range(WALKS):
        for stop in walk(workflow, seed, taken):
            moves = [(event["payload"], move.sealed) for event, move in zip(stop.events, stop.moves, strict=True)][-2:]
            row = case_row(stop.record(), workflow)
            open_ = json.dumps([[payload for payload, _ in moves], row], default=str, ensure_ascii=False)
            assert MARK not in open_, (stop.moves[-1].transition, re.findall(f".{{0,200}}{MARK}.{{0,20}}", open_)[:1])
            written += sum(MARK in str(sealed) for _, sealed in moves)
    assert written > WALKS


def test_what_decisions_rest_on_is_read_sealed_and_stays_sealed_when_a_step_changes_it() -> None:
    """The own share of medical bills bounds medical aid; a verification gives another, in the vault alone."""
    story = on_file(MEDICAL, medical_own_share="20000.00")
    assert story.case.facts["medical_own_share"] == MASK
    assert story.case.facts["household"]["main_cause"] == MASK
    assert story.sealed["medical_own_share"] == "20000.00"
    move = story.caseworker(
        "reverify",
        medical_own_share="31415.00",
        household={"size": 3, "annual_income": "60000.00", "declared_true": True, "explanation": "长子外出"},
    )
    assert (story.sealed["medical_own_share"], story.sealed["household.explanation"]) == ("31415.00", "长子外出")
    assert story.sealed["household.main_cause"] == "own_illness"
    assert story.sealed["applicant.identity_number"]
    assert "31415" not in str(event_payload(move))
    assert "31415" not in str(story.case)
    assert sealed_parts(move)["facts"] == story.sealed


def test_a_code_that_stands_for_a_sealed_one_has_its_title() -> None:
    """What pages show of it is a word, unless nothing is shown at all."""
    fields = [(form.__name__, path, field) for form in FORMS for path, field in declared(form)]
    stand_ins = [
        (form, path, shown, field.in_words(shown).zh)
        for form, path, field in fields
        if isinstance(field, Choice)
        for shown in field.shown_as.values()
    ]
    assert len(stand_ins) > len("shown")
    assert [one for one in stand_ins if (one[2] == one[3]) != (one[2] == MASK)] == []


def test_a_correction_that_sends_back_what_is_shown_changes_nothing() -> None:
    """A coarser code or a mask stands for what is sealed; nobody can choose it where nothing is."""
    groups = ["disabled", "migrant_worker", "minor"]
    story = Story().opened(matter="abuse", exemption=None, applicant={"groups": groups})
    facts = story.case.facts
    assert (facts["matter"], facts["applicant"]["groups"]) == ("personal_rights_32", [MASK, "migrant_worker", MASK])
    story.correct("caseworker", matter="personal_rights_32", applicant={"groups": [MASK, "migrant_worker", MASK]})
    assert story.sealed["matter"] == "abuse"
    assert (story.sealed["applicant.groups.0"], story.sealed["applicant.groups.2"]) == ("disabled", "minor")
    story.correct("caseworker", matter="maintenance", applicant={"groups": ["migrant_worker"]})
    assert (story.case.facts["matter"], "matter" in story.sealed) == ("maintenance", False)
    assert "abuse" in story.moves[-1].replaced.values()
    with pytest.raises(Invalid) as refused:
        story.correct("caseworker", matter="personal_rights_32")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("matter", "masked")]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("身份证复印件", True),
        ("近一年工资收入证明", True),
        ("2026年2月工资条", True),
        ("Copy of the identity card", True),
        ("劳动合同或工资支付凭证", True),
        ("诊断证明", False),
        ("残疾证", False),
        ("医疗费用票据", False),
        ("Receipts of treatment", False),
        ("王秀英的工资条", False),
        ("身份证 37010219900101", False),
    ],
)
def test_the_name_of_an_ordinary_paper_lies_open_and_no_other(name: str, shown: bool) -> None:
    assert shown_name(name) == (name if shown else OTHER_PAPER)
