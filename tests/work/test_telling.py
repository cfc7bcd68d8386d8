"""Whoever has a case in hand is told of what others do to it: once, with the deed, and never of one's own."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from casework.api.answers.history import EVENT_KINDS
from casework.files.reading import Readable
from casework.forms.example_data import ExampleData
from casework.forms.form import form_of
from casework.records import alerts, people
from casework.records import cases as case_records
from casework.records.visibility import visible
from casework.rules.files import added
from casework.rules.people import APPLICANT, Actor
from casework.rules.refusals import NotNow
from casework.rules.telling import happened, whom_to_tell
from casework.work import cases, corrections, files, messages, workflow_registry
from casework.work.alerts import snooze
from casework.work.delivery.digest import digest_told
from casework.work.delivery.messages import webhook_body
from casework.work.files import GivenFile
from casework.work.leaving import let_go_of_cases
from casework.work.overdue import sweep
from casework.work.service import Service
from tests.receivers import answers, mailbox, receiver
from tests.work.offices import local, shandong
from tests.work.post_office import Post

GIVEN: dict[str, dict[str, Any]] = {
    "decline": {"reason": "与对方当事人有利害关系"},
    "conclude": {"result": "given_up", "awarded": None, "recovered": None},
    "reassign": {"ground": "on_leave"},
    "refuse": {"ground": "no_basis"},
}
ROAD = (
    ("li", "accept"),
    ("zhao", "grant"),
    ("li", "assign"),
    ("lawyer", "engage"),
    ("lawyer", "conclude"),
    ("lawyer", "hand_in_file"),
    ("li", "return_file"),
)
PAPERS = (("li", "accept"), ("li", "ask_for_papers"))
REFUSED = (("li", "accept"), ("zhao", "refuse"))


@pytest.fixture
def post(service: Service) -> Post:
    return Post(shandong(service))


def take(post: Post, who: str, case: UUID, name: str) -> None:
    """Somebody takes a transition with the example of what it needs, the applicant too."""
    actor = APPLICANT if who == "applicant" else post.province.actor(who)
    with post.service.transaction(actor) as tx:
        take_within(tx, post, case, name)


def take_within(tx: Any, post: Post, case: UUID, name: str) -> None:
    record = case_records.get_for_applicant(tx.db, case, lock=True)
    edge = workflow_registry.pinned(record.case).edge(name, record.case.state)
    assert edge is not None
    given: dict[str, Any] = {}
    if edge.needs is not None:
        users = {"lawyer": post.province.people["lawyer"].id}
        given = form_of(edge.needs).example(ExampleData(tx.today, post.province.chance, users, facts=record.case.facts))
        given |= {"to": str(users["lawyer"])} if edge.assigns else {}
        given = {key: value for key, value in (given | GIVEN.get(name, {})).items() if value is not None}
    cases.apply(tx, record, name, given)


def along(post: Post, *steps: tuple[str, str]) -> UUID:
    """A case that has come this far."""
    case = post.open_case()
    for who, name in steps:
        take(post, who, case, name)
    return case


def told(post: Post, case: UUID) -> list[tuple[str, set[str]]]:
    """What was told of a case, and to whom, in the order of time."""
    with post.service.transaction() as tx:
        rows = [row for row in alerts.of_case(tx.db, case) if row.event_seq]
        receivers = alerts.receivers_of(tx.db, [row.id for row in rows])
    names = {row.id: row.payload["transition"] or row.kind for row in rows}
    rows.sort(key=lambda row: row.event_seq)
    return [(names[row.id], {one.username for one in receivers[row.id]}) for row in rows]


def mine(post: Post, who: str) -> list[Any]:
    """What is on somebody's list."""
    person = post.province.people[who]
    with post.service.transaction() as tx:
        return list(alerts.mine(tx.db, person.id, visible(person), 50, None))


def leaves(post: Post, *who: str) -> None:
    with post.service.transaction() as tx:
        tx.db.run("update users set active = false where username = any(:who)", who=list(who))


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """The statements that the service sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(service.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(service.database.engine, "before_cursor_execute", note)


def test_along_the_whole_road_the_other_one_is_told_of_each_step(post: Post) -> None:
    case = along(post, *ROAD)
    assert told(post, case) == [
        ("grant", {"li"}),
        ("assign", {"lawyer"}),
        ("engage", {"li"}),
        ("conclude", {"li"}),
        ("hand_in_file", {"li"}),
        ("return_file", {"lawyer"}),
    ]


@pytest.mark.parametrize(
    ("road", "who", "name", "whom"),
    [
        (PAPERS, "applicant", "supply_papers", {"li"}),
        (PAPERS, "applicant", "withdraw", {"li"}),
        (REFUSED, "applicant", "object", {"li", "zhao"}),
        (REFUSED, "applicant", "tell_receipt", {"li"}),
        (ROAD[:4], "applicant", "ask_for_change", {"li", "lawyer", "zhao"}),
        (ROAD[:5], "applicant", "rate", {"li", "lawyer"}),
        ((*ROAD[:1], ("li", "propose")), "zhao", "send_back", {"li"}),
        (ROAD[:1], "zhao", "refuse", {"li"}),
        (ROAD[:4], "zhao", "reassign", {"li", "lawyer"}),
        (ROAD[:3], "lawyer", "decline", {"li"}),
    ],
)
def test_a_step_of_somebody_else_is_told(post: Post, road: Any, who: str, name: str, whom: set[str]) -> None:
    case = along(post, *road)
    take(post, who, case, name)
    assert told(post, case)[-1] == (name, whom)


def handed_over(post: Post, case: UUID) -> None:
    with post.service.transaction(post.province.actor("zhao")) as tx:
        cases.hand_over(tx, case, {"to": "wang", "reason": "岗位调整"})


def papers_sent(post: Post, case: UUID) -> None:
    """The applicant sends a photograph of a paper."""
    with post.service.transaction(APPLICANT) as tx:
        files.add_own(tx, case, GivenFile("identity", "a.pdf", Readable("application/pdf", b"%PDF-1.4", None)), ())


def written(post: Post, case: UUID) -> None:
    with post.service.transaction(APPLICANT) as tx:
        messages.write_own(tx, case, {"text": "工资条找到了"})


Deed = Callable[[Post, UUID], None]


def step(who: str, name: str) -> Deed:
    """Somebody takes a step."""
    return lambda post, case: take(post, who, case, name)


@pytest.mark.parametrize(
    ("road", "deed", "whom"),
    [
        pytest.param(ROAD[:2], step("li", "assign"), {"lawyer"}, id="assigned"),
        pytest.param(ROAD[:1], handed_over, {"li", "wang"}, id="handed over"),
        pytest.param(PAPERS, step("applicant", "supply_papers"), {"li"}, id="papers came"),
        pytest.param(ROAD[:1], papers_sent, {"li"}, id="a file came"),
        pytest.param((), papers_sent, {"li", "wang"}, id="a file came to nobody's case"),
        pytest.param(ROAD[:4], step("lawyer", "conclude"), {"li"}, id="concluded"),
        pytest.param(REFUSED, step("applicant", "object"), {"li", "zhao"}, id="objected"),
        pytest.param(REFUSED, step("li", "object"), {"zhao"}, id="objected by way of the office"),
        pytest.param(ROAD[:1], step("zhao", "grant"), {"li"}, id="decided"),
        pytest.param(ROAD[:1], written, {"li"}, id="a message"),
        pytest.param((), written, {"li", "wang"}, id="a message in nobody's case"),
    ],
)
def test_what_happened_to_ones_case_is_told_once_in_the_list_the_digest_and_outside(
    post: Post, road: Any, deed: Deed, whom: set[str]
) -> None:
    case = along(post, *road)
    everybody = ("li", "wang", "zhao", "lawyer", "province")
    before = {who: len(mine(post, who)) for who in everybody}
    with mailbox() as box, receiver() as hook:
        post.mail_by(box, **dict.fromkeys(whom, "zh-CN"))
        post.channel(hook)
        deed(post, case)
        assert {who for who in everybody if len(mine(post, who)) > before[who]} == whom
        assert post.deliver().delivered == len(whom) + 1
        assert sorted(str(mail["To"]) for mail in box.mails) == sorted(f"{who}@example.org" for who in whom)
        assert [request.json["type"] for request in hook.received] == ["alert.told"]
        assert "工资条" not in str([mail.get_content() for mail in box.mails]) + str(hook.received[0].json)
    for who in whom:
        person = post.province.people[who]
        assert len(mine(post, who)) == before[who] + 1
        with post.service.transaction() as tx:
            assert alerts.count_open(tx.db, person.id, visible(person)) == before[who] + 1
            digest = digest_told(tx, person.id, tx.today, "en")
        assert digest is not None
        assert f"Alerts to acknowledge: {before[who] + 1}" in digest[1]


def test_what_comes_with_an_application_is_in_the_queue_with_it_and_told_to_nobody(post: Post) -> None:
    case = along(post)
    with post.service.transaction() as tx:
        opened = case_records.several(tx.db, [case])[case].case
    move = added(opened, [], APPLICANT, opened.opened_at)
    assert whom_to_tell(workflow_registry.newest("legal_aid"), move) is None


def test_an_override_is_told_to_the_supervisor_above(post: Post) -> None:
    case = along(post, *ROAD[:2])
    with post.service.transaction(post.province.actor("zhao")) as tx:
        cases.override(tx, case, {"to_state": "submitted", "reason": "受理有误"})
    assert told(post, case)[-1] == ("overridden", {"li", "province"})


def test_a_new_case_and_what_one_does_oneself_are_told_to_nobody(post: Post) -> None:
    assert told(post, along(post, *PAPERS, ("li", "supply_papers"))) == []


def test_a_handover_tells_both_and_a_release_or_correction_by_a_supervisor_the_owner(post: Post) -> None:
    case = along(post, *ROAD[:1])
    with post.service.transaction(post.province.actor("zhao")) as tx:
        cases.hand_over(tx, case, {"to": "wang", "reason": "岗位调整"})
    for what, given in (
        (cases.release, {"reason": "请假"}),
        (cases.override, {"to_state": "submitted", "reason": "错"}),
    ):
        with post.service.transaction(post.province.actor("zhao")) as tx:
            what(tx, case, given)
    assert told(post, case) == [
        ("handed_over", {"li", "wang"}),
        ("released", {"wang"}),
        ("overridden", {"province"}),
    ]
    case = along(post, *ROAD[:3])
    with post.service.transaction(post.province.actor("zhao")) as tx:
        tx.if_match = "*"
        corrections.correct(tx, case, {"facts": {"story": "另附工资流水。"}, "reason": "核对材料"})
    assert told(post, case)[-1] == ("corrected", {"li", "lawyer"})


def test_what_time_does_is_told_once_by_its_clock_or_as_an_event(post: Post) -> None:
    case = along(post, *PAPERS)
    post.time_passes(days=20)
    assert sweep(post.service).transitions == 1
    assert told(post, case)[-1] == ("lapse", {"li"})
    [entry] = [row for row in mine(post, "li") if row.event_seq]
    assert entry.actor_role == "clock"


@pytest.mark.parametrize(
    ("gone", "whom"),
    [(["li"], {"wang"}), (["li", "wang"], {"zhao"}), (["li", "wang", "zhao"], {"province"})],
)
def test_where_nobody_owns_the_case_those_are_told_whose_turn_it_is_as_alerts_choose_them(
    post: Post, gone: list[str], whom: set[str]
) -> None:
    case = along(post, *PAPERS)
    leaves(post, *gone)
    take(post, "applicant", case, "supply_papers")
    assert told(post, case) == [("supply_papers", whom)]
    post.time_passes(days=5)
    sweep(post.service)
    with post.service.transaction() as tx:
        rows = [row for row in alerts.of_case(tx.db, case) if row.level == "80%" and row.roles == ["caseworker"]]
        receivers = alerts.receivers_of(tx.db, [row.id for row in rows])
    assert {one.username for row in rows for one in receivers.get(row.id, [])} == whom


@pytest.mark.parametrize(
    ("gone", "asked", "whom"),
    [([], False, {"li"}), (["li"], False, {"wang"}), (["li"], True, {"wang"}), (["li", "wang"], True, {"zhao"})],
)
def test_what_an_applicant_writes_finds_a_reader_whoever_has_the_case(
    post: Post, gone: list[str], asked: bool, whom: set[str]
) -> None:
    """Also where the case waits for the applicant, or for nobody of staff."""
    case = along(post, *(PAPERS if asked else PAPERS[:1]))
    leaves(post, *gone)
    with post.service.transaction(APPLICANT) as tx:
        messages.write_own(tx, case, {"text": "工资条找到了"})
    assert told(post, case)[-1] == ("message", whom)
    assert len(told(post, case)) == 1


def test_a_transfer_tells_the_office_that_gets_the_case_and_the_owner_who_loses_it(post: Post) -> None:
    case = along(post, *ROAD[:1])
    given = {"to_org": "370200", "ground": "not_competent", "reason": "用人单位在该市"}
    post.province.take("zhao", case, "transfer", given)
    assert told(post, case) == [("transfer", {"li", "sun"})]
    assert [row.event_seq for row in mine(post, "li")] == [3]


def test_whoever_did_it_does_not_stand_in_the_way_of_the_next_who_is_to_be_told(post: Post) -> None:
    """The only caseworker at or above the city sends it the case; its supervisor is told."""
    case = along(post, *ROAD[:1])
    with post.service.transaction() as tx:
        tx.db.run("update users set role = 'caseworker' where username = 'province'")
        found = people.by_username(tx.db, "province")
    assert found is not None
    leaves(post, "li", "sun")
    given = {"to_org": "370200", "ground": "not_competent", "reason": "用人单位在该市"}
    with post.service.transaction(Actor(found[0].role, found[0])) as tx:
        cases.take_transition(tx, case, "transfer", given)
    assert told(post, case)[-1] == ("transfer", {"zhou"})


def test_an_alert_on_a_case_that_was_taken_away_is_acknowledged_and_not_put_off(post: Post) -> None:
    case = along(post, *ROAD[:3])
    take(post, "zhao", case, "reassign")
    [entry] = mine(post, "lawyer")
    with (
        post.service.transaction(post.province.actor("lawyer")) as tx,
        pytest.raises(NotNow, match="not yours any more"),
    ):
        snooze(tx, entry.id, {"until": "2026-03-03T09:30:00+08:00", "reason": "稍后处理"})


def test_who_loses_a_case_is_told_so_though_it_is_seen_no_longer(post: Post) -> None:
    case = along(post, *ROAD[:3])
    assert [row.payload["transition"] for row in mine(post, "lawyer")] == ["assign"]
    take(post, "zhao", case, "reassign")
    lawyer = post.province.people["lawyer"]
    [entry] = mine(post, "lawyer")
    assert entry.payload["transition"] == "reassign"
    assert entry.due_on is None
    assert (entry.is_visible, entry.applicant_name) == (False, None)
    with post.service.transaction() as tx:
        assert alerts.count_open(tx.db, lawyer.id, visible(lawyer)) == 1
        assert alerts.acknowledge(tx.db, entry.id, lawyer.id, visible(lawyer)) is not None
        assert alerts.count_open(tx.db, lawyer.id, visible(lawyer)) == 0


def test_what_is_due_next_is_told_to_those_who_owe_it(post: Post) -> None:
    case = along(post, *ROAD[:3])
    [entry] = mine(post, "lawyer")
    with post.service.transaction() as tx:
        record = case_records.several(tx.db, [case])[case]
    runs = [run for run in record.case.clocks if run.open and run.owed_by == "helper" and run.due]
    assert entry.due_at == min(run.due.at for run in runs if run.due)
    take(post, "lawyer", case, "engage")
    newest = mine(post, "li")[0]
    assert (newest.payload["transition"], newest.due_at) == ("engage", None)
    take(post, "lawyer", case, "conclude")
    assert mine(post, "li")[0].due_at is not None


def test_what_is_rolled_back_is_told_to_nobody(post: Post) -> None:
    case = along(post, *ROAD[:2])
    before = told(post, case)

    class Interrupted(Exception):
        pass

    def interrupted() -> None:
        with post.service.transaction(post.province.actor("li")) as tx:
            take_within(tx, post, case, "assign")
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert told(post, case) == before
    assert mine(post, "lawyer") == []


def test_of_many_who_do_the_same_at_once_one_is_told(post: Post) -> None:
    case = along(post, *ROAD[:3])

    def engage(_: int) -> bool:
        try:
            post.province.take("lawyer", case, "engage", {"engaged_on": "2026-03-02"})
        except NotNow:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(engage, range(4))) == 1
    assert told(post, case)[-1] == ("engage", {"li"})
    assert len(told(post, case)) == 3


def test_a_step_that_is_told_takes_one_statement_more(post: Post) -> None:
    def sent_by(who: str) -> list[str]:
        case = along(post, ("li", "accept"), ("li", "ask_for_papers"))
        if who == "nobody":
            leaves(post, "li")
        with statements(post.service) as sent:
            take(post, "li" if who == "li" else "applicant", case, "supply_papers")
        return sent

    own, others, nobodys = sent_by("li"), sent_by("applicant"), sent_by("nobody")
    assert len(others) == len(nobodys) == len(own) + 1


def test_the_digest_counts_it(post: Post) -> None:
    along(post, *ROAD[:3])
    lawyer = post.province.people["lawyer"]
    with post.service.transaction() as tx:
        digest = digest_told(tx, lawyer.id, tx.today, "en")
    assert digest is not None
    assert "Alerts to acknowledge: 1" in digest[1]


@pytest.mark.parametrize("kind", sorted(set(EVENT_KINDS) - {"opened", "rederived", "transition"}))
def test_whatever_else_is_done_to_a_case_has_its_words(kind: str) -> None:
    payload = {"transition": None, "from": "submitted", "state": "submitted", "owner": None, "assignee": None}
    said = happened(workflow_registry.newest("legal_aid"), kind, payload)
    assert said.zh
    assert said.en


@pytest.mark.parametrize(
    ("workflow", "transition", "source", "result", "told_as"),
    [
        ("hardship_aid", "record_payment", "active", "returned", "登记支付结果：银行退回"),
        ("hardship_aid", "record_payment", "active", "paid", "登记支付结果：已到账"),
        ("hardship_aid", "correct_payment", "active", "paid", "更正支付结果：已到账"),
        ("legal_aid", "conclude", "in_progress", "lost", "办结：请求未获支持"),
        ("legal_aid", "conclude", "in_progress", None, "办结"),
    ],
)
def test_what_became_of_it_is_told_with_it(
    workflow: str, transition: str, source: str, result: str | None, told_as: str
) -> None:
    payload = {"transition": transition, "from": source, "given": {"result": result}, "owner": None, "assignee": None}
    said = happened(workflow_registry.newest(workflow), "transition", payload, outside=True)
    assert said.zh == told_as


def test_a_helper_is_told_that_the_owner_has_left(post: Post) -> None:
    case = along(post, *ROAD[:3])
    leaves(post, "li")
    with post.service.transaction(post.province.actor("administrator")) as tx:
        assert let_go_of_cases(tx, post.province.people["li"].id) == 1
    assert told(post, case)[-1] == ("let_go", {"lawyer"})


def test_a_death_is_not_named_outside() -> None:
    workflow = workflow_registry.newest("hardship_aid")
    payload = {"transition": "record_death", "from": "active", "state": "closed", "owner": None, "assignee": None}
    assert happened(workflow, "transition", payload).zh == "登记死亡"
    assert happened(workflow, "transition", payload, outside=True).zh == "案件有新进展"
    row = SimpleNamespace(
        id=1, alert_id=None, seq=1, kind="transition", at=None, case_id=2, number="HA-2026-000001", event_seq=7,
        workflow=workflow.key, workflow_version=1, payload=payload | {"phase": "closed", "org": "370100"},
    )  # fmt: skip
    said = json.loads(webhook_body(row, ZoneInfo("Asia/Shanghai")))
    assert said["event"] == {"seq": 7, "from": "active", "transition": None}


def test_at_night_it_is_listed_at_once_and_goes_out_when_the_office_opens(post: Post) -> None:
    case = along(post, *PAPERS)
    with mailbox() as box, receiver() as there:
        post.mail_by(box, li="en")
        post.channel(there)
        post.province.time_is(local("2026-03-07 22:00"))
        take(post, "applicant", case, "supply_papers")
        assert [row.payload["transition"] for row in mine(post, "li")] == ["supply_papers"]
        assert post.deliver().delivered == 0
        post.province.time_is(local("2026-03-09 08:30"))
        assert post.deliver().delivered == 2


def test_it_goes_out_by_mail_webhook_and_robot_without_a_name(post: Post) -> None:
    with mailbox() as box, receiver() as hook, receiver(answers(200, {"errcode": 0})) as group:
        post.mail_by(box, li="zh-CN", lawyer="en")
        post.channel(hook, events=True)
        post.channel(group, "wecom")
        case = along(post, *ROAD[:4])
        assert post.deliver().dead == 0
        post.deliver()
    facts = list(names_of(post, case))
    mails = {str(mail["To"]): (str(mail["Subject"]), mail.get_content()) for mail in box.mails}
    subject, text = mails["lawyer@example.org"]
    assert "Assigned to you (caseworker)" in subject
    assert "Next step due: 2026-03-" in text
    assert "签订委托协议（律师）" in mails["li@example.org"][0]
    bodies = [request.json for request in hook.received]
    said = [body for body in bodies if body["type"] == "alert.told"]
    assert [body["alert"]["title"]["en"] for body in said] == ["Grant", "Assign", "Engage"]
    assert [body["alert"]["role"] for body in said] == ["supervisor", "caseworker", "lawyer"]
    assert [body["sequence"] for body in bodies] == list(range(1, len(bodies) + 1))
    [robot] = group.received
    everything = [*subject, text, *(str(body) for body in bodies), str(robot.json)]
    assert not [fact for fact in facts for part in everything if fact in part]


def names_of(post: Post, case: UUID) -> Iterator[str]:
    """The names of the applicant and of the users around the case."""
    with post.service.transaction() as tx:
        yield str(tx.db.run("select applicant_name from cases where id = :id", id=case).scalar_one())
    yield from (post.province.people[who].name for who in ("li", "zhao", "lawyer"))


def test_the_database_takes_no_second_alert_of_an_event_and_none_about_nothing(post: Post) -> None:
    along(post, *ROAD[:3])
    again = "select gen_random_uuid(), case_id, {seq}, at, roles from alerts where event_seq is not null"
    for seq in ("event_seq", "null"):
        with (
            pytest.raises(IntegrityError, match=r"uq_alerts_event|is_about_one_thing"),
            post.service.transaction() as tx,
        ):
            tx.db.run(f"insert into alerts (id, case_id, event_seq, at, roles) {again.format(seq=seq)}")
