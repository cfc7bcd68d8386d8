"""Many alerts in one message, for the robots of chat groups: their makers count messages, and people do too."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from casework.rules.text import Language, Text
from casework.work.delivery.messages import alert_told

_MOST_LINES: Final = 10
# WeCom takes 2048 bytes of text; a character of Chinese has three.
_MOST_BYTES: Final = 1500
_BUNDLE = Text(
    "【案件提醒】共 {many} 条\n{lines}{more}\n\n请登录系统办理，并在“我的提醒”中确认。本消息由系统自动发出，请勿回复。",
    "[Casework] Alerts: {many}\n{lines}{more}\n\n"
    "Please sign in, act on the cases and acknowledge the alerts. This message was sent automatically; do not reply.",
)
_MORE = Text("\n另有 {many} 条", "\nand {many} more")


def alerts_told(rows: Sequence[Any], language: Language, zone: tzinfo) -> str:
    """One text for the alerts of rows of `records.outbox.batch`; of a single one all there is to say."""
    if len(rows) == 1:
        return "\n".join(alert_told(rows[0], language, zone))
    lines: list[str] = []
    for row in rows[:_MOST_LINES]:
        line = _line(row, language, zone)
        if lines and len("\n".join([*lines, line]).encode()) > _MOST_BYTES:
            break
        lines.append(line)
    left = len(rows) - len(lines)
    more = _MORE.in_(language, many=left) if left else ""
    return _BUNDLE.in_(language, many=len(rows), lines="\n".join(lines), more=more)


def _line(row: Any, language: Language, zone: tzinfo) -> str:
    """The subject of an alert from the number of its case on."""
    subject, _ = alert_told(row, language, zone)
    return subject[subject.index(row.number) :]
