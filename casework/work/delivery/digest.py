"""The digest of the day: what somebody has to look at, in numbers, when the office opens."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from casework.records import alerts, outbox, people, queue
from casework.records.visibility import visible
from casework.rules.calendars import WorkingCalendar
from casework.rules.text import Language, Text
from casework.work.service import Service, Transaction

_SUBJECT = Text("【每日提要】{day}", "[Casework] Digest of {day}")
_DIGEST = Text(
    "{day} 的待办提要\n\n未确认的提醒：{alerts}\n待办中已逾期：{overdue}\n今日到期：{today}\n本周内到期：{week}\n\n"
    "请登录系统查看。本消息由系统自动发出，请勿回复。",
    "Your digest of {day}\n\nAlerts to acknowledge: {alerts}\nOverdue in your queue: {overdue}\nDue today: {today}\n"
    "Due later this week: {week}\n\nPlease sign in to see them. This message was sent automatically; do not reply.",
)


def write_digests(service: Service) -> int:
    """A digest for everybody who wants one and whose office has opened today; gives how many are new.

    Any number of processes may do so at once: there is one for each person and day.
    """
    if service.senders.mail is None:
        return 0
    with service.transaction() as tx:
        begun = {key: one.calendar for key, one in tx.rules.calendars.items() if _has_opened(one.calendar, tx.now)}
        return sum(outbox.add_digests(tx.db, key, calendar.local_date(tx.now)) for key, calendar in begun.items())


def _has_opened(calendar: WorkingCalendar, now: datetime) -> bool:
    """Whether the office has opened today; on a day of rest it does not."""
    today = calendar.local_date(now)
    if not calendar.assuming_unpublished().is_working_day(today):
        return False
    return calendar.assuming_unpublished().next_open(datetime.combine(today, time(), calendar.tz)) <= now


def digest_told(tx: Transaction, user_id: UUID, day: object, language: Language) -> tuple[str, str] | None:
    """Subject and text of somebody's digest, with the numbers of this moment; None where all of them are zero."""
    numbers = _numbers(tx, user_id)
    if not any(numbers.values()):
        return None
    return _SUBJECT.in_(language, day=day), _DIGEST.in_(language, day=day, **numbers)


def _numbers(tx: Transaction, user_id: UUID) -> Mapping[str, int]:
    person = people.by_id(tx.db, user_id)
    assert person is not None
    midnight = datetime.combine(tx.today, time(), tx.service.zone) + timedelta(days=1)
    sunday = midnight + timedelta(days=6 - tx.today.weekday())
    mine = queue.numbers(tx.db, person, midnight, sunday)
    return {"alerts": alerts.count_open(tx.db, user_id, visible(person)), **mine._asdict()}
