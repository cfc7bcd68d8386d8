"""An invented dossier of hardship assistance as it goes: the story, the household, its aid and the bank's answers."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from casework.rules.case import Case, Facts
from casework.rules.context import MoveContext
from casework.rules.fund_operations import Fund
from casework.rules.people import CLOCK, Actor, Person, Role
from casework.rules.text import Text
from casework.stories.people import bank_card
from casework.stories.story import Over, Story
from casework.stories.treasury import ToPay
from casework.workflows.hardship_aid.aid import bound, why_not
from casework.workflows.hardship_aid.categories import finding
from casework.workflows.hardship_aid.demonstration.households import STUDENTS, Household

_LEAST: Final = Decimal(200)
_KINDS: Final = {
    "deep": ("medical", "study", "living"),
    "relative": ("medical", "study", "living"),
    "sudden": ("sudden", "temporary"),
}
_WORKING_DAY: Final = 8 * 3600

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Awaited:
    """What comes next with a payment, and when: the bank's answer, a corrected account, or that it is given up."""

    at: datetime
    line: str
    what: Literal["answer", "mend", "release"]


class Dossier:
    """A story with the household that it is about. Whatever its moves claim is noted in the treasury."""

    def __init__(self, story: Story, home: Household) -> None:
        self.story = story
        self.rng = story.rng
        self.home = home
        self.agenda: dict[str, datetime] = {}
        self._awaited: dict[str, Awaited] = {}

    @property
    def case(self) -> Case:
        """The case file as it stands."""
        return self.story.case

    @property
    def notice(self) -> dict[str, str]:
        """Where a notice is posted, and where objections to it go."""
        return {
            "posted_at": f"{self.story.opening.place.name}公示栏",
            "objections_to": "本工会帮扶中心（工作时间来访）",
        }

    def chance(self, share: float) -> bool:
        """Yes in this share of the cases."""
        return self.rng.random() < share

    def later(self, least: int, most: int) -> datetime:
        """Some days after the last step."""
        return self.case.last_at + timedelta(days=self.rng.uniform(least, most))

    def take(self, name: str, given: Given, actor: Actor, at: datetime, named: Person | None = None) -> None:
        """Take a transition; raises `Over` in the future, or the refusal."""
        story = self.story
        story.take(name, given, actor, at, named)
        self.story.world.treasury.note(story.told[-1].move)
        for line in self.case.facts.get("aid", ()):
            if line["status"] == "approved" and line["line"] not in self._awaited:
                self._order(line, story.case.last_at)

    def works(self, name: str, given: Given, hours: float) -> None:
        """The owner takes a transition, some working hours after the last step."""
        self.take(name, given, self.story.worker(), self.story.after_work(hours))

    def decides(self, name: str, given: Given, hours: float, not_by: UUID | None = None) -> None:
        """The nearest supervisor takes it."""
        self.take(name, given, self.story.staff(Role.SUPERVISOR, not_by), self.story.after_work(hours))

    def ends(self, clock_name: str, name: str) -> None:
        """Time takes a transition as soon as a clock has run out; raises `Over` while that day is provisional."""
        clock = self.case.clock(clock_name)
        assert clock is not None
        assert clock.due is not None
        if clock.due.provisional:
            raise Over
        self.take(name, {}, CLOCK, clock.due.at + timedelta(seconds=self.rng.randint(1, 5)))

    def situation(self, at: datetime) -> MoveContext:
        """What a rule looks at."""
        return MoveContext(self.case, self.story.worker(), at, self.story.office(at))

    def category(self, at: datetime) -> str | None:
        """What the formula finds; None where no category is met or something is unknown."""
        found = finding(self.situation(at))
        return None if isinstance(found, Text) else found.category

    def items(self, at: datetime, category: str | None, most: int) -> list[dict[str, str]]:
        """Aid that the rules and the funds leave open to the household, of at most so many kinds."""
        situation, chosen = self.situation(at), list[dict[str, str]]()
        for kind in _KINDS.get(category or "", ()):
            limit = bound(situation, category, kind)
            if isinstance(limit, Text):
                continue
            amount = limit.most * Decimal(self.rng.randint(40, 100)) // 1000 * 10
            fund = self._fund(kind, amount, [*situation.office.funds.values()], chosen)
            if fund is None or amount < _LEAST:
                continue
            item = {"kind": kind, "amount": f"{amount:.2f}", "fund": fund.code, **self._for_whom(kind)}
            if len(chosen) < most and why_not(situation, category, [*chosen, item]) is None:
                chosen.append(item)
        return chosen

    def _for_whom(self, kind: str) -> dict[str, str]:
        """The first student of the household whom study aid has not reached yet."""
        helped = {line.get("student") for line in self.case.facts.get("aid", ())}
        members = self.case.facts.get("members") or ()
        names = [one["name"] for one in members if one.get("status") in STUDENTS and one["name"] not in helped]
        return {"student": names[0]} if kind == "study" and names else {}

    def _fund(self, kind: str, amount: Decimal, open_funds: list[Fund], chosen: list[dict[str, str]]) -> Fund | None:
        """The nearest fund that has as much; the gravest cases are for the province's."""
        spent = sum((Decimal(item["amount"]) for item in chosen), Decimal())
        near = reversed(open_funds) if amount > 20_000 else open_funds
        able = (one for one in near if one.free >= amount + spent and one.budgets.get(kind, amount) >= amount)
        return next(able, None)

    def awaited(self) -> Awaited | None:
        """What comes next with a payment."""
        return min(self._awaited.values(), key=lambda one: one.at, default=None)

    def settle(self, one: Awaited) -> None:
        """What is awaited comes to pass, as soon as it may."""
        story = self.story
        at = max(one.at, self.case.last_at + timedelta(minutes=self.rng.randint(3, 40)))
        if one.what == "release":
            given = {"line": one.line, "reason": "申请人书面放弃领取", "signed_on": story.day(at)}
            self.take("release_payment", given, story.staff(Role.SUPERVISOR), at)
            del self._awaited[one.line]
        elif one.what == "mend":
            story.correct({"bank": {"account": bank_card(self.rng)}}, "银行退回，更正收款账户", story.worker(), at)
            self._order(self._line(one.line), at)
        else:
            self._answered(one.line, at)

    def settle_all(self) -> None:
        """Every payment is settled, one after the other; raises `Over` where one is not yet."""
        while one := self.awaited():
            self.settle(one)

    def _answered(self, line: str, at: datetime) -> None:
        given = {"line": line, "on": self.story.day(at)}
        if self.chance(0.95):
            self.take("record_payment", {**given, "result": "paid"}, self._cashier(), at)
            del self._awaited[line]
            return
        given |= {"result": "returned", "reason": "户名与账号不符"}
        self.take("record_payment", given, self._cashier(), at)
        later = self.story.world.calendar.add(at, self.rng.randint(1, 8) * _WORKING_DAY)
        self._awaited[line] = Awaited(later, line, "mend" if self.chance(0.5) else "release")

    def _cashier(self) -> Actor:
        """Whoever works on the case, or a colleague of the household's contact person."""
        worker, contact = self.story.worker(), self.case.facts.get("contact") or {}
        if worker.id and str(worker.id) == contact.get("user"):
            return self.story.staff(Role.CASEWORKER, not_by=worker.id)
        return worker

    def _order(self, line: Facts, since: datetime) -> None:
        case, bank = self.case, self.case.facts["bank"]
        payment = ToPay(
            line=UUID(line["line"]),
            fund=line["fund"],
            case_id=case.id,
            case_version=case.version,
            case_number=case.number,
            approved_on=line["approved_on"],
            payee=bank["holder"],
            bank=bank["name"],
            branch=bank["branch"],
            bank_code=bank["bank_code"],
            account=self.story.sealed["bank.account"],
        )
        ordered = self.story.world.treasury.ordered_at(payment, since)
        answered = self.story.world.calendar.add(ordered, self.rng.randint(_WORKING_DAY // 2, 4 * _WORKING_DAY))
        self._awaited[line["line"]] = Awaited(answered, line["line"], "answer")

    def _line(self, line: str) -> Facts:
        found: Facts = next(one for one in self.case.facts["aid"] if one["line"] == line)
        return found

    def catch_up(self) -> None:
        """Settle what the bank has answered up to now, though nothing else has happened since."""
        with suppress(Over):
            self.settle_all()

    def time_goes_on(self) -> None:
        """Time goes on where nobody acts: what has run out by now is over."""
        for clock in self.story.world.workflow.clocks:
            run = self.case.clock(clock.name)
            if clock.take and run is not None and run.status == "running":
                with suppress(Over):
                    self.ends(clock.name, clock.take)
