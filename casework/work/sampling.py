"""The cases of an organisation that are looked into in a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from casework.records import offices, samples
from casework.rules.refusals import NotMet
from casework.rules.text import Text
from casework.rules.yearly_sample import YearlySample, drawn
from casework.work import workflow_registry
from casework.work.service import Transaction


@dataclass(frozen=True, slots=True)
class Sample:
    """The cases of an organisation that are looked into (`number`, `org`, `applicant_name`, `state`), of how many."""

    lines: Sequence[Any]
    of: int
    source: Text


def yearly(tx: Transaction, year: int, org: str, key: str | None = None) -> Sample:
    """Return the sample of the cases that an organisation and those below it had on file when the year began.

    `key` names the workflow; it is needed only where cases of several are looked into. Raises `NotMet` where there is
    no such organisation or workflow, or no share is set for its place.
    """
    workflow, rule = _sampled(key)
    place = offices.org(tx.db, org)
    office = tx.office_at(workflow, org, place.region, place.calendar) if place else None
    row = office.policy(rule.share) if office else None
    if place is None or row is None:
        raise NotMet(
            Text(
                f"没有机构 {org}，或者当地没有设定抽查比例（`{rule.share}`）。",
                f"There is no organisation {org}, or no share (`{rule.share}`) is set for its place.",
            )
        )
    begins = datetime.combine(date(year, 1, 1), time(), tx.service.zone)
    found = samples.counted_at(tx.db, workflow, rule.since, begins, place.path, tx.person)
    chosen = set(drawn([one.number for one in found], year, row.amount()))
    return Sample([one for one in found if one.number in chosen], len(found), row.source)


def _sampled(key: str | None) -> tuple[str, YearlySample]:
    rules = {one.key: one.yearly_sample for one in workflow_registry.latest() if one.yearly_sample}
    chosen = [(name, rule) for name, rule in rules.items() if key in (None, name)]
    if len(chosen) != 1:
        names = "、".join(rules), ", ".join(rules)
        raise NotMet(
            Text(f"请注明抽查哪个流程：{names[0]}。", f"Say of which workflow cases are looked into: {names[1]}.")
        )
    return chosen[0]
